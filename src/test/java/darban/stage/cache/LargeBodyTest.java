package darban.stage.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.testkit.Bench;
import darban.testkit.Guard;
import darban.testkit.RawClient.Answer;
import darban.testkit.ScriptedOrigin;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Bodies of many slices on disk, from an origin that is faster than the disk and knows ranges. */
@ExtendWith(Guard.class)
class LargeBodyTest {
  private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d*)");
  private static final int LENGTH = 24 << 20;

  /** Each number at the place that it names, so that no part can stand for another. */
  private static final String BODY = body();

  private Bench bench;

  private static String body() {
    StringBuilder all = new StringBuilder(LENGTH + 16);
    while (all.length() < LENGTH) {
      all.append(all.length()).append(' ');
    }
    all.setLength(LENGTH);
    return all.toString();
  }

  @BeforeEach
  void start() throws Exception {
    bench =
        Bench.yaml(
            """
            listeners: { plain: { address: "127.0.0.1:0" } }
            sites: { "*": { routes: [ { service: origin, cache: on } ] } }
            services: { origin: { servers: [ "http://ORIGIN" ] } }
            cache: { memory: 16MB, disk: { path: cache, size: 256MB } }
            log: { access: off }
            """);
    bench
        .origin()
        .script(connection -> {
          for (ScriptedOrigin.Request next = connection.next();
              next != null;
              next = connection.next()) {
            answer(connection, String.valueOf(next.field("Range")));
          }
        });
  }

  @AfterEach
  void stop() throws Exception {
    bench.close();
  }

  private static void answer(ScriptedOrigin.Connection connection, String asked)
      throws IOException {
    Matcher range = RANGE.matcher(asked);
    boolean part = range.matches();
    int from = part ? Integer.parseInt(range.group(1)) : 0;
    int last =
        part && !range.group(2).isEmpty() ? Integer.parseInt(range.group(2)) : BODY.length() - 1;
    String fields = "Cache-Control: max-age=60\r\nETag: \"1\"\r\nAccept-Ranges: bytes\r\n";
    connection.send(
        "HTTP/1.1 %s X\r\n%sContent-Length: %d\r\n"
            .formatted(part ? "206" : "200", fields, last + 1 - from));
    if (part) {
      connection.send("Content-Range: bytes %d-%d/%d\r\n".formatted(from, last, BODY.length()));
    }
    connection.send("\r\n").send(BODY.substring(from, last + 1));
  }

  private void assertWhole() throws IOException {
    Answer answer = bench.get("/a");
    assertEquals(200, answer.status());
    assertTrue(answer.whole() && answer.body().equals(BODY), "another body");
  }

  @Test
  void body_isFetchedOnce_thoughTheDiskIsSlower() throws Exception {
    assertWhole();
    assertEquals(1, bench.origin().requests().size());
    assertWhole();
    assertEquals(1, bench.origin().requests().size());
  }

  /** Feeds that come to what another brings write across each other. */
  @Test
  void feedsThatMeet_spoilNothingOfEachOther() throws Exception {
    int[] starts = {0, 1, 3 << 20, 5_000_000, 12 << 20, 20_000_000};
    try (ExecutorService clients = Executors.newCachedThreadPool()) {
      List<Future<Answer>> answers = new ArrayList<>();
      for (int from : starts) {
        answers.add(clients.submit(() -> bench.get("/a", "Range: bytes=" + from + "-")));
      }
      for (int i = 0; i < starts.length; i++) {
        Answer answer = answers.get(i).get();
        assertEquals(206, answer.status());
        assertTrue(
            answer.whole() && answer.body().equals(BODY.substring(starts[i])),
            "another body from " + starts[i]);
      }
    }
    int asked = bench.origin().requests().size();
    assertTrue(asked <= starts.length, () -> asked + " requests");
    assertWhole();
    assertEquals(asked, bench.origin().requests().size());
  }
}
