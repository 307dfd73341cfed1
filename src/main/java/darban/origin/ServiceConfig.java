package darban.origin;

import static darban.config.Shapes.bool;
import static darban.config.Shapes.choice;
import static darban.config.Shapes.duration;
import static darban.config.Shapes.either;
import static darban.config.Shapes.file;
import static darban.config.Shapes.integer;
import static darban.config.Shapes.list;
import static darban.config.Shapes.section;
import static darban.config.Shapes.text;

import darban.base.HostPort;
import darban.base.Limits;
import darban.config.Node;
import darban.config.Problems;
import darban.config.ServerUrl;
import darban.config.ServerUrl.Scheme;
import darban.config.Shape;
import darban.config.Shapes;
import darban.resolve.Destination;
import darban.tls.CertificateFiles;
import darban.tls.KeyFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;

/**
 * A service as the configuration says it. Immutable.
 *
 * @param servers one or more
 * @param balance how a request's server is chosen
 * @param timeouts how long a server may take
 * @param limits how much a server may answer
 * @param tls how servers are spoken to by TLS
 */
public record ServiceConfig(
    List<Entry> servers, Way balance, Times timeouts, Limits limits, Tls tls) {
  private static final EnumSet<Scheme> SPOKEN =
      EnumSet.of(Scheme.HTTP, Scheme.HTTPS, Scheme.H2C, Scheme.H2, Scheme.UNIX);

  /** Ways to choose a server. */
  public enum Way {
    ROUND_ROBIN
  }

  /** A server and its share. */
  public record Entry(ServerUrl url, int weight) {
    private static final Shape<Entry> SHAPE =
        either(
            Shapes.serverUrl(SPOKEN).map(url -> new Entry(url, 1)),
            section(
                "server",
                keys -> {
                  var url = keys.required("url", Shapes.serverUrl(SPOKEN), "Where it is");
                  var weight =
                      keys.withDefault(
                          "weight", integer(1, 1000), "1", "Its share of the requests");
                  return values -> new Entry(values.get(url), values.get(weight));
                }));
  }

  /** How long a server may take. */
  public record Times(Duration connect, Duration response, Duration idle) {
    /** Those of the shape. */
    static final Times DEFAULT =
        new Times(Duration.ofSeconds(3), Duration.ofSeconds(60), Duration.ofSeconds(60));

    private static final Shape<Times> SHAPE =
        section(
            "service-timeouts",
            keys -> {
              var connect =
                  keys.withDefault(
                      "connect", duration(), "3s", "To connect, name and TLS included");
              var response = keys.withDefault("response", duration(), "60s", "To begin its answer");
              var idle =
                  keys.withDefault(
                      "idle", duration(), "60s", "Silence in an answer; life of a kept connection");
              return values ->
                  new Times(values.get(connect), values.get(response), values.get(idle));
            });
  }

  private static final Shape<Limits> LIMITS =
      section(
          "service-limits",
          keys -> {
            var head =
                keys.withDefault("head", Shapes.headSize(), "64KiB", "The head of an answer");
            var fields =
                keys.withDefault("fields", integer(8, 10_000), "256", "Field lines of a head");
            var interim =
                keys.withDefault(
                    "interim", integer(0, 1_000), "10", "Interim (1xx) answers before the final");
            return values ->
                Limits.OF_ORIGIN.ofOrigin(
                    values.get(head), values.get(fields), values.get(interim));
          });

  /** How servers are spoken to by TLS. */
  public record Tls(
      boolean verify,
      Optional<Path> ca,
      Optional<String> serverName,
      Optional<Path> clientCert,
      Optional<Path> clientKey) {
    /** Checked against the issuers of the system, with nothing to show. */
    public static final Tls DEFAULT =
        new Tls(true, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    private static final Shape<Tls> SHAPE =
        section(
                "service-tls",
                keys -> {
                  var verify =
                      keys.withDefault(
                          "verify", bool(), "true", "Whether certificates are checked");
                  var ca = keys.optional("ca", file(), "Issuers to trust; the system's if absent");
                  var name =
                      keys.optional("server-name", text(), "Name to ask for; the URL's if absent");
                  var cert = keys.optional("client-cert", file(), "Certificate to show, PEM");
                  var key = keys.optional("client-key", file(), "Its key, PEM");
                  return values ->
                      new Tls(
                          values.get(verify),
                          values.get(ca),
                          values.get(name),
                          values.get(cert),
                          values.get(key));
                })
            .check(Tls::check);

    private static void check(Tls tls, Node where, Problems problems) {
      tls.ca.ifPresent(ca -> CertificateFiles.checkIssuers(ca, where.at("ca"), problems));
      tls.identity()
          .ifPresent(
              files -> CertificateFiles.checkIdentity(files, where.at("client-cert"), problems));
      if (tls.clientCert.isEmpty() && tls.clientKey.isPresent()) {
        problems.error(
            where.at("client-key"),
            "a key without its certificate",
            "add `client-cert`, or take `client-key` out");
      }
    }

    /** Certificate and key to show. */
    public Optional<KeyFiles> identity() {
      return clientCert.map(cert -> new KeyFiles(cert, clientKey, Optional.empty()));
    }
  }

  /** The shape of one service. */
  public static final Shape<ServiceConfig> SHAPE =
      section(
          "service",
          keys -> {
            var servers =
                keys.required(
                    "servers", list(Entry.SHAPE, 1), "URLs: http https h2c h2, or unix:PATH");
            var balance =
                keys.withDefault(
                    "balance", choice(Way.class), "round-robin", "How a server is chosen");
            var timeouts =
                keys.withDefault("timeouts", Times.SHAPE, "{}", "How long a server may take");
            var limits = keys.withDefault("limits", LIMITS, "{}", "How much a server may answer");
            var tls = keys.withDefault("tls", Tls.SHAPE, "{}", "For https and h2 servers");
            return values ->
                new ServiceConfig(
                    values.get(servers),
                    values.get(balance),
                    values.get(timeouts),
                    values.get(limits),
                    values.get(tls));
          });

  /** One server, with all defaults. */
  public static ServiceConfig of(ServerUrl server) {
    return new ServiceConfig(
        List.of(new Entry(server, 1)),
        Way.ROUND_ROBIN,
        Times.DEFAULT,
        Limits.OF_ORIGIN,
        Tls.DEFAULT);
  }

  /** The group of that name. */
  public Group group(String name) {
    List<Server> all = servers.stream().map(ServiceConfig::server).toList();
    return new Group(
        name, all, timeouts.connect(), timeouts.response(), timeouts.idle(), 2, 1024, limits);
  }

  private static Server server(Entry entry) {
    return switch (entry.url()) {
      case ServerUrl.Unix unix ->
          new Server(
              unix.toString(),
              Server.Protocol.HTTP,
              new Destination.Unix(unix.socket().toString()),
              "localhost",
              "localhost",
              "",
              entry.weight());
      case ServerUrl.Net net ->
          new Server(
              net.toString(),
              protocol(net.scheme()),
              new Destination.Inet(net.server().host(), net.server().port()),
              net.server().host(),
              authority(net),
              net.base(),
              entry.weight());
    };
  }

  private static Server.Protocol protocol(Scheme scheme) {
    return switch (scheme) {
      case HTTPS -> Server.Protocol.HTTPS;
      case H2C -> Server.Protocol.H2C;
      case H2 -> Server.Protocol.H2;
      default -> Server.Protocol.HTTP;
    };
  }

  /** What requests to a server call it. */
  public static String authority(ServerUrl.Net net) {
    int usual = net.scheme().isSecure() ? 443 : 80;
    HostPort server = net.server();
    return server.port() == usual ? new HostPort(server.host(), -1).toString() : server.toString();
  }
}
