package darban.stage.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.testkit.Await;
import darban.testkit.Bench;
import darban.testkit.Guard;
import darban.testkit.RawClient;
import darban.testkit.ScriptedOrigin;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * DASH of an origin through the cache: what is fetched before it is asked for, and what becomes of
 * it when the encoder begins anew. Each test has a folder of its own; there is one event loop, so
 * that what is under way is counted once.
 */
@ExtendWith(Guard.OfClass.class)
class DashEdgeTest {
  private static final String TEMPLATE =
      "<SegmentTemplate media='$RepresentationID$-$Number$' duration='2'"
          + " initialization='$RepresentationID$-i'/>";

  private static final String SETTLED = "/settled";
  private static final AtomicInteger settled = new AtomicInteger();

  @SuppressWarnings("NullAway.Init")
  private static Bench bench;

  /** What the origin answers, by path; what it does not know is not found. */
  private final Map<String, String> files = new ConcurrentHashMap<>();

  /** Paths that are answered later. */
  private final Map<String, CountDownLatch> held = new ConcurrentHashMap<>();

  @BeforeAll
  static void start() throws Exception {
    bench =
        Bench.yaml(
            """
            listeners: { plain: { address: "127.0.0.1:0" } }
            sites:
              "*": { routes: [ { service: origin, cache: { live-edge: { prefetch: true } } } ] }
            services:
              origin: { servers: [ "http://ORIGIN" ] }
            cache: { memory: 16MB, disk: off }
            log: { access: off }
            """,
            1);
  }

  @AfterAll
  static void stop() throws Exception {
    bench.close();
  }

  @AfterEach
  void clear() throws Exception {
    bench.clear();
  }

  @BeforeEach
  void serve() {
    bench
        .origin()
        .script(connection -> {
          for (ScriptedOrigin.Request next = connection.next();
              next != null;
              next = connection.next()) {
            String file = files.get(path(next));
            await(held.get(path(next)));
            connection.send(
                file == null
                    ? "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
                    : "HTTP/1.1 200 OK\r\nCache-Control: max-age=600\r\nETag: \"same\"\r\n"
                        + "Content-Length: "
                        + file.length()
                        + "\r\n\r\n"
                        + file);
          }
        });
  }

  private static void await(@Nullable CountDownLatch latch) {
    try {
      assertTrue(latch == null || latch.await(20, TimeUnit.SECONDS));
    } catch (InterruptedException stopped) {
      throw new IllegalStateException(stopped);
    }
  }

  private static String path(ScriptedOrigin.Request request) {
    return request.line().split(" ")[1];
  }

  private static List<String> asked() {
    return bench.origin().requests().stream()
        .map(DashEdgeTest::path)
        .filter(path -> !path.startsWith(SETTLED))
        .toList();
  }

  private static void awaitAsked(String... paths) throws Exception {
    Await.until(
        Duration.ofSeconds(5),
        () -> asked().containsAll(List.of(paths)),
        () -> "only " + asked() + " are asked for");
  }

  /** What the loop has been told to ask for it has asked for before it answers this. */
  private static void settle() throws Exception {
    bench.get(SETTLED + settled.incrementAndGet());
  }

  private void put(String folder, String... names) {
    for (String each : names) {
      files.put(folder + each, folder + each);
    }
  }

  private static String recording(String base) {
    return manifest("type='static' mediaPresentationDuration='PT8S'", base);
  }

  private static String live(Instant begun, String base) {
    return manifest(
        "type='dynamic' maxSegmentDuration='PT1S' availabilityStartTime='" + begun + "'", base);
  }

  private static String manifest(String attributes, String base) {
    return ("<MPD " + attributes + "><BaseURL>" + base + "</BaseURL><Period start='PT0S'>")
        + ("<AdaptationSet contentType='video'>" + TEMPLATE)
        + "<Representation id='hi' bandwidth='900'/><Representation id='lo' bandwidth='100'/>"
        + ("</AdaptationSet><AdaptationSet contentType='audio'>" + TEMPLATE)
        + "<Representation id='a' bandwidth='60'/></AdaptationSet></Period></MPD>";
  }

  // What is fetched before it is asked for

  @Test
  void recording_headsAndFirstOfTheLowest_thenWhatFollowsOnWhatIsPlayed() throws Exception {
    files.put("/rec/i.mpd", recording(""));
    put("/rec/", "lo-i", "lo-1", "a-i", "a-1", "hi-1", "hi-2", "hi-4");
    files.put("/rec/hi-3?CMCD=bl%3D1", "/rec/hi-3");
    bench.get("/rec/i.mpd");
    awaitAsked("/rec/lo-i", "/rec/lo-1", "/rec/a-i", "/rec/a-1");
    settle();
    assertEquals(5, asked().size(), () -> asked().toString());
    // A player that takes another one gets the next of that.
    assertEquals("/rec/hi-1", bench.get("/rec/hi-1").body());
    awaitAsked("/rec/hi-2");
    assertEquals("/rec/hi-3", bench.get("/rec/hi-3?CMCD=bl%3D1").body());
    awaitAsked("/rec/hi-4");
    assertEquals("/rec/hi-4", bench.get("/rec/hi-4").body());
    settle();
    List<String> all = asked();
    assertEquals(Set.copyOf(all).size(), all.size(), () -> "twice: " + all);
    assertTrue(all.stream().noneMatch(each -> each.endsWith("-5")), all::toString);
    for (String each : List.of("lo-i", "lo-1", "a-i", "a-1", "hi-2")) {
      String path = "/rec/" + each;
      assertEquals(path, bench.get(path).body());
      assertEquals(1, asked().stream().filter(path::equals).count(), path);
    }
  }

  /** Segments of a thousand seconds, of which the third is on. */
  @Test
  void live_theLastThatIsThere_nothingThatCannotBe() throws Exception {
    Instant begun = Instant.now().minusSeconds(2500);
    files.put("/live/i.mpd", live(begun, "").replace("duration='2'", "duration='1000'"));
    put("/live/", "lo-i", "lo-2", "a-i", "a-2", "hi-1", "hi-2");
    bench.get("/live/i.mpd");
    awaitAsked("/live/lo-i", "/live/lo-2", "/live/a-i", "/live/a-2");
    bench.get("/live/hi-1");
    awaitAsked("/live/hi-2");
    bench.get("/live/hi-2");
    bench.get("/live/lo-2");
    settle();
    assertTrue(asked().stream().noneMatch(each -> each.endsWith("-3")), () -> asked().toString());
  }

  @Test
  void segmentsThatAreListed_followInTheirRepresentation() throws Exception {
    files.put(
        "/list/i.mpd",
        recording("")
            .replace(
                TEMPLATE + "<Representation id='a' bandwidth='60'/>",
                "<Representation id='a'><SegmentList><SegmentURL media='x'/><SegmentURL media='y'/>"
                    + "</SegmentList></Representation><Representation id='b'><SegmentList>"
                    + "<SegmentURL media='z'/></SegmentList></Representation>"));
    put("/list/", "lo-i", "lo-1", "x", "y", "z");
    bench.get("/list/i.mpd");
    awaitAsked("/list/lo-i", "/list/lo-1", "/list/x");
    bench.get("/list/x");
    awaitAsked("/list/y");
    bench.get("/list/y");
    settle();
    assertTrue(!asked().contains("/list/z"), () -> asked().toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/cdn/a/", "http://h/cdn/b/", "//h/cdn/c/", "../cdn/d/", "x/../../cdn/e/"})
  void segmentsElsewhereAtTheOrigin_areFetchedFromThere(String base) throws Exception {
    String folder = base.substring(base.indexOf("/cdn/"));
    files.put("/out/" + base.hashCode() + ".mpd", recording(base));
    put(folder, "lo-i", "lo-1", "a-i", "a-1", "lo-2");
    bench.get("/out/" + base.hashCode() + ".mpd");
    awaitAsked(folder + "lo-i", folder + "lo-1", folder + "a-i", folder + "a-1");
    bench.get(folder + "lo-1");
    awaitAsked(folder + "lo-2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"http://other/", "//other/", "https://h/", "ftp://h/", "h:/", "http://h:8/"})
  void segmentsOfAnotherOrigin_areNotAskedFor(String base) throws Exception {
    String folder = "/far" + base.hashCode() + '/';
    files.put(folder + "i.mpd", recording(base));
    bench.get(folder + "i.mpd");
    bench.get(folder + "lo-1");
    settle();
    assertEquals(List.of(folder + "i.mpd", folder + "lo-1"), asked());
  }

  @Test
  void fourAreUnderWay_moreAreNotAskedForUntilTheyEnd() throws Exception {
    files.put("/four/i.mpd", recording(""));
    files.put("/more/i.mpd", recording(""));
    put("/four/", "lo-i", "lo-1", "a-i", "a-1");
    put("/more/", "lo-i", "lo-1", "lo-2", "a-i", "a-1");
    CountDownLatch answered = new CountDownLatch(1);
    List<String> four = List.of("/four/lo-i", "/four/lo-1", "/four/a-i", "/four/a-1");
    four.forEach(each -> held.put(each, answered));
    bench.get("/four/i.mpd");
    awaitAsked(four.toArray(String[]::new));
    bench.get("/more/i.mpd");
    bench.get("/more/lo-1");
    settle();
    List<String> asked = new ArrayList<>(asked());
    asked.removeAll(four);
    assertEquals(Set.of("/four/i.mpd", "/more/i.mpd", "/more/lo-1"), Set.copyOf(asked));
    answered.countDown();
    Await.until(
        Duration.ofSeconds(5),
        () -> {
          bench.get("/more/lo-1");
          return asked().contains("/more/lo-2");
        },
        () -> "those that ended still count");
  }

  // Restarts

  /** Beside the manifest, and elsewhere. */
  @ParameterizedTest
  @ValueSource(strings = {"", "/again-too/"})
  void encoderThatBeginsAnew_nothingOfBeforeIsServed(String base) throws Exception {
    String manifest = "/again" + base.length() + "/i.mpd";
    String folder = base.isEmpty() ? "/again0/" : base;
    List<String> names = List.of("lo-i", "a-i", "lo-1", "lo-2", "hi-3", "a-4");
    Instant begun = Instant.now().minusSeconds(60);
    files.put(manifest, live(begun, base));
    names.forEach(each -> files.put(folder + each, "old"));
    files.put(folder + "late", "old");
    bench.get(manifest);
    for (String each : names) {
      assertEquals("old", bench.get(folder + each).body());
    }
    // One is on its way while all the others go.
    CountDownLatch seen = new CountDownLatch(1);
    held.put(folder + "late", seen);
    try (RawClient early =
        bench.client().send("GET " + folder + "late HTTP/1.1\r\nHost: h\r\n\r\n")) {
      awaitAsked(folder + "late");
      names.forEach(each -> files.put(folder + each, "new"));
      files.put(folder + "late", "new");
      files.put(manifest, live(begun.plusSeconds(30), base));
      Await.until(
          Duration.ofSeconds(5),
          () -> bench.get(manifest).body().contains(begun.plusSeconds(30).toString()),
          () -> "the new manifest is not seen");
      for (String each : names) {
        assertEquals("new", bench.get(folder + each).body(), each);
      }
      seen.countDown();
      early.answer();
    }
    assertEquals("new", bench.get(folder + "late").body());
  }
}
