package darban.exchange;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of a connection, as far as it is the same for all its requests. Immutable.
 *
 * @param listener the name of the listener
 * @param address the client's address as text: an IP literal (RFC 5952), or {@code unix}
 * @param remote the client's address: an {@link InetSocketAddress}, or a unix socket's
 * @param local our address that it connected to
 * @param secure whether it came by TLS or QUIC
 * @param trusted whether what it says in X-Forwarded-For and its like is believed
 * @param tls facts of the TLS session, or null without one
 * @param altSvc what answers say in Alt-Svc, or null
 * @param sources whether a connection may become a source's, which never tells where it ends
 */
public record Peer(
    String listener,
    String address,
    SocketAddress remote,
    SocketAddress local,
    boolean secure,
    boolean trusted,
    @Nullable TlsFacts tls,
    @Nullable String altSvc,
    boolean sources) {

  /**
   * What is worth knowing of a TLS session.
   *
   * @param protocol such as {@code TLSv1.3}
   * @param cipher the suite's name
   * @param serverName what the client asked for by SNI, or null
   * @param clientSubject the subject of its verified certificate, or null
   */
  public record TlsFacts(
      String protocol,
      String cipher,
      @Nullable String serverName,
      @Nullable String clientSubject) {}

  /** The client's port, or 0 for a unix socket. */
  public int port() {
    return remote instanceof InetSocketAddress inet ? inet.getPort() : 0;
  }

  /** The port it connected to, or 0 for a unix socket. */
  public int localPort() {
    return local instanceof InetSocketAddress inet ? inet.getPort() : 0;
  }

  /** The scheme of what it asks for. */
  public String scheme() {
    return secure ? "https" : "http";
  }
}
