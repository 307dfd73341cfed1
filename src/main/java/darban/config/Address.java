package darban.config;

import static darban.config.Problem.quote;

import darban.base.Cidr;
import darban.base.HostPort;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where a listener takes connections or datagrams. A host is empty for all addresses of the
 * machine; port 0 asks for a free one. Immutable.
 */
public sealed interface Address {
  /** {@code host:port} or {@code :port}. */
  record Tcp(String host, int port) implements Address {
    @Override
    public String toString() {
      return written(host, port);
    }
  }

  /** {@code udp/host:port} or {@code udp/:port}. */
  record Udp(String host, int port) implements Address {
    @Override
    public String toString() {
      return "udp/" + written(host, port);
    }
  }

  /** {@code unix:path}. */
  record Unix(Path path) implements Address {
    @Override
    public String toString() {
      return "unix:" + path;
    }
  }

  /** How to write one, for messages. */
  String HINT = "write `:8080`, `127.0.0.1:8080`, `\"[::1]:8080\"`, `udp/:53` or `unix:run/x.sock`";

  /** For editors. */
  String PATTERN = "unix:.+|(udp/|tcp/)?([^:/]*|\\[[0-9A-Fa-f:.]+\\]):[0-9]{1,5}";

  private static String written(String host, int port) {
    return host.isEmpty() ? ":" + port : new HostPort(host, port).toString();
  }

  /** Whether nobody can listen on both at once. */
  default boolean collidesWith(Address other) {
    return switch (this) {
      case Tcp a when other instanceof Tcp b -> collide(a.host, a.port, b.host, b.port);
      case Udp a when other instanceof Udp b -> collide(a.host, a.port, b.host, b.port);
      default -> equals(other);
    };
  }

  private static boolean collide(String host, int port, String otherHost, int otherPort) {
    boolean sameHost = host.isEmpty() || otherHost.isEmpty() || host.equals(otherHost);
    return port != 0 && port == otherPort && sameHost;
  }

  /** Reads an address as a user writes it. */
  static Optional<Address> read(Node.Scalar scalar, Problems problems) {
    String text = scalar.text();
    if (text.startsWith("unix:")) {
      return socket(scalar, problems).map(Unix::new);
    }
    boolean udp = text.startsWith("udp/");
    String rest = udp || text.startsWith("tcp/") ? text.substring(4) : text;
    Optional<HostPort> named = HostPort.parse(rest.startsWith(":") ? "any" + rest : rest);
    if (named.isEmpty() || named.get().port() < 0 || !isHost(named.get().host())) {
      boolean onlyPort = rest.matches("[0-9]{1,5}|\\*:[0-9]{1,5}");
      String hint = onlyPort ? "write `:" + rest.replace("*:", "") + "`" : HINT;
      problems.error(scalar.at(), quote(text) + " is not an address to listen on", hint);
      return Optional.empty();
    }
    String host = rest.startsWith(":") ? "" : named.get().host();
    int port = named.get().port();
    return Optional.of(udp ? new Udp(host, port) : new Tcp(host, port));
  }

  /** The path after {@code unix:}. */
  static Optional<Path> socket(Node.Scalar scalar, Problems problems) {
    return LocalFiles.path(scalar, scalar.text().substring("unix:".length()), problems);
  }

  /** Whether it is a name or a good literal, not a mistyped IPv4 or IPv6 address. */
  static boolean isHost(String host) {
    boolean literal = host.indexOf(':') >= 0 || host.matches("[0-9.]+");
    return !literal || Cidr.literal(host).isPresent();
  }
}
