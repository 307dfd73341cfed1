package darban.serve.reports;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.app.TestGateway;
import darban.testkit.Await;
import darban.testkit.Guard;
import darban.testkit.RawClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(Guard.class)
class ReportsServerTest {
  private static final String YAML =
      """
      listeners: { plain: { address: "127.0.0.1:0" } }
      sites: { "*": { routes: [ { match: { path: /reports }, reports: players } ] } }
      log: { access: { file: access.log } }
      """;

  @TempDir Path folder;

  private static RawClient.Answer post(TestGateway gateway, String body) throws Exception {
    try (RawClient client = RawClient.connect(gateway.port("plain"))) {
      String head = "POST /reports HTTP/1.1\r\nHost: h\r\nContent-Type: application/cmcd\r\n";
      return client.send(head + "Content-Length: " + body.length() + "\r\n\r\n" + body).answer();
    }
  }

  @Test
  void reports_ofVersion2_areCounted_andLogged() throws Exception {
    try (TestGateway gateway = TestGateway.start(folder, YAML)) {
      String events =
          """
          e=ps,sta=p,sid="s",sf=h,st=v,msd=1500,ts=1,v=2,bl=(4000)
          e=ps,sta=r,sid="s",sf=h,st=v,bs,bsd=(700),br=(2500 64),ts=2,v=2
          """;
      RawClient.Answer answer = post(gateway, events);
      assertEquals(204, answer.status(), answer.body());
      assertEquals("*", answer.field("Access-Control-Allow-Origin"));
      String labels = "{format=\"hls\",service=\"reports\",stream=\"recording\"} ";
      for (String line :
          new String[] {
            "reports_total" + labels + "2.0",
            "starvations_total" + labels + "1.0",
            "starved_seconds_total" + labels + "0.7",
            "startup_seconds_sum" + labels + "1.5",
            "buffer_seconds_sum" + labels + "4.0",
            "bitrate_sum" + labels + "2500000.0"
          }) {
        Await.until(
            Duration.ofSeconds(10),
            () -> gateway.metrics().contains("darban_player_" + line),
            () -> line + " is not among\n" + gateway.metrics());
      }
      Await.until(
          Duration.ofSeconds(10),
          () -> Files.readString(folder.resolve("access.log")).contains("msd=1500"),
          () -> "not logged");
      assertTrue(Files.readString(folder.resolve("access.log")).contains("bsd=(700)"));
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 400", "70000, 413"})
  void whatIsNoReport_isRefused(int bytes, int status) throws Exception {
    try (TestGateway gateway = TestGateway.start(folder, YAML)) {
      assertEquals(status, post(gateway, "=".repeat(bytes)).status());
    }
  }
}
