package darban.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.testkit.Await;
import darban.testkit.Browser;
import darban.testkit.Certificates;
import darban.testkit.DarbanProcess;
import darban.testkit.NginxOrigin;
import darban.testkit.Ports;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Chromium with Darban as its proxy, spoken to in clear and by TLS, on sites of nginx. */
class C04BrowsingIT {
  @TempDir static Path folder;
  private static final List<AutoCloseable> OPEN = new ArrayList<>();
  private static final int HTTP = Ports.free();
  private static final int HTTPS = Ports.free();

  @SuppressWarnings("NullAway.Init")
  private static DarbanProcess darban;

  @BeforeAll
  static void start() throws Exception {
    Certificates.in(folder.resolve("issuer")).issue("origin", "localhost", "127.0.0.1");
    OPEN.add(NginxOrigin.start(folder, servers(), HTTP, HTTPS));
    Files.writeString(folder.resolve("www/index.html"), PAGE);
    Files.writeString(folder.resolve("www/part.js"), "document.body.dataset.part = 'yes';");
    Files.writeString(folder.resolve("www/big.txt"), "salam ".repeat(500_000));
    darban =
        DarbanProcess.start(
            folder,
            """
            listeners:
              clear: { address: "127.0.0.1:0", mode: forward }
              secure: { address: "127.0.0.1:0", mode: forward, tls: internal }
            forward: { private-addresses: allow }
            admin: { address: "127.0.0.1:0" }
            log: { access: { file: access.json } }
            """);
    OPEN.add(darban);
  }

  private static final String PAGE =
      """
      <!doctype html><title>site</title><body>
      <script src="part.js"></script>
      <script>
        fetch('big.txt').then(r => r.text()).then(t => document.body.dataset.big = t.length);
      </script>
      """;

  private static String servers() {
    return """
    server { listen 127.0.0.1:%d; }
    server { listen 127.0.0.1:%d ssl http2;
             ssl_certificate issuer/origin.pem; ssl_certificate_key issuer/origin-key.pem; }
    """
        .formatted(HTTP, HTTPS);
  }

  @AfterAll
  static void end() throws Exception {
    for (AutoCloseable each : OPEN.reversed()) {
      each.close();
    }
  }

  private static Browser browser(String proxy) throws Exception {
    String keys =
        Certificates.keyHash("localhost", HTTPS)
            + ","
            + Certificates.keyHash("localhost", darban.port("secure"));
    return Browser.start(
        folder.resolve("profile-" + Ports.free()),
        "--proxy-server=" + proxy,
        "--proxy-bypass-list=<-loopback>",
        "--ignore-certificate-errors-spki-list=" + keys);
  }

  private static String proxy(String listener) throws Exception {
    String scheme = listener.equals("secure") ? "https" : "http";
    return scheme + "://127.0.0.1:" + darban.port(listener);
  }

  @ParameterizedTest
  @CsvSource({"clear, h1", "secure, h2"})
  void sites_byProxy_browse(String listener, String protocol) throws Exception {
    try (Browser browser = browser(proxy(listener))) {
      Browser.Page page = browser.page();
      page.open("http://127.0.0.1:" + HTTP + "/");
      page.until("document.body.dataset.part === 'yes' && document.body.dataset.big === '3000000'");
      assertLogged(listener, protocol, "GET", "/big.txt");
      page.open("https://localhost:" + HTTPS + "/");
      page.until("document.body.dataset.part === 'yes' && document.body.dataset.big === '3000000'");
      assertEquals("h2", page.protocol());
    }
    // The tunnel is over, and logged, when the browser is closed.
    assertLogged(listener, protocol, "CONNECT", "localhost:" + HTTPS);
  }

  private static void assertLogged(String listener, String protocol, String method, String target)
      throws Exception {
    Path log = folder.resolve("access.json");
    Await.until(
        Duration.ofSeconds(20),
        () ->
            Files.readAllLines(log).stream()
                .map(JsonObject::new)
                .anyMatch(line ->
                    line.getString("listener").equals(listener)
                        && line.getString("proto").equals(protocol)
                        && line.getString("method").equals(method)
                        && line.getString("path").endsWith(target)
                        && line.getInteger("status") == 200
                        && line.getLong("bytes_out") > 3_000_000 - 1),
        () -> method + " " + target + " is not in " + Files.readString(log));
  }

  @Test
  void site_thatIsDown_isToldByTheProxy() throws Exception {
    try (Browser browser = browser(proxy("clear"))) {
      Browser.Page page = browser.page();
      int nobody = Ports.free();
      page.open("http://127.0.0.1:" + nobody + "/");
      String text = page.text("document.body.innerText");
      assertTrue(text.startsWith("502 Bad Gateway"), text);
      assertEquals(
          "net::ERR_TUNNEL_CONNECTION_FAILED", page.failure("https://127.0.0.1:" + nobody + "/"));
    }
  }
}
