package darban.stage.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.testkit.Await;
import darban.testkit.Bench;
import darban.testkit.Guard;
import darban.testkit.RawClient;
import darban.testkit.ScriptedOrigin;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Live HLS and DASH of an origin through the cache. Each test has a folder of its own. */
@ExtendWith(Guard.OfClass.class)
class LiveEdgeTest {
  /** Of a file at which the origin ends the connection. */
  private static final String AWAY = "away";

  private static final String HLS = "Content-Type: application/vnd.apple.mpegurl\n";

  @SuppressWarnings("NullAway.Init")
  private static Bench bench;

  /** What the origin answers, by path: fields, an empty line, content. */
  private final Map<String, Supplier<String>> files = new ConcurrentHashMap<>();

  @BeforeAll
  static void start() throws Exception {
    bench =
        Bench.yaml(
            """
            listeners: { plain: { address: "127.0.0.1:0" } }
            sites:
              "*":
                routes:
                  - match: { path: "/forced/*" }
                    service: origin
                    cache: { live-edge: { no-cache: replace } }
                  - match: { path: "/ahead/*" }
                    service: origin
                    cache: { live-edge: { prefetch: true } }
                  - match: { path: "/visits/*" }
                    service: origin
                    cache: { live-edge: on, key: { ignore: [ session ] } }
                  - { service: origin, cache: { live-edge: on }, cors: on }
            services:
              origin: { servers: [ "http://ORIGIN" ], timeouts: { response: 1s } }
            cache: { memory: 16MB, disk: off }
            log: { access: { file: access.log } }
            """);
  }

  @AfterAll
  static void stop() throws Exception {
    bench.close();
  }

  @AfterEach
  void clear() throws Exception {
    bench.clear();
  }

  private void serve() {
    bench
        .origin()
        .script(connection -> {
          for (ScriptedOrigin.Request next = connection.next();
              next != null;
              next = connection.next()) {
            Supplier<String> file = files.get(path(next));
            String told = file == null ? null : file.get();
            if (AWAY.equals(told)) {
              return;
            }
            String[] parts = told == null ? null : told.split("\n\n", 2);
            connection.send(
                parts == null
                    ? "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
                    : answer(parts[0].strip().replace("\n", "\r\n") + "\r\n", parts[1]));
          }
        });
  }

  private static String answer(String fields, String body) {
    return "HTTP/1.1 200 OK\r\n" + fields + "Content-Length: " + body.length() + "\r\n\r\n" + body;
  }

  private static String path(ScriptedOrigin.Request request) {
    return request.line().split(" ")[1];
  }

  private static long asked(String path) {
    return bench.origin().requests().stream().filter(each -> path(each).equals(path)).count();
  }

  private static List<RawClient.Answer> crowd(int count, String path) throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(count)) {
      List<Future<RawClient.Answer>> all = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        all.add(threads.submit(() -> bench.get(path)));
      }
      List<RawClient.Answer> answers = new ArrayList<>();
      for (Future<RawClient.Answer> each : all) {
        answers.add(each.get(20, TimeUnit.SECONDS));
      }
      return answers;
    }
  }

  private static String playlist(int sequence, int target, String... segments) {
    StringBuilder out = new StringBuilder("#EXTM3U\n#EXT-X-TARGETDURATION:" + target + "\n");
    out.append("#EXT-X-MEDIA-SEQUENCE:").append(sequence).append('\n');
    for (String segment : segments) {
      out.append("#EXTINF:").append(target).append(",\n").append(segment).append('\n');
    }
    return out.toString();
  }

  // Manifests

  @ParameterizedTest
  @ValueSource(strings = {"", "Cache-Control: public, max-age=3600\n", "Age: 7\n"})
  void livePlaylist_whateverIsSaid_isKeptForHalfATarget(String said) throws Exception {
    String path = "/kept" + said.length() + "/live.m3u8";
    files.put(path, () -> HLS + said + "\n" + playlist(count(path), 2, "s.ts"));
    serve();
    String first = bench.get(path).body();
    assertEquals(first, bench.get(path).body());
    assertEquals(1, asked(path));
    Await.until(
        Duration.ofSeconds(5), () -> !bench.get(path).body().equals(first), () -> "never anew");
  }

  private static int count(String path) {
    return (int) asked(path);
  }

  @Test
  void livePlaylist_thatMustNotBeKept_isNot_unlessTheRouteKnowsBetter() throws Exception {
    for (String folder : List.of("/heeded", "/forced")) {
      files.put(
          folder + "/live.m3u8",
          () -> HLS + "Cache-Control: no-cache\n\n" + playlist(1, 20, "s.ts"));
    }
    files.put(
        "/forced/secret.m3u8", () -> HLS + "Cache-Control: no-store\n\n" + playlist(1, 20, "s.ts"));
    serve();
    for (String path : List.of("/heeded/live.m3u8", "/forced/live.m3u8", "/forced/secret.m3u8")) {
      bench.get(path);
      bench.get(path);
    }
    assertEquals(2, asked("/heeded/live.m3u8"));
    assertEquals(1, asked("/forced/live.m3u8"));
    assertEquals(2, asked("/forced/secret.m3u8"));
  }

  @Test
  void playlist_inGzip_isReadAndPassedOnAsItCame() throws Exception {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(playlist(3, 2, "s.ts").getBytes(StandardCharsets.US_ASCII));
    }
    String bytes = packed.toString(StandardCharsets.ISO_8859_1);
    files.put(
        "/gzip/live.m3u8",
        () -> HLS + "Content-Encoding: gzip\nCache-Control: max-age=3600\n\n" + bytes);
    serve();
    String takes = "Accept-Encoding: br, gzip";
    assertEquals(bytes, bench.get("/gzip/live.m3u8", takes).body());
    assertEquals(bytes, bench.get("/gzip/live.m3u8", takes).body());
    assertEquals(1, asked("/gzip/live.m3u8"));
    // What is not read would not be known to be live.
    assertEquals("gzip", bench.origin().requests().getLast().field("Accept-Encoding"));
    Await.until(
        Duration.ofSeconds(5),
        () -> {
          bench.get("/gzip/live.m3u8");
          return asked("/gzip/live.m3u8") > 1;
        },
        () -> "kept for longer than half a segment");
  }

  @Test
  void mpd_withALongUpdatePeriod_isKeptForHalfASegment() throws Exception {
    String mpd =
        "<MPD type=\"dynamic\" minimumUpdatePeriod=\"PT500S\" maxSegmentDuration=\"PT1S\"/>";
    files.put("/dash/live.mpd", () -> "Cache-Control: max-age=500\n\n" + mpd);
    serve();
    assertEquals(mpd, bench.get("/dash/live.mpd").body());
    bench.get("/dash/live.mpd");
    assertEquals(1, asked("/dash/live.mpd"));
    Await.until(
        Duration.ofSeconds(5),
        () -> {
          bench.get("/dash/live.mpd");
          return asked("/dash/live.mpd") > 1;
        },
        () -> "kept for longer than a segment");
  }

  @Test
  void mpd_ofAnOriginThatIsAway_isTheOneOfBefore_forThreeSegments() throws Exception {
    String mpd = "<MPD type=\"dynamic\" minimumUpdatePeriod=\"PT1S\" maxSegmentDuration=\"PT1S\"/>";
    files.put("/left/live.mpd", () -> "Content-Type: application/dash+xml\n\n" + mpd);
    serve();
    assertEquals(mpd, bench.get("/left/live.mpd").body());
    files.put("/left/live.mpd", () -> AWAY);
    Await.until(
        Duration.ofSeconds(5),
        () -> {
          assertEquals(mpd, bench.get("/left/live.mpd").body());
          return asked("/left/live.mpd") > 1;
        },
        () -> "never asked for again");
    Await.until(
        Duration.ofSeconds(10),
        () -> bench.get("/left/live.mpd").status() == 502,
        () -> "kept for good");
  }

  @Test
  void noPlaylist_passesAsItIs() throws Exception {
    files.put("/odd/live.m3u8", () -> HLS + "Cache-Control: max-age=60\n\nnot a playlist");
    serve();
    assertEquals("not a playlist", bench.get("/odd/live.m3u8").body());
  }

  // Not yet

  @Test
  void segment_notYetThere_isNotDeniedForLong() throws Exception {
    files.put("/late/live.m3u8", () -> HLS + "\n" + playlist(1, 1, "s1.ts"));
    serve();
    bench.get("/late/live.m3u8");
    RawClient.Answer missing = bench.get("/late/s2.ts");
    assertEquals(404, missing.status());
    assertEquals("*", missing.field("Access-Control-Allow-Origin"));
    bench.get("/late/s2.ts");
    assertEquals(1, asked("/late/s2.ts"));
    files.put("/late/s2.ts", () -> "Cache-Control: max-age=60\n\nsegment 2");
    Await.until(
        Duration.ofSeconds(5),
        () -> bench.get("/late/s2.ts").body().equals("segment 2"),
        () -> "denied for ever");
  }

  @Test
  void segment_ofWhichNothingIsSaid_isKept_itsReportDoesNotCount() throws Exception {
    files.put("/said/live.m3u8", () -> HLS + "\n" + playlist(1, 2, "s1.ts"));
    files.put("/said/s1.ts?CMCD=bl%3D3", () -> "Content-Type: video/mp2t\n\nsegment 1");
    serve();
    bench.get("/said/live.m3u8");
    assertEquals("segment 1", bench.get("/said/s1.ts?CMCD=bl%3D3").body());
    assertEquals("segment 1", bench.get("/said/s1.ts?CMCD=bl%3D9%2Csu").body());
    assertEquals("segment 1", bench.get("/said/s1.ts").body());
  }

  /** What tells visitors apart is for the log: all of them get the same. */
  @ParameterizedTest
  @CsvSource({
    "live.m3u8, ?sid=anna, ?sid=omid, anna, omid",
    "low.m3u8, ?session_id=anna, ?session_id=omid, anna, omid",
    "high.m3u8, ?v=1&sid=anna, ?sid=omid&v=1, anna, omid",
    "told.m3u8, ?CMCD=sid%3D%22anna%22, ?CMCD=sid%3D%22omid%22, 'sid=\\\"anna\\\"', 'sid=\\\"omid\\\"'",
  })
  void visitors_areOneForTheOrigin_apartInTheLog(
      String file, String first, String second, String firstLogged, String secondLogged)
      throws Exception {
    String path = "/visits/" + file;
    files.put(path + first, () -> HLS + "\n" + playlist(1, 20, "s1.ts"));
    serve();
    assertEquals(200, bench.get(path + first).status());
    assertEquals(200, bench.get(path + second).status());
    assertEquals(
        List.of(path + first), bench.origin().requests().stream().map(LiveEdgeTest::path).toList());
    assertLogged(path + first, "miss", firstLogged);
    assertLogged(path + second, "hit", secondLogged);
  }

  private static void assertLogged(String target, String cache, String id) throws Exception {
    Path log = bench.folder().resolve("access.log");
    Callable<List<String>> lines =
        () -> Files.readAllLines(log).stream().filter(line -> line.contains(target)).toList();
    Await.until(
        Duration.ofSeconds(5), () -> !lines.call().isEmpty(), () -> target + " is not logged");
    assertEquals(1, lines.call().size());
    String line = lines.call().getFirst();
    assertTrue(line.contains("\"cache\":\"" + cache + "\"") && line.contains(id), line);
  }

  // Held requests

  @ParameterizedTest
  @CsvSource({
    "/held/live.m3u8?_HLS_msn=2&_HLS_part=1, ''",
    "/held/live.m3u8?_HLS_msn=2&_HLS_part=2, Cache-Control: max-age=1",
    "/held/p2-1.mp4, ''",
    "/held/p2-2.mp4, Cache-Control: max-age=2",
  })
  void heldRequest_ofACrowd_isOne_andOutlivesTheUsualPatience(String path, String said)
      throws Exception {
    String low = "#EXT-X-PART-INF:PART-TARGET=0.4\n";
    files.put("/held/live.m3u8", () -> HLS + "\n" + playlist(1, 1, "s1.mp4") + low);
    CountDownLatch there = new CountDownLatch(1);
    files.put(
        path,
        () -> {
          try {
            // Longer than the second in which the origin has to answer, less than it may hold.
            assertTrue(!there.await(2500, TimeUnit.MILLISECONDS));
          } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
          }
          String type = path.contains("m3u8") ? HLS : "Content-Type: video/mp4\n";
          return type
              + (said + "\n").stripLeading()
              + "\n"
              + playlist(1, 1, "s1.mp4", "s2.mp4")
              + low;
        });
    serve();
    bench.get("/held/live.m3u8");
    for (RawClient.Answer each : crowd(8, path)) {
      assertEquals(200, each.status());
      assertTrue(each.body().contains("s2.mp4"), each.body());
    }
    assertEquals(1, asked(path));
    assertEquals(200, bench.get(path).status());
    assertEquals(1, asked(path));
  }

  /** Every player goes for the playlist itself there, and the crowd for a segment all the same. */
  @Test
  void segment_besidePlaylistsThatMustNotBeKept_isOneRequestForACrowd() throws Exception {
    String playlist = HLS + "Cache-Control: no-cache\n\n" + playlist(1, 2, "s1.mp4", "s2.mp4");
    CountDownLatch never = new CountDownLatch(1);
    files.put(
        "/strict/s2.mp4",
        () -> {
          try {
            // Until the whole crowd has come.
            assertTrue(!never.await(500, TimeUnit.MILLISECONDS));
          } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
          }
          return "Content-Type: video/mp4\nCache-Control: max-age=60\n\nsegment";
        });
    serve();
    for (int i = 0; i < 10; i++) {
      String path = "/strict/live.m3u8?_HLS_msn=" + i;
      files.put(path, () -> playlist);
      bench.get(path);
    }
    for (RawClient.Answer each : crowd(8, "/strict/s2.mp4")) {
      assertEquals("segment", each.body());
    }
    assertEquals(1, asked("/strict/s2.mp4"));
  }

  @Test
  void heldRequest_getsOverARestartOfTheOrigin_othersAreToldAtOnce() throws Exception {
    String held = "/away/live.m3u8?_HLS_msn=2";
    files.put("/away/live.m3u8", () -> HLS + "\n" + playlist(1, 1, "s1.mp4"));
    files.put("/away/s2.mp4", () -> AWAY);
    AtomicInteger left = new AtomicInteger(5);
    files.put(
        held, () -> left.getAndDecrement() > 0 ? AWAY : HLS + "\n" + playlist(2, 1, "s2.mp4"));
    serve();
    bench.get("/away/live.m3u8");
    assertEquals(502, bench.get("/away/s2.mp4").status());
    RawClient.Answer answer = bench.get(held);
    assertEquals(200, answer.status());
    assertTrue(answer.body().contains("s2.mp4"), answer.body());
    assertEquals(6, asked(held));
  }

  @Test
  void heldRequest_ofAnOriginThatStaysAway_failsInTheEnd() throws Exception {
    String held = "/gone/live.m3u8?_HLS_msn=2";
    files.put("/gone/live.m3u8", () -> HLS + "\n" + playlist(1, 1, "s1.mp4"));
    files.put(held, () -> AWAY);
    serve();
    bench.get("/gone/live.m3u8");
    assertEquals(502, bench.get(held).status());
    assertTrue(asked(held) > 5);
    // Of a stream that nobody saw is not known how long it may take.
    files.put("/strange/live.m3u8?_HLS_msn=2", () -> AWAY);
    assertEquals(502, bench.get("/strange/live.m3u8?_HLS_msn=2").status());
    assertTrue(asked("/strange/live.m3u8?_HLS_msn=2") <= 2, "on a new connection once more");
  }

  /** Told once for each viewer who waits for each piece, and for nobody who comes later. */
  @Test
  void lag_ofWhatIsWaitedFor_isTold_ofEachPieceAndViewer() throws Exception {
    List<String> pieces = List.of("first ", "second");
    List<CountDownLatch> sent = List.of(new CountDownLatch(1), new CountDownLatch(1));
    bench
        .origin()
        .script(connection -> {
          for (ScriptedOrigin.Request next = connection.next();
              next != null;
              next = connection.next()) {
            if (path(next).endsWith("m3u8")) {
              connection.send(answer(HLS.strip() + "\r\n", playlist(1, 2, "s1.ts")));
              continue;
            }
            connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (int i = 0; i < pieces.size(); i++) {
              await(sent.get(i));
              connection.send("6\r\n" + pieces.get(i) + "\r\n");
            }
            connection.send("0\r\n\r\n");
          }
        });
    bench.get("/lag/live.m3u8");
    int before = lags();
    String asking = "GET /lag/s1.ts HTTP/1.1\r\nHost: h\r\n\r\n";
    try (RawClient one = bench.client().send(asking);
        RawClient other = bench.client().send(asking)) {
      for (RawClient each : List.of(one, other)) {
        while (!each.read(1).equals("\n") || !each.read(2).equals("\r\n")) {
          // The rest of the head.
        }
      }
      for (int i = 0; i < pieces.size(); i++) {
        sent.get(i).countDown();
        for (RawClient each : List.of(one, other)) {
          assertEquals("6\r\n" + pieces.get(i) + "\r\n", each.read(11));
        }
      }
    }
    assertEquals("first second", bench.get("/lag/s1.ts").body());
    assertEquals(before + 4, lags());
    String metrics = bench.gateway().metrics();
    String mean = "darban_edge_lag_mean_seconds{service=\"origin\",stream=\"/lag\"} ";
    assertTrue(metrics.contains(mean) && !metrics.contains(mean + "0.0\n"), metrics);
  }

  /** How often bytes came that a viewer had waited for, of all streams. */
  private static int lags() {
    Matcher count =
        Pattern.compile("darban_edge_lag_seconds_count\\{service=\"origin\"} (\\d+)")
            .matcher(bench.gateway().metrics());
    return count.find() ? Integer.parseInt(count.group(1)) : 0;
  }

  private static void await(CountDownLatch there) {
    try {
      assertTrue(there.await(20, TimeUnit.SECONDS));
    } catch (InterruptedException stopped) {
      throw new IllegalStateException(stopped);
    }
  }

  // What is fetched before it is asked for

  private static void awaitAsked(String path) throws Exception {
    Await.until(Duration.ofSeconds(5), () -> asked(path) > 0, () -> path + " is not asked for");
  }

  @Test
  void variants_theLowest_itsHeadAndFirstSegment_areThereBeforeAPlayerAsks() throws Exception {
    files.put(
        "/ahead/all.m3u8",
        () ->
            HLS
                + "Cache-Control: max-age=60\n\n#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=900\nhi.m3u8\n"
                + "#EXT-X-STREAM-INF:BANDWIDTH=100\nlo/i.m3u8\n");
    String recording = playlist(0, 2, "s0.mp4", "s1.mp4", "s2.mp4") + "#EXT-X-ENDLIST\n";
    files.put(
        "/ahead/lo/i.m3u8",
        () ->
            HLS
                + "Cache-Control: max-age=60\n\n"
                + recording.replace("#EXTINF:2,\ns0", "#EXT-X-MAP:URI=\"h.mp4\"\n#EXTINF:2,\ns0"));
    for (String file : List.of("h", "s0", "s1", "s2")) {
      files.put(
          "/ahead/lo/" + file + ".mp4",
          () -> "Cache-Control: max-age=60\n\n" + file.repeat(100_000));
    }
    serve();
    bench.get("/ahead/all.m3u8", "Cookie: private", "Range: bytes=0-");
    awaitAsked("/ahead/lo/h.mp4");
    awaitAsked("/ahead/lo/s0.mp4");
    assertEquals(0, asked("/ahead/hi.m3u8"));
    assertEquals(0, asked("/ahead/lo/s1.mp4"));
    assertTrue(
        bench.origin().requests().stream()
            .filter(each -> path(each).startsWith("/ahead/lo/"))
            .allMatch(each -> each.field("Cookie") == null && each.field("Range") == null));
    assertEquals("s0".repeat(100_000), bench.get("/ahead/lo/s0.mp4").body());
    awaitAsked("/ahead/lo/s1.mp4");
    assertEquals("s1".repeat(100_000), bench.get("/ahead/lo/s1.mp4?CMCD=bl%3D1").body());
    awaitAsked("/ahead/lo/s2.mp4");
    for (String file : List.of("h", "s0", "s1", "s2")) {
      bench.get("/ahead/lo/" + file + ".mp4");
      assertEquals(1, asked("/ahead/lo/" + file + ".mp4"), file);
    }
  }

  @Test
  void next_asThePlayerTells() throws Exception {
    for (String name : List.of("/ahead/n/a.mp4?CMCD=nor%3D%22b.mp4%22", "/ahead/n/b.mp4")) {
      files.put(name, () -> "Cache-Control: max-age=60\n\n" + name);
    }
    serve();
    bench.get("/ahead/n/a.mp4?CMCD=nor%3D%22b.mp4%22");
    awaitAsked("/ahead/n/b.mp4");
    assertEquals("/ahead/n/b.mp4", bench.get("/ahead/n/b.mp4").body());
    assertEquals(1, asked("/ahead/n/b.mp4"));
  }

  /** A player's word must lead nowhere that it may not ask for itself: not out of its folder. */
  @ParameterizedTest
  @ValueSource(strings = {"../n2/b.mp4", "/n2/b.mp4", "..%252fn2/b.mp4", "x/../../n2/b.mp4"})
  void next_elsewhere_isNotAskedFor(String told) throws Exception {
    String path = "/ahead/n3/a" + told.hashCode() + ".mp4?CMCD=nor%3D%22" + told + "%22";
    files.put(path, () -> "Cache-Control: max-age=60\n\nx");
    serve();
    String last = "/ahead/n3/last" + told.hashCode() + ".mp4";
    bench.get(path);
    bench.get(last);
    assertEquals(
        List.of(path, last), bench.origin().requests().stream().map(LiveEdgeTest::path).toList());
  }

  // Restarts

  @Test
  void encoderThatBeginsAnew_nothingOfBeforeIsServed() throws Exception {
    files.put("/again/live.m3u8", () -> HLS + "\n" + playlist(7, 1, "s7.ts", "s8.ts"));
    for (int i = 0; i < 9; i++) {
      String name = "/again/s" + i + ".ts";
      files.put(name, () -> "Cache-Control: max-age=600\nETag: \"x\"\n\nold " + name);
    }
    serve();
    bench.get("/again/live.m3u8");
    for (int i = 0; i < 9; i++) {
      assertTrue(bench.get("/again/s" + i + ".ts").body().startsWith("old"));
    }
    files.put("/again/live.m3u8", () -> HLS + "\n" + playlist(0, 1, "s0.ts"));
    for (int i = 0; i < 9; i++) {
      String name = "/again/s" + i + ".ts";
      files.put(name, () -> "Cache-Control: max-age=600\nETag: \"x\"\n\nnew " + name);
    }
    Await.until(
        Duration.ofSeconds(5),
        () -> bench.get("/again/live.m3u8").body().contains("s0.ts"),
        () -> "the new playlist is not seen");
    for (int i = 0; i < 9; i++) {
      assertEquals("new /again/s" + i + ".ts", bench.get("/again/s" + i + ".ts").body());
    }
    assertNotEquals(0, asked("/again/s8.ts"));
  }
}
