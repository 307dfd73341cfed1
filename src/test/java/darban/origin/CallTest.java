package darban.origin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.testkit.Bench;
import darban.testkit.Guard;
import darban.testkit.Ports;
import darban.testkit.RawClient;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which request is tried again, and where. */
@ExtendWith(Guard.class)
class CallTest {
  /** Two servers of which the first one that is tried does not take connections. */
  private static Bench dead(String alive) throws Exception {
    return Bench.yaml(
        """
        listeners: { plain: { address: "127.0.0.1:0" } }
        sites: { "*": { routes: [ { service: origin } ] } }
        services: { origin: { servers: [ "http://127.0.0.1:%d"%s ] } }
        log: { access: off }
        """
            .formatted(Ports.free(), alive),
        1);
  }

  private static RawClient.Answer asked(Bench bench, String head, String body) throws IOException {
    try (RawClient client = bench.client()) {
      return client
          .send(
              head
                  + " HTTP/1.1\r\nHost: a.example\r\nContent-Length: "
                  + body.length()
                  + "\r\n\r\n"
                  + body)
          .answerTo(head.substring(0, head.indexOf(' ')));
    }
  }

  /** Nothing has reached a server that takes no connections: any request may go to the next. */
  @ParameterizedTest
  @CsvSource({"GET /, ''", "POST /, salam", "PUT /, salam", "PATCH /, salam"})
  void connectionRefused_anyRequest_goesToTheNextServer(String head, String body) throws Exception {
    try (Bench bench = dead(", \"http://ORIGIN\"")) {
      for (int i = 0; i < 4; i++) {
        RawClient.Answer answer = asked(bench, head, body);
        assertEquals(200, answer.status());
        assertEquals(head + " " + body.length(), answer.body());
      }
      assertEquals(4, bench.origin().requests().size());
    }
  }

  @Test
  void connectionRefused_byTheOnlyServer_isToldAfterTheLastTry() throws Exception {
    try (Bench bench = dead("")) {
      RawClient.Answer answer = asked(bench, "GET /", "");
      assertEquals(502, answer.status());
      String status = String.valueOf(answer.field("Proxy-Status"));
      assertTrue(status.contains("error=connection_refused"), status);
      assertEquals(0, bench.origin().requests().size());
    }
  }

  /** The origin has read the request: what it did with it nobody knows. */
  @ParameterizedTest
  @CsvSource({
    "GET /, '', 2",
    "HEAD /, '', 2",
    "OPTIONS /, '', 2",
    "DELETE /, '', 2",
    "POST /, '', 1",
    "PATCH /, '', 1",
    // Its body is gone.
    "PUT /, salam, 1",
  })
  void closedWithoutAnAnswer_onlyIdempotentRequestsWithoutABody_goAgain(
      String head, String body, int times) throws Exception {
    try (Bench bench = Bench.plain()) {
      bench.origin().script(connection -> connection.next());
      RawClient.Answer answer = asked(bench, head, body);
      assertEquals(502, answer.status());
      assertEquals(times, bench.origin().requests().size());
    }
  }
}
