package darban.resolve;

/** Where to connect to. Immutable. */
public sealed interface Destination {
  /**
   * A host and a port.
   *
   * @param host a name or an address literal without brackets
   * @param port 1 to 65535
   */
  record Inet(String host, int port) implements Destination {
    @Override
    public String toString() {
      return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
  }

  /**
   * A unix socket.
   *
   * @param path of the socket's file
   */
  record Unix(String path) implements Destination {
    @Override
    public String toString() {
      return "unix:" + path;
    }
  }
}
