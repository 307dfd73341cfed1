package darban.stage.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.testkit.Await;
import darban.testkit.Bench;
import darban.testkit.Guard;
import darban.testkit.RawClient;
import darban.testkit.ScriptedOrigin;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What is fetched ahead of a player that asks for one part after the other. */
@ExtendWith(Guard.class)
class ReadAheadTest {
  private static final Duration MOST = Duration.ofSeconds(10);
  private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d+)");
  private static final int SLICE = 64 << 10;
  private static final int LENGTH = 40 * SLICE + 100;

  /** Each number at the place that it names. */
  private static final String BODY = body();

  private @Nullable Bench bench;
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private volatile LongPredicate stalls = from -> false;
  private final CompletableFuture<Boolean> left = new CompletableFuture<>();

  private static String body() {
    StringBuilder all = new StringBuilder(LENGTH + 16);
    while (all.length() < LENGTH) {
      all.append(all.length()).append(' ');
    }
    all.setLength(LENGTH);
    return all.toString();
  }

  private Bench start(String readAhead) throws Exception {
    Bench made =
        Bench.yaml(
            """
            listeners: { plain: { address: "127.0.0.1:0" } }
            sites:
              "*":
                routes:
                  - { match: { path: "/slow/*" }, service: origin,
                      pace: { burst: 64KiB, rate: 1MB/s } }
                  - { service: origin }
            services: { origin: { servers: [ "http://ORIGIN" ] } }
            cache: { memory: 16MB, slice: 64KiB, %s disk: { path: cache, size: 64MB } }
            log: { access: off }
            """
                .formatted(readAhead));
    made.origin().script(this::serve);
    bench = made;
    return made;
  }

  @AfterEach
  void stop() throws Exception {
    left.complete(false);
    if (bench != null) {
      bench.close();
    }
  }

  /** Where it is to stall, it sends nothing but a head and half a slice, and waits for the end. */
  private void serve(ScriptedOrigin.Connection connection) throws IOException {
    for (ScriptedOrigin.Request next = connection.next(); next != null; next = connection.next()) {
      Matcher range = RANGE.matcher(String.valueOf(next.field("Range")));
      assertTrue(range.matches(), next.line());
      asked.add(range.group());
      int from = Integer.parseInt(range.group(1));
      int end = Math.min(Integer.parseInt(range.group(2)) + 1, LENGTH);
      connection.send(
          "HTTP/1.1 206 X\r\nETag: \"1\"\r\nCache-Control: max-age=600\r\nContent-Length: %d\r\n"
                  .formatted(end - from)
              + "Content-Range: bytes %d-%d/%d\r\n\r\n".formatted(from, end - 1, LENGTH));
      if (stalls.test(from)) {
        connection.send(BODY.substring(from, from + SLICE / 2));
        connection.readToEnd();
        left.complete(true);
        return;
      }
      connection.send(BODY.substring(from, end));
    }
  }

  private static String range(long from, long end) {
    return "bytes=" + from + "-" + (end - 1);
  }

  /** A part in slices, whole ones but for the last of all. */
  private void play(Bench of, String path, int first, int slices) throws IOException {
    int end = Math.min((first + slices) * SLICE, LENGTH);
    RawClient.Answer answer = of.get(path, "Range: " + range((long) first * SLICE, end));
    assertEquals(206, answer.status());
    assertEquals(BODY.substring(first * SLICE, end), answer.body());
  }

  private void awaitAsked(String... ranges) throws Exception {
    Await.until(MOST, () -> asked.size() >= ranges.length, asked::toString);
    assertEquals(List.of(ranges), asked);
  }

  private static String slices(int first, int count) {
    return range((long) first * SLICE, Math.min((long) (first + count) * SLICE, LENGTH));
  }

  @Test
  void sequence_theNextSlicesAreFetched_beforeTheyAreAskedFor() throws Exception {
    Bench of = start("read-ahead: 256KiB,");
    play(of, "/a", 0, 1);
    awaitAsked(slices(0, 1));
    play(of, "/a", 1, 1);
    awaitAsked(slices(0, 1), slices(1, 5));
    // What is at hand is answered at once, and what follows is fetched meanwhile.
    play(of, "/a", 2, 2);
    awaitAsked(slices(0, 1), slices(1, 5), slices(6, 2));
    play(of, "/a", 4, 4);
    awaitAsked(slices(0, 1), slices(1, 5), slices(6, 2), slices(8, 4));
  }

  @Test
  void readAhead_isTwoSlices_ifNothingIsSaid() throws Exception {
    Bench of = start("");
    play(of, "/a", 0, 1);
    play(of, "/a", 1, 1);
    awaitAsked(slices(0, 1), slices(1, 3));
  }

  @Test
  void seek_fetchesNoMoreThanItsSlices() throws Exception {
    Bench of = start("read-ahead: 256KiB,");
    play(of, "/a", 0, 1);
    play(of, "/a", 20, 1);
    play(of, "/a", 9, 2);
    play(of, "/a", 30, 1);
    play(of, "/a", 30, 1);
    of.gateway().awaitNothingInFlight();
    awaitAsked(slices(0, 1), slices(20, 1), slices(9, 2), slices(30, 1));
  }

  @Test
  void nothing_isFetchedAhead_whereReadAheadIsNone() throws Exception {
    Bench of = start("read-ahead: 0,");
    for (int i = 0; i < 4; i++) {
      play(of, "/a", i, 1);
    }
    of.gateway().awaitNothingInFlight();
    awaitAsked(slices(0, 1), slices(1, 1), slices(2, 1), slices(3, 1));
  }

  @Test
  void end_isTheBound() throws Exception {
    Bench of = start("read-ahead: 1GiB,");
    play(of, "/a", 37, 1);
    play(of, "/a", 38, 1);
    awaitAsked(slices(37, 1), range(38L * SLICE, LENGTH));
    play(of, "/a", 39, 2);
    of.gateway().awaitNothingInFlight();
    assertEquals(2, asked.size());
  }

  /** The part and what is read ahead come by one request, which nobody needs any more. */
  @Test
  void request_isAborted_whenItsClientLeaves_withWhatIsReadAhead() throws Exception {
    Bench of = start("read-ahead: 256KiB,");
    stalls = from -> from == SLICE;
    play(of, "/a", 0, 1);
    try (RawClient player = of.client()) {
      player.send("GET /a HTTP/1.1\r\nHost: h\r\nRange: " + slices(1, 1) + "\r\n\r\n");
      awaitAsked(slices(0, 1), slices(1, 5));
      player.reset();
    }
    assertTrue(left.get(10, TimeUnit.SECONDS));
  }

  /** As above, where all that was asked for is at hand. */
  @Test
  void readAhead_isAborted_whenItsClientLeaves() throws Exception {
    Bench of = start("read-ahead: 256KiB,");
    warm(of);
    stalls = from -> from >= 17 * SLICE;
    int before = asked.size();
    try (RawClient player = of.client()) {
      player.send("GET /slow/a HTTP/1.1\r\nHost: h\r\nRange: " + slices(1, 16) + "\r\n\r\n");
      Await.until(MOST, () -> asked.size() > before, () -> "nothing is read ahead");
      assertEquals(slices(17, 4), asked.getLast());
      player.reset();
    }
    assertTrue(left.get(10, TimeUnit.SECONDS));
  }

  /** Of all that is before it nothing is fetched when it is read: backwards is no sequence. */
  private void warm(Bench of) throws Exception {
    for (int first = 16; first >= 0; first--) {
      play(of, "/slow/a", first, 1);
    }
  }

  @Test
  void pacedPlayer_hasNoMoreFetchedAheadOfIt() throws Exception {
    Bench of = start("read-ahead: 256KiB,");
    warm(of);
    int before = asked.size();
    AtomicInteger read = new AtomicInteger();
    CompletableFuture<Integer> readThen = new CompletableFuture<>();
    stalls =
        from -> {
          readThen.complete(read.get());
          return false;
        };
    try (RawClient player = of.client()) {
      player.send("GET /slow/a HTTP/1.1\r\nHost: h\r\nRange: " + slices(1, 16) + "\r\n\r\n");
      while (read.get() < 16 * SLICE) {
        player.read(1024);
        read.addAndGet(1024);
      }
    }
    // A quarter is what may be ahead; what is in sockets is no more than another.
    int then = readThen.get(10, TimeUnit.SECONDS);
    assertTrue(then >= 8 * SLICE, () -> then + " bytes were read when more was asked for");
    assertEquals(before + 1, asked.size());
    assertEquals(slices(17, 4), asked.getLast());
  }
}
