package darban.stage.pace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.testkit.Bench;
import darban.testkit.Guard;
import darban.testkit.RawClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(Guard.OfClass.class)
class PaceStageTest {
  private static final int SIZE = 1_000_000;

  @TempDir static Path folder;

  @SuppressWarnings("NullAway.Init")
  private static Bench bench;

  private static String content = "";

  @BeforeAll
  static void start() throws Exception {
    StringBuilder text = new StringBuilder();
    new Random(1).ints(SIZE, 'a', 'z').forEach(c -> text.append((char) c));
    content = text.toString();
    Files.writeString(folder.resolve("film.mp4"), content);
    bench =
        Bench.yaml(
            """
            listeners: { plain: { address: "127.0.0.1:0" } }
            sites:
              "*":
                routes:
                  - match: { path: "/files/*" }
                    files: { root: "%s" }
                    pace: { burst: 400kB, rate: 1MB/s }
                  - service: origin
                    cache: on
                    pace: { burst: 400kB, rate: 1MB/s }
            services: { origin: { servers: [ "http://ORIGIN" ] } }
            cache: { memory: 16MB, disk: off }
            log: { access: off }
            """
                .formatted(folder));
    bench
        .origin()
        .answering(
            "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: %d\r\n\r\n%s"
                .formatted(SIZE, content));
  }

  @AfterAll
  static void stop() throws Exception {
    bench.close();
  }

  /** Milliseconds that a request takes; its answer is looked at. */
  private static long millis(String path, String field, String expected) throws IOException {
    long start = System.nanoTime();
    try (RawClient client = bench.client()) {
      RawClient.Answer answer =
          client
              .send("GET " + path + " HTTP/1.1\r\nHost: h\r\n" + field + "\r\n\r\n")
              .answerTo("GET");
      assertEquals(expected, answer.body());
      assertTrue(answer.whole());
    }
    return (System.nanoTime() - start) / 1_000_000;
  }

  /** From a file, from the origin, and from memory. */
  @ParameterizedTest
  @CsvSource({"/files/film.mp4", "/film.mp4", "/film.mp4"})
  void longAnswer_takesTheTimeOfWhatIsBeyondTheBurst(String path) throws Exception {
    long millis = millis(path, "X: y", content);
    assertTrue(millis >= 550 && millis < 5_000, millis + " ms");
  }

  @Test
  void player_thatNeedsLess_getsLess() throws Exception {
    String part = content.substring(0, 500_000);
    long millis = millis("/files/film.mp4", "Range: bytes=0-499999\r\nCMCD-Status: rtp=1600", part);
    assertTrue(millis >= 450 && millis < 5_000, millis + " ms");
  }

  @Test
  void whatFitsIntoTheBurst_goesAtOnce_alsoManyTimes() throws Exception {
    String part = content.substring(0, 400_000);
    long millis = 0;
    for (int i = 0; i < 5; i++) {
      millis += millis("/files/film.mp4", "Range: bytes=0-399999", part);
    }
    assertTrue(millis < 1_900, millis + " ms");
  }

  @Test
  void client_thatLeaves_endsIt() throws Exception {
    try (RawClient client = bench.client()) {
      client.send("GET /files/film.mp4 HTTP/1.1\r\nHost: h\r\n\r\n");
      assertEquals(1000, client.read(1000).length());
    }
    // The guard looks for what is left of it.
    millis("/files/film.mp4", "Range: bytes=0-9", content.substring(0, 10));
  }
}
