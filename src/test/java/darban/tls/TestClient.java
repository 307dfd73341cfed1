package darban.tls;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** A client by the JDK alone, so that server and client share no code of ours. */
final class TestClient {
  private final SSLContext context;
  private List<String> alpn = List.of();
  private List<String> protocols = List.of("TLSv1.3", "TLSv1.2");

  /** What a client saw. */
  record Reply(X509Certificate certificate, String alpn, String line) {}

  TestClient(X509Certificate trusted) {
    this(trusted, Optional.empty());
  }

  TestClient(X509Certificate trusted, Optional<TestAuthority.Issued> own) {
    try {
      KeyStore trust = KeyStore.getInstance(KeyStore.getDefaultType());
      trust.load(null);
      trust.setCertificateEntry("trusted", trusted);
      TrustManagerFactory trusting = TrustManagerFactory.getInstance("PKIX");
      trusting.init(trust);
      KeyStore keys = KeyStore.getInstance(KeyStore.getDefaultType());
      keys.load(null);
      if (own.isPresent()) {
        Certificate[] chain = {own.get().certificate()};
        keys.setKeyEntry("own", own.get().key().getPrivate(), new char[0], chain);
      }
      KeyManagerFactory keying = KeyManagerFactory.getInstance("PKIX");
      keying.init(keys, new char[0]);
      context = SSLContext.getInstance("TLS");
      // A client that shows what it has, whomever the server says it trusts.
      context.init(
          new javax.net.ssl.KeyManager[] {new StubbornKeys(keying.getKeyManagers()[0])},
          trusting.getTrustManagers(),
          null);
    } catch (GeneralSecurityException | IOException broken) {
      throw new IllegalStateException(broken);
    }
  }

  TestClient alpn(String... names) {
    alpn = List.of(names);
    return this;
  }

  TestClient protocols(String... names) {
    protocols = List.of(names);
    return this;
  }

  /** One request; {@code name} is sent as SNI when it is a name, and is what is verified. */
  Reply get(int port, String name) throws IOException {
    try (Socket plain = new Socket(InetAddress.getLoopbackAddress(), port);
        SSLSocket socket =
            (SSLSocket) context.getSocketFactory().createSocket(plain, name, port, true)) {
      socket.setSoTimeout(20_000);
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      parameters.setApplicationProtocols(alpn.toArray(String[]::new));
      parameters.setProtocols(protocols.toArray(String[]::new));
      List<SNIServerName> names =
          HostNames.isAddress(name) ? List.of() : List.of(new SNIHostName(name));
      parameters.setServerNames(names);
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      socket.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      X509Certificate seen = (X509Certificate) socket.getSession().getPeerCertificates()[0];
      return new Reply(
          seen, socket.getApplicationProtocol(), answer.substring(answer.indexOf("\r\n\r\n") + 4));
    }
  }
}
