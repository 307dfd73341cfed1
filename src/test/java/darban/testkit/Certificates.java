package darban.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * An issuer of certificates, by OpenSSL, in a folder of the test's: {@code ca.pem} is what clients
 * trust.
 */
public final class Certificates {
  private final Path folder;

  private Certificates(Path folder) {
    this.folder = folder;
  }

  /** A new issuer whose files lie in {@code folder}. */
  public static Certificates in(Path folder) throws Exception {
    Peers.find("openssl", "openssl");
    Files.createDirectories(folder);
    Certificates made = new Certificates(folder);
    made.openssl(
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30"
            + " -keyout ca-key.pem -out ca.pem -subj /CN=test-issuer");
    return made;
  }

  private void openssl(String arguments) throws IOException, InterruptedException {
    Program.of(("openssl " + arguments).split(" ")).in(folder).run().good();
  }

  /** What clients have to trust. */
  public Path authority() {
    return folder.resolve("ca.pem");
  }

  /** Makes {@code FILE.pem} and {@code FILE-key.pem} for these names and addresses. */
  public Path issue(String file, String... names) throws Exception {
    String alternatives =
        Stream.of(names)
            .map(name -> (name.matches("[0-9.]+|.*:.*") ? "IP:" : "DNS:") + name)
            .collect(Collectors.joining(","));
    Files.writeString(
        folder.resolve(file + ".ext"),
        "subjectAltName=" + alternatives + "\nextendedKeyUsage=serverAuth,clientAuth\n");
    openssl(
        "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=%s -keyout %s -out %s"
            .formatted(names[0], file + "-key.pem", file + ".csr"));
    openssl(
        "x509 -req -in %s.csr -CA ca.pem -CAkey ca-key.pem -days 20 -extfile %s.ext -out %s.pem"
            .formatted(file, file, file));
    return folder.resolve(file + ".pem");
  }

  /** The certificate that a TLS server on the loopback address shows for {@code name}. */
  public static X509Certificate shown(String name, int port)
      throws IOException, GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new Anybody()}, null);
    try (java.net.Socket plain = new java.net.Socket(InetAddress.getLoopbackAddress(), port);
        SSLSocket socket =
            (SSLSocket) context.getSocketFactory().createSocket(plain, name, port, false)) {
      socket.startHandshake();
      return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }
  }

  /** The hash of a server's key by which Chromium can be told to take it. */
  public static String keyHash(String name, int port) throws IOException, GeneralSecurityException {
    byte[] key = shown(name, port).getPublicKey().getEncoded();
    return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-256").digest(key));
  }

  /** Looks at certificates without judging them. */
  private static final class Anybody implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
