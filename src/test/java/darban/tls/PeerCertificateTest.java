package darban.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.tls.TestAuthority.Issued;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeerCertificateTest {
  @TempDir Path directory;

  @Test
  void facts_asOpensslTellsThem() throws Exception {
    Issued issued = new TestAuthority("peer test").issue("a.example", "127.0.0.1");
    issued.write(directory, "peer");
    PeerCertificate peer = new PeerCertificate(issued.certificate());
    String told =
        Programs.run(
            directory,
            "openssl",
            "x509",
            "-in",
            "peer.pem",
            "-noout",
            "-sha256",
            "-fingerprint",
            "-serial");
    String lower = told.toLowerCase(Locale.ROOT).replace(":", "");
    assertTrue(lower.contains("fingerprint=" + peer.fingerprint()), told);
    assertTrue(lower.replace("serial=0", "serial=").contains("serial=" + peer.serial()), told);
    assertEquals("CN=a.example", peer.subject());
    assertEquals(List.of("DNS:a.example", "IP:127.0.0.1"), peer.names());
    assertEquals(issued.certificate().getNotAfter().toInstant(), peer.notAfter());
  }

  @Test
  void names_ofEachType_marked() throws Exception {
    Programs.run(
        directory,
        "sh",
        "-c",
        "openssl ecparam -name prime256v1 -genkey -noout -out k && openssl req -x509 -key k"
            + " -subj /CN=x -days 9 -out c -addext"
            + " subjectAltName=email:a@a.example,URI:spiffe://a/b,DNS:*.a.example,IP:::1");
    PeerCertificate peer =
        new PeerCertificate(PemFiles.certificates(directory.resolve("c")).getFirst());
    assertEquals(
        List.of("email:a@a.example", "URI:spiffe://a/b", "DNS:*.a.example", "IP:0:0:0:0:0:0:0:1"),
        peer.names());
  }
}
