package darban.tls;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslProvider;
import java.util.List;

/**
 * The library that does the TLS of TCP connections. QUIC always has the BoringSSL of its codec.
 *
 * <p>BoringSSL takes about half the processor time of the JDK's engine for a handshake and for
 * bytes, so {@link #best()} is that wherever its native library loads. Any thread.
 */
public enum Engine {
  /** Google's library, through netty-tcnative; its contexts are native memory. */
  BORINGSSL(SslProvider.OPENSSL_REFCNT),
  /** The engine of the running JDK. */
  JDK(SslProvider.JDK);

  static {
    // The JDK's engine reads it once, at the first handshake of the process. BoringSSL never
    // renegotiates as a server.
    String noRenegotiation = "jdk.tls.rejectClientInitiatedRenegotiation";
    if (System.getProperty(noRenegotiation) == null) {
      System.setProperty(noRenegotiation, "true");
    }
  }

  /**
   * Key exchange groups, the preferred first: the hybrid of ML-KEM and X25519 withstands a recorded
   * connection being opened by a quantum computer later. The JDK passes over what it does not know.
   */
  private static final List<String> GROUPS =
      List.of("X25519MLKEM768", "x25519", "secp256r1", "secp384r1", "secp521r1");

  private final SslProvider provider;

  Engine(SslProvider provider) {
    this.provider = provider;
  }

  /** The quickest engine that this process can use. */
  public static Engine best() {
    return BORINGSSL.isAvailable() ? BORINGSSL : JDK;
  }

  /** Whether its library can be loaded here. */
  public boolean isAvailable() {
    return this == JDK || OpenSsl.isAvailable();
  }

  /** Name and version, for a line in the log. */
  public String version() {
    return this == JDK ? "JDK " + Runtime.version() : OpenSsl.versionString() + " (netty-tcnative)";
  }

  SslProvider provider() {
    return provider;
  }

  static String[] groups() {
    return GROUPS.toArray(String[]::new);
  }
}
