package darban.protocol.h1;

import static org.junit.jupiter.api.Assertions.assertEquals;

import darban.testkit.Bench;
import darban.testkit.Guard;
import darban.testkit.RawClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Connections kept to origins: one after another is served by the same. */
@ExtendWith(Guard.class)
class KeptConnectionsTest {
  private static Bench bench;

  @BeforeAll
  static void start() throws Exception {
    bench = Bench.plain();
  }

  @AfterAll
  static void stop() throws Exception {
    bench.close();
  }

  @AfterEach
  void clear() throws Exception {
    bench.clear();
  }

  @Test
  void requests_oneAfterAnother_shareAConnection() throws Exception {
    try (RawClient client = bench.client()) {
      for (int i = 0; i < 10; i++) {
        RawClient.Answer answer =
            client.send("GET /" + i + " HTTP/1.1\r\nHost: a\r\n\r\n").answer();
        assertEquals("GET /" + i + " 0", answer.body());
      }
    }
    assertEquals(1, bench.origin().connections().size());
  }
}
