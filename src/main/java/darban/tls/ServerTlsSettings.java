package darban.tls;

import darban.base.Timeouts;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How a listener does TLS. Two equal settings make the same listener. Immutable, any thread.
 *
 * @param certificates where its identities come from
 * @param clients whether clients must show a certificate
 * @param minVersion the oldest protocol version it speaks
 * @param alpn application protocols over TCP, the preferred first (RFC 7301); empty to not
 *     negotiate
 * @param quicAlpn application protocols over QUIC; empty for a listener without QUIC
 * @param handshake within which a handshake must end, counted from the connection's start
 */
public record ServerTlsSettings(
    Certificates certificates,
    ClientAuth clients,
    TlsVersion minVersion,
    List<String> alpn,
    List<String> quicAlpn,
    Duration handshake) {

  /** Where a listener's identities come from. */
  public sealed interface Certificates {
    /**
     * Files, watched for change.
     *
     * @param files at least one; the first is for clients that name no host, or one that no
     *     certificate has
     */
    record Files(List<KeyFiles> files) implements Certificates {}

    /**
     * The development CA of this process, which makes a certificate for each name asked for.
     *
     * @param names names, {@code *.example} and addresses that it may make them for, {@code
     *     localhost} and the loopback addresses always among them; empty for any name
     */
    record Internal(List<String> names) implements Certificates {}
  }

  /**
   * Whether clients must show a certificate.
   *
   * @param mode whether they are asked, and what when they show none
   * @param ca PEM file of the issuers that are trusted; needed unless the mode is {@link Mode#NONE}
   */
  public record ClientAuth(Mode mode, Optional<Path> ca) {
    /** Clients are not asked. */
    public static final ClientAuth NONE = new ClientAuth(Mode.NONE, Optional.empty());

    /** How a client's certificate is asked for. One that is not trusted always ends it. */
    public enum Mode {
      NONE,
      OPTIONAL,
      REQUIRED
    }
  }

  /** HTTP/1.1, HTTP/2 and HTTP/3 with these certificates and the default for all else. */
  public static ServerTlsSettings of(Certificates certificates) {
    return new ServerTlsSettings(
        certificates,
        ClientAuth.NONE,
        TlsVersion.TLS_1_2,
        List.of("h2", "http/1.1"),
        List.of("h3"),
        Timeouts.DEFAULT.handshake());
  }

  /** The same with another policy for clients' certificates. */
  public ServerTlsSettings with(ClientAuth clients) {
    return new ServerTlsSettings(certificates, clients, minVersion, alpn, quicAlpn, handshake);
  }

  /** The same with another oldest version. */
  public ServerTlsSettings with(TlsVersion minVersion) {
    return new ServerTlsSettings(certificates, clients, minVersion, alpn, quicAlpn, handshake);
  }

  /** The same with another time for a handshake. */
  public ServerTlsSettings with(Duration handshake) {
    return new ServerTlsSettings(certificates, clients, minVersion, alpn, quicAlpn, handshake);
  }
}
