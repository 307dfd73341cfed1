package darban.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import darban.testkit.Await;
import darban.testkit.Guard;
import darban.testkit.Ports;
import darban.testkit.RawClient;
import darban.testkit.RawHttp2;
import darban.testkit.ScriptedOrigin;
import io.vertx.core.Future;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(Guard.class)
class GatewayTest {
  @TempDir Path folder;

  @Test
  void start_answersAndStops() throws Exception {
    try (TestGateway gateway =
            TestGateway.start(
                folder,
                """
                listeners: { plain: { address: "127.0.0.1:0" } }
                sites: { "*": { routes: [ { respond: { body: salam } } ] } }
                log: { access: off }
                """);
        HttpClient client = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://" + gateway.address("plain") + "/");
      HttpResponse<String> answer =
          client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
      assertEquals(200, answer.statusCode());
      assertEquals("salam", answer.body());
      assertEquals(true, gateway.stop());
    }
  }

  private static final String BEHIND =
      """
      listeners: { plain: { address: "127.0.0.1:0", protocols: [h1, h2] } }
      sites: { "*": { routes: [ { service: origin } ] } }
      services: { origin: { servers: [ "http://127.0.0.1:%d" ] } }
      log: { access: off }
      """;

  @Test
  void stop_streamUnderWay_http2_isServed_newOnesAreNot() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch word = new CountDownLatch(1);
    try (ScriptedOrigin origin = new ScriptedOrigin()) {
      origin.script(connection -> {
        ScriptedOrigin.Request request = connection.next();
        asked.countDown();
        await(word);
        connection.answer(java.util.Objects.requireNonNull(request), 200, "late");
      });
      try (TestGateway gateway = TestGateway.start(folder, BEHIND.formatted(origin.port()));
          RawHttp2 client = RawHttp2.connect(gateway.port("plain"))) {
        client.get(1, "/").flush();
        await(asked);
        Future<@Nullable Boolean> clean = gateway.stopping();
        RawHttp2.Frame goAway = client.await(frame -> frame.type() == RawHttp2.GOAWAY);
        assertEquals(1, goAway.payload().getInt(0));
        assertEquals(false, Ports.isOpen(gateway.port("plain")));
        word.countDown();
        assertEquals("200", client.answer(1).status().toString());
        assertEquals(true, Await.result(clean));
      }
    }
  }

  @Test
  void stop_requestThatDoesNotEnd_isCutAtTheDeadline_andThatIsToldAsUnclean() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    try (ScriptedOrigin origin = new ScriptedOrigin()) {
      origin.script(connection -> {
        connection.next();
        asked.countDown();
        connection.readToEnd();
      });
      try (TestGateway gateway = TestGateway.start(folder, BEHIND.formatted(origin.port()));
          RawClient client = RawClient.connect(gateway.port("plain"))) {
        client.send("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n");
        await(asked);
        assertEquals(false, gateway.stop());
        assertEquals(true, client.isClosed());
      }
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertEquals(true, latch.await(10, TimeUnit.SECONDS));
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }
}
