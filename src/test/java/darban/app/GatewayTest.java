package darban.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import darban.testkit.Guard;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
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
}
