package darban.tls;

import io.netty.channel.Channel;
import io.netty.handler.codec.quic.QuicSslEngine;
import io.netty.handler.ssl.OpenSslSession;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.internal.tcnative.SSL;
import io.netty.util.AttributeKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * What was agreed in a handshake, for logs and fields. Immutable, any thread.
 *
 * @param protocol {@code TLSv1.3} or {@code TLSv1.2}
 * @param cipher the suite, by its IANA name
 * @param group the key exchange group, where the engine tells it
 * @param serverName the name that the client sent, in lower case
 * @param alpn the application protocol
 * @param resumed whether it went on from an earlier session; empty where the engine does not tell
 * @param peer the other side's certificate, where it showed one that was verified
 */
public record TlsSession(
    String protocol,
    String cipher,
    Optional<String> group,
    Optional<String> serverName,
    Optional<String> alpn,
    Optional<Boolean> resumed,
    Optional<PeerCertificate> peer) {

  private static final AttributeKey<TlsSession> KEY =
      AttributeKey.valueOf(TlsSession.class, "facts");

  /** The session of {@code channel}, known once its handshake has ended well. */
  public static Optional<TlsSession> of(Channel channel) {
    return Optional.ofNullable(channel.attr(KEY).get());
  }

  /** Reads what the engine agreed and keeps it with the channel. On the channel's event loop. */
  static TlsSession keep(
      Channel channel, SSLEngine engine, @Nullable String serverName, Instant start) {
    SSLSession session = engine.getSession();
    TlsSession facts =
        new TlsSession(
            session.getProtocol(),
            session.getCipherSuite(),
            group(session),
            Optional.ofNullable(serverName),
            Optional.ofNullable(engine.getApplicationProtocol()).filter(name -> !name.isEmpty()),
            resumed(engine, start),
            peer(session));
    channel.attr(KEY).set(facts);
    return facts;
  }

  private static Optional<String> group(SSLSession session) {
    return session instanceof OpenSslSession openSsl
        ? Optional.ofNullable(openSsl.getNamedGroup())
        : Optional.empty();
  }

  private static Optional<Boolean> resumed(SSLEngine engine, Instant start) {
    return switch (engine) {
      case ReferenceCountedOpenSslEngine openSsl ->
          Optional.of(openSsl.sslPointer())
              .filter(pointer -> pointer != 0) // 0 when it was closed meanwhile
              .map(SSL::isSessionReused);
      // BoringSSL renews the time of a resumed session, and Netty keeps its flag to itself.
      case QuicSslEngine quic -> Optional.empty();
      // The JDK's session keeps the time when it was first agreed.
      default -> Optional.of(engine.getSession().getCreationTime() < start.toEpochMilli());
    };
  }

  private static Optional<PeerCertificate> peer(SSLSession session) {
    try {
      Certificate[] chain = session.getPeerCertificates();
      return chain.length > 0 && chain[0] instanceof X509Certificate certificate
          ? Optional.of(new PeerCertificate(certificate))
          : Optional.empty();
    } catch (SSLPeerUnverifiedException none) {
      return Optional.empty();
    }
  }
}
