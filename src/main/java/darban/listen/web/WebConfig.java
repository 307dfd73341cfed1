package darban.listen.web;

import static darban.config.Shapes.bool;
import static darban.config.Shapes.choice;
import static darban.config.Shapes.cidr;
import static darban.config.Shapes.integer;
import static darban.config.Shapes.list;
import static darban.config.Shapes.section;

import darban.base.Cidr;
import darban.config.Address;
import darban.config.Keys;
import darban.config.Registry;
import darban.config.Shape;
import darban.config.Shapes;
import darban.config.Values;
import darban.flow.Loop;
import darban.flow.SocketFile;
import darban.protocol.ServerOptions;
import darban.tls.ServerTlsSettings;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * A listener that speaks HTTP, as the configuration says it. Immutable.
 *
 * @param mode whether it serves sites or is a forward proxy
 * @param address where it listens
 * @param protocols which versions
 * @param tls its certificates; empty for clear text
 * @param trustedProxies whose word on the client's address counts
 * @param crowd how many may come
 * @param sources whether sources of radio may send without an end that is told
 * @param datagrams those of h3
 * @param options limits and times
 */
public record WebConfig(
    Mode mode,
    Address address,
    Set<Protocol> protocols,
    Optional<TlsConfig> tls,
    List<Cidr> trustedProxies,
    Crowd crowd,
    boolean sources,
    Datagrams datagrams,
    ServerOptions options) {

  /** What a listener is for. */
  public enum Mode {
    HTTP,
    FORWARD
  }

  /** Versions of HTTP. */
  public enum Protocol {
    H1,
    H2,
    H3
  }

  /** Registers the modes {@code http} and {@code forward}. */
  public static void register(Registry<WebConfig> modes) {
    modes.register("http", shape(Mode.HTTP), "Serves the sites");
    modes.register("forward", shape(Mode.FORWARD), "A proxy for clients: HTTP and SOCKS");
  }

  private static Shape<WebConfig> shape(Mode mode) {
    String word = mode == Mode.HTTP ? "http" : "forward";
    return section(
            "listener-" + word,
            keys -> {
              keys.tag("mode", word, mode == Mode.HTTP ? "Serves the sites" : "A forward proxy");
              return read(mode, keys);
            })
        .check((config, where, problems) -> {
          if (config.protocols().contains(Protocol.H3)
              && (config.tls().isEmpty() || !(config.address() instanceof Address.Tcp))) {
            problems.error(
                where.at("protocols"),
                "h3 needs TLS and a port",
                "add `tls: internal` or certificates, or take h3 out");
          }
          if (config.address() instanceof Address.Udp) {
            problems.error(
                where.at("address"),
                "HTTP listens on a TCP port or a unix socket",
                "write `:8080`; h3 takes the UDP port of the same number by itself");
          }
        });
  }

  private static Function<Values, WebConfig> read(Mode mode, Keys keys) {
    var address = keys.required("address", Shapes.address(), "Where it listens");
    var protocols =
        keys.optional(
            "protocols",
            list(choice(Protocol.class), 1),
            "HTTP versions: [h1, h2] with TLS, [h1] without; h2 without TLS is by prior knowledge");
    var tls = keys.withDefault("tls", TlsConfig.SHAPE, "off", "`off`, `internal`, certificates");
    var trusted =
        keys.withDefault(
            "trusted-proxies", list(cidr()), "[]", "Whose X-Forwarded-For and Forwarded count");
    var sources =
        keys.withDefault(
            "sources",
            bool(),
            "false",
            "Sources of radio may send without telling where they end, as most of them do");
    var datagram =
        keys.withDefault(
            "datagram",
            integer(Datagrams.LEAST, Datagrams.MOST),
            String.valueOf(Datagrams.DEFAULT),
            "Bytes in a datagram of h3: as many as the paths of all clients take");
    var bounds = keys.withDefault("limits", LimitsConfig.BOUNDS, "{}", "How much clients may ask");
    var timeouts =
        keys.withDefault("timeouts", LimitsConfig.TIMEOUTS, "{}", "How long clients may take");
    return values ->
        new WebConfig(
            mode,
            values.get(address),
            protocols(values.get(protocols), values.get(tls).isPresent()),
            values.get(tls),
            values.get(trusted),
            values.get(bounds).crowd(),
            values.get(sources),
            new Datagrams(values.get(datagram)),
            new ServerOptions(values.get(bounds).limits(), values.get(timeouts)));
  }

  private static Set<Protocol> protocols(Optional<List<Protocol>> asked, boolean secure) {
    return asked
        .<Set<Protocol>>map(EnumSet::copyOf)
        .orElse(secure ? EnumSet.of(Protocol.H1, Protocol.H2) : EnumSet.of(Protocol.H1));
  }

  /** Application protocols over TCP, the preferred first (RFC 7301). */
  List<String> alpn() {
    List<String> names = new ArrayList<>(2);
    if (protocols.contains(Protocol.H2)) {
      names.add("h2");
    }
    if (protocols.contains(Protocol.H1)) {
      names.add("http/1.1");
    }
    return names;
  }

  /** What may come without TLS. */
  Set<String> spokenInClear() {
    Set<String> spoken = new HashSet<>(alpn());
    if (mode == Mode.FORWARD) {
      spoken.add("socks");
    }
    return spoken;
  }

  /** How it does the TLS that {@code wanted} says. */
  ServerTlsSettings tlsSettings(TlsConfig wanted) {
    return new ServerTlsSettings(
        wanted.certificates(),
        wanted.clients(),
        wanted.minVersion(),
        alpn(),
        protocols.contains(Protocol.H3) ? List.of("h3") : List.of(),
        options.timeouts().handshake());
  }

  /** Where it is bound, as channels of {@code loop} take it. */
  SocketAddress socketAddress(Loop loop) {
    return switch (address) {
      case Address.Tcp tcp when tcp.host().isEmpty() -> new InetSocketAddress(tcp.port());
      case Address.Tcp tcp -> new InetSocketAddress(tcp.host(), tcp.port());
      case Address.Unix unix -> SocketFile.address(loop, unix.path());
      case Address.Udp udp -> throw new IllegalStateException("HTTP on a UDP address");
    };
  }

  /** Whether an address is one of the trusted proxies. */
  public boolean trusts(byte[] address) {
    return trustedProxies.stream().anyMatch(block -> block.contains(address));
  }
}
