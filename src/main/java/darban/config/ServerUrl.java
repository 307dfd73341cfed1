package darban.config;

import static darban.config.Problem.quote;

import darban.base.HostPort;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A server as a URL. Immutable. */
public sealed interface ServerUrl {
  /** How it is spoken to. */
  enum Scheme {
    HTTP(80),
    HTTPS(443),
    /** HTTP/2 in clear text, known beforehand. */
    H2C(80),
    /** HTTP/2 over TLS and nothing else. */
    H2(443),
    TCP(-1),
    TLS(-1),
    UDP(-1),
    SOCKS5(1080),
    /** HTTP over a socket of the file system. */
    UNIX(-1);

    private final int port;

    Scheme(int port) {
      this.port = port;
    }

    /** As written before {@code ://}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** Whether a base path can follow the authority. */
    public boolean isHttp() {
      return this == HTTP || this == HTTPS || this == H2C || this == H2;
    }

    /** Whether it is TLS from the first byte. */
    public boolean isSecure() {
      return this == HTTPS || this == H2 || this == TLS;
    }
  }

  /** How it is spoken to. */
  Scheme scheme();

  /**
   * A server of the network.
   *
   * @param server always with a port
   * @param base the path before every request's, raw: empty, or begins with {@code /}
   */
  record Net(Scheme scheme, HostPort server, String base) implements ServerUrl {
    @Override
    public String toString() {
      return scheme.word() + "://" + server + base;
    }
  }

  /** A server behind a socket of the file system. */
  record Unix(Path socket) implements ServerUrl {
    @Override
    public Scheme scheme() {
      return Scheme.UNIX;
    }

    @Override
    public String toString() {
      return "unix:" + socket;
    }
  }

  /** A shape of URLs whose scheme is one of {@code allowed}. */
  static Shape<ServerUrl> shape(Collection<Scheme> allowed) {
    // Looser than what is read, so that a mistyped URL is never taken for a path.
    Form form = new Form.Text("a URL", "[A-Za-z][A-Za-z0-9+.-]*://.*|unix:.*");
    List<String> examples = allowed.stream().map(ServerUrl::example).toList();
    String hint = "write " + Problems.listed(examples, "or");
    return Shape.ofText(form, hint, (scalar, problems) -> read(scalar, allowed, hint, problems));
  }

  private static String example(Scheme scheme) {
    return switch (scheme) {
      case UNIX -> "unix:run/app.sock";
      default -> scheme.word() + "://host" + (scheme.port < 0 ? ":port" : "");
    };
  }

  private static Optional<ServerUrl> read(
      Node.Scalar scalar, Collection<Scheme> allowed, String hint, Problems problems) {
    String text = scalar.text();
    if (text.startsWith("unix:") && allowed.contains(Scheme.UNIX)) {
      return Address.socket(scalar, problems).map(Unix::new);
    }
    int colon = text.indexOf("://");
    if (colon < 0) {
      problems.error(scalar.at(), quote(text) + " has no scheme", hint);
      return Optional.empty();
    }
    String word = text.substring(0, colon).toLowerCase(Locale.ROOT);
    Optional<Scheme> scheme =
        Arrays.stream(Scheme.values())
            .filter(it -> allowed.contains(it) && it.word().equals(word) && it != Scheme.UNIX)
            .findFirst();
    if (scheme.isEmpty()) {
      problems.error(scalar.at(), "the scheme " + quote(word) + " is not known here", hint);
      return Optional.empty();
    }
    return net(scheme.get(), text.substring(colon + 3), scalar.at(), problems);
  }

  private static Optional<ServerUrl> net(
      Scheme scheme, String rest, Position at, Problems problems) {
    int slash = rest.indexOf('/');
    String authority = slash < 0 ? rest : rest.substring(0, slash);
    String base = slash < 0 ? "" : rest.substring(slash);
    if (rest.chars().anyMatch(c -> c <= ' ' || c == 0x7f || "?#@\\".indexOf(c) >= 0)) {
      String hint = "write scheme, host, port and path only, no user, query, fragment or space";
      problems.error(at, quote(rest) + " is more than the address of a server", hint);
    } else if (!scheme.isHttp() && base.length() > 1) {
      problems.error(at, "a path after " + quote(scheme.word() + "://"), "remove " + quote(base));
    } else {
      Optional<HostPort> server = HostPort.parse(authority).filter(it -> Address.isHost(it.host()));
      int port = server.map(it -> it.portOr(scheme.port)).orElse(-1);
      if (port > 0) {
        String path = scheme.isHttp() ? base : "";
        return server.map(it -> new Net(scheme, it.withPort(port), path));
      }
      boolean noPort = server.isPresent() && port < 0;
      problems.error(
          at,
          noPort ? quote(authority) + " has no port" : quote(authority) + " is not a host and port",
          noPort ? "write " + quote(authority + ":PORT") : "write `host:port` or `[::1]:port`");
    }
    return Optional.empty();
  }
}
