package darban.serve.live;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.media.hls.HlsPlaylist;
import darban.media.hls.MediaPlaylist;
import darban.media.hls.MediaPlaylist.Trait;
import darban.media.hls.Segment;
import darban.testkit.Await;
import darban.testkit.Bench;
import darban.testkit.Films;
import darban.testkit.Guard;
import darban.testkit.RawClient;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A track in one piece: cut into segments and parts, told in playlists. */
@ExtendWith(Guard.class)
class TrackOnTheWireTest {
  private static final String TRACK = "/live/cam/~/video/";

  private Bench bench;
  private HttpClient http;
  private byte[] film;

  @BeforeEach
  void start() throws Exception {
    bench =
        Bench.yaml(
            """
            listeners: { plain: { address: "127.0.0.1:0" } }
            sites: { "*": { routes: [ { match: { path: "/live/*" }, live: open } ] } }
            live: { open: { ingest: anyone, takeover: 1s } }
            log: { access: off }
            """);
    http = HttpClient.newHttpClient();
    film = Films.track();
  }

  @AfterEach
  void stop() throws Exception {
    http.close();
    bench.close();
  }

  /** Where the boxes of that type begin. */
  private int[] boxes(String type) {
    ByteBuffer in = ByteBuffer.wrap(film);
    int[] found = new int[100];
    int count = 0;
    for (int at = 0; at < film.length; at += in.getInt(at)) {
      if (new String(film, at + 4, 4, StandardCharsets.ISO_8859_1).equals(type)) {
        found[count++] = at;
      }
    }
    return Arrays.copyOf(found, count);
  }

  private HttpRequest request(String path) {
    return HttpRequest.newBuilder(URI.create("http://" + bench.gateway().address("plain") + path))
        .timeout(Duration.ofSeconds(20))
        .build();
  }

  private HttpResponse<byte[]> get(String path) throws Exception {
    return http.send(request(path), BodyHandlers.ofByteArray());
  }

  private MediaPlaylist playlist(String query) throws Exception {
    HttpResponse<byte[]> answer = get(TRACK + "index.m3u8" + query);
    assertEquals(200, answer.statusCode());
    return MediaPlaylist.of(HlsPlaylist.read(ByteBuffer.wrap(answer.body())));
  }

  private RawClient begin(int to) throws Exception {
    return begin("video.cmfv", to);
  }

  private RawClient begin(String file, int to) throws Exception {
    RawClient publisher = bench.client();
    publisher.send("POST /live/cam/" + file + " HTTP/1.1\r\nHost: h\r\n");
    publisher.send("Transfer-Encoding: chunked\r\n\r\n");
    send(publisher, 0, to);
    return publisher;
  }

  private void put(String file, int from, int to) throws Exception {
    HttpRequest put =
        HttpRequest.newBuilder(request("/live/cam/" + file).uri())
            .PUT(BodyPublishers.ofByteArray(Arrays.copyOfRange(film, from, to)))
            .build();
    assertEquals(201, http.send(put, BodyHandlers.ofString()).statusCode());
  }

  private void send(RawClient publisher, int from, int to) throws Exception {
    publisher.send(Integer.toHexString(to - from) + "\r\n");
    publisher.send(Arrays.copyOfRange(film, from, to));
    publisher.send("\r\n");
  }

  private void awaitSegments(int count) throws Exception {
    Await.until(
        Duration.ofSeconds(10),
        () -> {
          HttpResponse<byte[]> answer = get(TRACK + "index.m3u8");
          String text = new String(answer.body(), StandardCharsets.UTF_8);
          return text.split("#EXTINF", -1).length > count;
        },
        () -> "too few segments");
  }

  /** As after a restart: players are back at once, their publisher takes a moment. */
  @Test
  void playlists_askedForBeforeAnythingCame_areHeld() throws Exception {
    List<CompletableFuture<HttpResponse<byte[]>>> asked =
        Stream.of(
                "/live/cam/index.m3u8",
                "/live/cam/index.mpd",
                TRACK + "index.m3u8?_HLS_msn=7",
                TRACK + "n1-7.m4s")
            .map(path -> http.sendAsync(request(path), BodyHandlers.ofByteArray()))
            .toList();
    assertEquals(404, get(TRACK + "s1-1.m4s").statusCode());
    assertTrue(asked.stream().noneMatch(CompletableFuture::isDone));
    try (RawClient publisher = begin(film.length)) {
      publisher.send("0\r\n\r\n");
      assertEquals(200, publisher.answer().status());
    }
    for (CompletableFuture<HttpResponse<byte[]>> each : asked) {
      assertEquals(200, each.get(20, TimeUnit.SECONDS).statusCode());
    }
  }

  /** Players stay with the tracks that they saw first. */
  @Test
  void playlists_whileATrackHasItsHeadAlone_areHeld() throws Exception {
    int[] moofs = boxes("moof");
    put("init-other.mp4", 0, moofs[0]);
    put("init-video.mp4", 0, moofs[0]);
    put("chunk-video-1.m4s", moofs[0], moofs[5]);
    List<CompletableFuture<HttpResponse<byte[]>>> asked =
        Stream.of("index.m3u8", "index.mpd")
            .map(file -> http.sendAsync(request("/live/cam/" + file), BodyHandlers.ofByteArray()))
            .toList();
    awaitSegments(1);
    put("chunk-video-2.m4s", moofs[5], moofs[10]);
    awaitSegments(2);
    assertTrue(asked.stream().noneMatch(CompletableFuture::isDone));
    put("chunk-other-1.m4s", moofs[0], moofs[5]);
    for (CompletableFuture<HttpResponse<byte[]>> each : asked) {
      String list = new String(each.get(10, TimeUnit.SECONDS).body(), US_ASCII);
      assertTrue(list.contains("other") && list.contains("video"), list);
    }
  }

  /** What is made here has parts, which the publisher's own lists have not. */
  @Test
  void playlists_besideThoseOfThePublisher_areMade() throws Exception {
    int[] moofs = boxes("moof");
    put("master.m3u8", 0, 1);
    put("live.mpd", 0, 1);
    put("init-video.mp4", 0, moofs[0]);
    put("chunk-video-1.m4s", moofs[0], moofs[5]);
    put("chunk-video-2.m4s", moofs[5], moofs[10]);
    HttpResponse<byte[]> list = get("/live/cam/index.m3u8");
    assertEquals(200, list.statusCode());
    assertTrue(new String(list.body(), US_ASCII).contains("~/video/index.m3u8"));
    assertTrue(manifest("").contains("video"));
  }

  /** Yet an encoder may never make what it announced. */
  @Test
  void playlists_whereNothingFollowsTheHeadOfATrack_areWithoutIt() throws Exception {
    int[] moofs = boxes("moof");
    put("init-other.mp4", 0, moofs[0]);
    put("init-video.mp4", 0, moofs[0]);
    for (int i = 0; i < 3; i++) {
      put("chunk-video-" + i + ".m4s", moofs[i * 5], moofs[i * 5 + 5]);
    }
    String list = new String(get("/live/cam/index.m3u8").body(), US_ASCII);
    assertTrue(list.contains("video") && !list.contains("other"), list);
    assertFalse(manifest("").contains("other"));
  }

  @Test
  void track_whole_isCutAtKeyFrames_itsBytesAreThoseSent() throws Exception {
    try (RawClient publisher = begin(film.length)) {
      publisher.send("0\r\n\r\n");
      assertEquals(200, publisher.answer().status());
    }
    MediaPlaylist playlist = playlist("");
    assertTrue(playlist.header().is(Trait.ENDED));
    assertEquals(6, playlist.segments().size());
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (Segment each : playlist.segments()) {
      assertEquals(2_000_000, each.micros());
      all.writeBytes(get(TRACK + each.uri()).body());
    }
    int from = boxes("moof")[0];
    int to = boxes("mfra").length == 0 ? film.length : boxes("mfra")[0];
    assertArrayEquals(Arrays.copyOfRange(film, from, to), all.toByteArray());
    Segment.Map map = playlist.segments().getFirst().context().map();
    byte[] head = get(TRACK + java.util.Objects.requireNonNull(map).uri()).body();
    assertArrayEquals(Arrays.copyOf(film, from), head);
    String manifest = new String(get("/live/cam/index.mpd").body(), StandardCharsets.UTF_8);
    assertTrue(manifest.contains("type=\"static\""), manifest);
  }

  /** So encoders see whether they may publish (DASH-IF ingest); the track follows, same name. */
  @ParameterizedTest
  @ValueSource(
      strings = {"Content-Length: 0\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"})
  void post_withoutContent_beforeTheTrack_leavesNothing(String nothing) throws Exception {
    String file = "Streams(video.cmfv)";
    try (RawClient encoder = bench.client()) {
      encoder.send("POST /live/cam/" + file + " HTTP/1.1\r\nHost: h\r\n" + nothing);
      assertEquals(200, encoder.answer().status());
    }
    assertEquals(404, get("/live/cam/" + file).statusCode());
    assertEquals("", new String(get("/live/cam/~/tracks").body(), US_ASCII));
    CompletableFuture<HttpResponse<byte[]>> held =
        http.sendAsync(request(TRACK + "index.m3u8"), BodyHandlers.ofByteArray());
    // Nor does it hold the name.
    try (RawClient publisher = begin(file, film.length)) {
      publisher.send("0\r\n\r\n");
      assertEquals(200, publisher.answer().status());
    }
    assertEquals(200, held.get(10, TimeUnit.SECONDS).statusCode());
    MediaPlaylist playlist = playlist("");
    assertEquals(6, playlist.segments().size());
    assertFalse(playlist.segments().getFirst().context().discontinuity());
    assertEquals(404, get("/live/cam/" + file).statusCode());
    assertFalse(
        bench.gateway().metrics().contains("aborted_uploads{hub=\"open\",stream=\"cam\"} 1"));
  }

  private void awaitParts(int count) throws Exception {
    Await.until(
        Duration.ofSeconds(10),
        () ->
            new String(get(TRACK + "index.m3u8").body(), US_ASCII).split("#EXT-X-PART:", -1).length
                > count,
        () -> "not " + count + " parts");
  }

  /** As of an encoder that has a second one beside it, or asks again. */
  @Test
  void post_withoutContent_whileTheTrackComes_changesNothing() throws Exception {
    int[] moofs = boxes("moof");
    try (RawClient publisher = begin("Streams(video.cmfv)", moofs[6])) {
      awaitParts(6); // all that was sent
      String before = new String(get(TRACK + "index.m3u8").body(), US_ASCII);
      assertEquals(200, bench.ask("POST", "/live/cam/Streams(video.cmfv)").status());
      assertEquals(before, new String(get(TRACK + "index.m3u8").body(), US_ASCII));
      send(publisher, moofs[6], film.length);
      publisher.send("0\r\n\r\n");
      assertEquals(200, publisher.answer().status());
    }
    MediaPlaylist playlist = playlist("");
    assertEquals(6, playlist.segments().size());
    assertTrue(playlist.segments().stream().noneMatch(each -> each.context().discontinuity()));
  }

  @Test
  void parts_areTold_held_andAreTheBytesOfTheirSegment() throws Exception {
    int[] moofs = boxes("moof");
    // Two segments of five chunks, and two chunks of the third.
    try (RawClient publisher = begin(moofs[12])) {
      awaitSegments(2);
      long third = playlist("").header().sequence() + 2;
      String directed = "?_HLS_msn=" + third + "&_HLS_part=";
      CompletableFuture<HttpResponse<byte[]>> hinted =
          http.sendAsync(request(TRACK + hint(playlist(directed + 1))), BodyHandlers.ofByteArray());
      CompletableFuture<HttpResponse<byte[]>> reload =
          http.sendAsync(request(TRACK + "index.m3u8" + directed + 2), BodyHandlers.ofByteArray());
      assertEquals(400, get(TRACK + "index.m3u8?_HLS_msn=" + (third + 7)).statusCode());
      assertEquals(400, get(TRACK + "index.m3u8?_HLS_part=1").statusCode());
      send(publisher, moofs[12], moofs[13]);
      byte[] part = hinted.get(10, TimeUnit.SECONDS).body();
      assertArrayEquals(Arrays.copyOfRange(film, moofs[12], moofs[13]), part);
      byte[] text = reload.get(10, TimeUnit.SECONDS).body();
      MediaPlaylist now = MediaPlaylist.of(HlsPlaylist.read(ByteBuffer.wrap(text)));
      assertEquals(3, now.edge().parts().size());
      assertEquals(400_000, now.header().partTarget());
      assertTrue(now.edge().parts().getFirst().independent());
      assertEquals(5, now.segments().getLast().parts().size());
    }
  }

  @Test
  void track_withoutEnd_betweenItsChunks_isRefused() throws Exception {
    int[] moofs = boxes("moof");
    try (RawClient publisher = begin(moofs[1])) {
      // A box of any length that players pass over, before the next chunk.
      publisher.send("10\r\n");
      publisher.send(new byte[] {0, 0, 0, 1, 'f', 'r', 'e', 'e', 0, 0, 0, 1, 0, 0, 0, 0});
      publisher.send("\r\n500000\r\n");
      publisher.sendWhatItTakes("x".repeat(0x500000));
      assertEquals(400, publisher.answer().status());
    }
  }

  private static String hint(MediaPlaylist playlist) {
    return playlist.edge().hints().getFirst().uri();
  }

  @Test
  void publisher_killedAndBack_theTrackGoesOnBehindABreak() throws Exception {
    int[] moofs = boxes("moof");
    String old;
    try (RawClient dead = begin(moofs[7] + 100)) {
      awaitSegments(1);
      old = since(manifest(""));
      dead.reset();
    }
    // As long as its end was not seen, it is taken for one that publishes still.
    awaitAborted();
    try (RawClient next = begin(moofs[6])) {
      awaitSegments(3);
      MediaPlaylist playlist = playlist("");
      assertEquals(2_000_000, playlist.segments().get(0).micros());
      // The whole chunks of the segment that broke.
      assertEquals(800_000, playlist.segments().get(1).micros());
      assertTrue(playlist.segments().get(2).context().discontinuity());
      String first = playlist.segments().get(0).uri();
      assertEquals(3, playlist.segments().stream().map(Segment::uri).distinct().count());
      assertEquals(moofs[5] - moofs[0], get(TRACK + first).body().length);
      assertPeriods(old);
      try (RawClient rival = begin(moofs[2])) {
        assertEquals(409, rival.answer().status());
      }
      next.reset();
    }
  }

  private void awaitAborted() throws Exception {
    String aborted = "darban_live_aborted_uploads{hub=\"open\",stream=\"cam\"} 1";
    Await.until(
        Duration.ofSeconds(10),
        () -> bench.gateway().metrics().contains(aborted),
        () -> "nobody saw that it was killed");
  }

  @Test
  void publisher_killedInTheFirstChunkOfASegment_leavesNothingOfIt() throws Exception {
    int[] moofs = boxes("moof");
    try (RawClient dead = begin(moofs[6] - 1)) {
      awaitSegments(1);
      dead.reset();
    }
    awaitAborted();
    MediaPlaylist playlist = playlist("");
    assertEquals(1, playlist.segments().size(), playlist.segments()::toString);
    String first = playlist.segments().getFirst().uri();
    long number = playlist.header().sequence();
    assertEquals(moofs[5] - moofs[0], get(TRACK + first).body().length);
    // The next takes its number: players count on the numbers being in a row.
    CompletableFuture<HttpResponse<byte[]>> hinted =
        http.sendAsync(request(TRACK + hint(playlist)), BodyHandlers.ofByteArray());
    try (RawClient next = begin(moofs[6])) {
      byte[] part = hinted.get(10, TimeUnit.SECONDS).body();
      assertArrayEquals(Arrays.copyOfRange(film, moofs[0], moofs[1]), part);
      awaitSegments(2);
      Segment second = playlist("").segments().getLast();
      assertEquals(first.replace("-" + number + ".", "-" + (number + 1) + "."), second.uri());
      assertTrue(second.context().discontinuity());
      next.reset();
    }
  }

  private String manifest(String query) throws Exception {
    HttpResponse<byte[]> answer = get("/live/cam/index.mpd" + query);
    assertEquals(200, answer.statusCode());
    return new String(answer.body(), StandardCharsets.UTF_8);
  }

  private static String since(String manifest) {
    Matcher told =
        Pattern.compile("<Location>index.mpd.(since=[\\w-]+)</Location>").matcher(manifest);
    assertTrue(told.find(), manifest);
    return told.group(1);
  }

  private static final Duration LATENCY = Duration.ofSeconds(2);

  /** A player that came before the encoder died goes on where it was; others begin anew. */
  private void assertPeriods(String old) throws Exception {
    String again = manifest("?" + old);
    assertEquals(3, again.split("<Period ", -1).length, again);
    assertTrue(since(again).startsWith(old + "-"), since(again));
    assertTrue(again.contains("start=\"PT0S\" duration=\"PT2.8S\""), again);
    assertEquals(2, manifest("").split("<Period ", -1).length);
    String all = manifest("?start=0");
    assertEquals(3, all.split("<Period ", -1).length);
    assertEquals(age(all).compareTo(LATENCY) > 0 ? age(all) : LATENCY, behind(all), all);
    // What the clock told of the old one, and never came.
    String timeline = old.substring("since=".length(), old.indexOf('-'));
    // Shaka breaks where a period that it knows is told in another way.
    assertTrue(again.contains("n" + timeline + "-$Number$.m4s"), again);
    assertFalse(again.contains("t" + timeline + "-$Time$.m4s"), again);
    assertIsLast("n" + timeline + "-2.m4s");
    assertEquals(404, get(TRACK + "n" + timeline + "-99.m4s").statusCode());
    assertPeriodsAfterARestart();
  }

  /** A player that came to an earlier process: its clock stays, and what it waits for is over. */
  private void assertPeriodsAfterARestart() throws Exception {
    Instant began = availabilityStart(manifest("?start=0")).minusSeconds(60);
    String earlier = "since=1-" + Long.toString(began.toEpochMilli(), 36);
    String manifest = manifest("?" + earlier);
    assertEquals(began, availabilityStart(manifest));
    assertTrue(since(manifest).startsWith(earlier + "-"), since(manifest));
    // It is told that what it began with is over, and may seek there.
    assertEquals(4, manifest.split("<Period ", -1).length, manifest);
    assertTrue(manifest.contains("<Period id=\"1\" start=\"PT0S\">"), manifest);
    assertTrue(manifest.contains("n1-$Number$.m4s"), manifest);
    assertTrue(manifest.contains("start=\"PT60S\" duration=\"PT2.8S\""), manifest);
    assertArrayEquals(Arrays.copyOf(film, boxes("moof")[0]), get(TRACK + "h1.mp4").body());
    assertIsLast("n1-7.m4s");
    // Nor does it stand still in what a process between them began.
    String between = manifest("?" + earlier + "-2-" + Long.toString(20_000, 36));
    assertEquals(5, between.split("<Period ", -1).length, between);
    assertTrue(between.contains("<Period id=\"2\" start=\"PT20S\">"), between);
    assertTrue(between.contains("n2-$Number$.m4s"), between);
    assertEquals(since(manifest), since(between));
    String wrong = manifest("?" + earlier + "-2-" + Long.toString(90_000, 36));
    assertEquals(4, wrong.split("<Period ", -1).length, wrong);
    // Nothing began later than it did.
    String later = "since=1-" + Long.toString(Instant.now().plusSeconds(60).toEpochMilli(), 36);
    assertEquals(began.plusSeconds(60), availabilityStart(manifest("?" + later)));
  }

  private static Instant availabilityStart(String manifest) {
    return Instant.parse(attribute(manifest, "availabilityStartTime"));
  }

  private static Duration age(String manifest) {
    Instant published = Instant.parse(attribute(manifest, "publishTime"));
    return Duration.between(availabilityStart(manifest), published);
  }

  /** How far from live its players begin. */
  private static Duration behind(String manifest) {
    return Duration.parse(attribute(manifest, "suggestedPresentationDelay"));
  }

  private static String attribute(String manifest, String name) {
    Matcher told = Pattern.compile(name + "=\"([^\"]+)\"").matcher(manifest);
    assertTrue(told.find(), manifest);
    return told.group(1);
  }

  /** It has no media, and says that it is the last one. */
  private void assertIsLast(String segment) throws Exception {
    byte[] bytes = get(TRACK + segment).body();
    assertEquals("stypmsdh", new String(bytes, 4, 8, StandardCharsets.ISO_8859_1));
  }

  @Test
  void startOver_isToldToPlayers() throws Exception {
    try (RawClient publisher = begin(boxes("moof")[12])) {
      awaitSegments(2);
      String all = new String(get("/live/cam/index.m3u8?start=0").body(), StandardCharsets.UTF_8);
      assertTrue(all.contains("#EXT-X-START:TIME-OFFSET=0\n"), all);
      assertEquals(400, get("/live/cam/index.m3u8?start=now").statusCode());
      publisher.reset();
    }
  }
}
