package darban.tls;

import darban.base.Timeouts;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How an origin is spoken to over TLS. Two equal settings make the same connections. Immutable, any
 * thread.
 *
 * @param verify whether its certificate must be trusted and be for its name; without it anybody on
 *     the way can read and change everything
 * @param ca PEM file of the issuers that are trusted; absent: those of the JDK
 * @param serverName the name to send and to verify instead of the origin's host
 * @param client the certificate that we show when the origin asks for one
 * @param alpn application protocols, the preferred first; empty to not negotiate
 * @param handshake within which a handshake must end
 */
public record OriginTlsSettings(
    boolean verify,
    Optional<Path> ca,
    Optional<String> serverName,
    Optional<KeyFiles> client,
    List<String> alpn,
    Duration handshake) {

  /** Verified against the JDK's issuers, by HTTP/1.1 alone. */
  public static final OriginTlsSettings DEFAULT =
      new OriginTlsSettings(
          true,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          List.of("http/1.1"),
          Timeouts.DEFAULT.handshake());
}
