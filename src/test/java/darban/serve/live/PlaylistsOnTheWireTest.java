package darban.serve.live;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.media.hls.HlsPlaylist;
import darban.media.hls.MediaPlaylist;
import darban.media.hls.MediaPlaylist.Report;
import darban.media.hls.MediaPlaylist.Trait;
import darban.media.hls.Segment;
import darban.testkit.Await;
import darban.testkit.Bench;
import darban.testkit.Films;
import darban.testkit.Guard;
import darban.testkit.RawClient;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What playlists of tracks say beside segments: delta updates, reports of others, a start. */
@ExtendWith(Guard.class)
class PlaylistsOnTheWireTest {
  private static final String CHUNKS =
      "-movflags +frag_keyframe+empty_moov+default_base_moof -frag_duration 400000";

  private Bench bench;
  private HttpClient http;

  @BeforeEach
  void start() throws Exception {
    bench =
        Bench.yaml(
            """
            listeners: { plain: { address: "127.0.0.1:0" } }
            sites: { "*": { routes: [ { match: { path: "/live/*" }, live: open } ] } }
            live: { open: { ingest: anyone, segment: 1s } }
            log: { access: off }
            """);
    http = HttpClient.newHttpClient();
  }

  @AfterEach
  void stop() throws Exception {
    http.close();
    bench.close();
  }

  /** Segments of a second, in chunks of 0.4 s, 0.4 s and 0.2 s. */
  private static byte[] pictures() throws Exception {
    String each = Films.AVC.replace("-g 50 -keyint_min 50", "-g 25 -keyint_min 25");
    return Files.readAllBytes(Films.make("seconds.mp4", Films.PICTURES + each + "-an " + CHUNKS));
  }

  private static byte[] sound() throws Exception {
    return Files.readAllBytes(Films.make("sound.mp4", Films.TONE + Films.AAC + CHUNKS));
  }

  /** Where the chunks begin. */
  private static int[] chunks(byte[] film) {
    ByteBuffer in = ByteBuffer.wrap(film);
    IntStream.Builder found = IntStream.builder();
    for (int at = 0; at < film.length; at += in.getInt(at)) {
      if (new String(film, at + 4, 4, StandardCharsets.ISO_8859_1).equals("moof")) {
        found.add(at);
      }
    }
    return found.build().toArray();
  }

  private RawClient begin(String file, byte[] bytes) throws Exception {
    RawClient publisher = bench.client();
    publisher.send("POST /live/cam/" + file + " HTTP/1.1\r\nHost: h\r\n");
    publisher.send("Transfer-Encoding: chunked\r\n\r\n");
    send(publisher, bytes);
    return publisher;
  }

  private static void send(RawClient publisher, byte[] bytes) throws Exception {
    publisher.send(Integer.toHexString(bytes.length) + "\r\n");
    publisher.send(bytes);
    publisher.send("\r\n");
  }

  private HttpRequest request(String file) {
    return HttpRequest.newBuilder(
            URI.create("http://" + bench.gateway().address("plain") + "/live/cam/" + file))
        .timeout(Duration.ofSeconds(20))
        .build();
  }

  private void put(String file, byte[] bytes) throws Exception {
    HttpRequest put =
        HttpRequest.newBuilder(request(file).uri()).PUT(BodyPublishers.ofByteArray(bytes)).build();
    assertEquals(201, http.send(put, BodyHandlers.ofString()).statusCode());
  }

  private HttpResponse<String> get(String file) throws Exception {
    return http.send(request(file), BodyHandlers.ofString());
  }

  private String text(String file) throws Exception {
    HttpResponse<String> answer = get(file);
    assertEquals(200, answer.statusCode(), answer.body());
    return answer.body();
  }

  private static String path(String track) {
    return "~/" + track + "/index.m3u8";
  }

  private static MediaPlaylist read(String text) {
    return MediaPlaylist.of(HlsPlaylist.read(ByteBuffer.wrap(text.getBytes(UTF_8))));
  }

  private MediaPlaylist playlist(String track) throws Exception {
    return read(text(path(track)));
  }

  /** Until so many segments are complete, and so many parts of the next. */
  private MediaPlaylist await(String track, int segments, int parts) throws Exception {
    Await.until(
        Duration.ofSeconds(10),
        () -> {
          MediaPlaylist now = playlist(track);
          return now.segments().size() == segments && now.edge().parts().size() == parts;
        },
        () -> segments + " and " + parts + " parts are not\n" + text(path(track)));
    return playlist(track);
  }

  // Delta updates

  @Test
  void delta_isWithoutWhatPlayersKnow_elseAsTheWhole() throws Exception {
    byte[] film = pictures();
    int[] chunks = chunks(film);
    // Eleven segments, and a part of the twelfth.
    try (RawClient publisher = begin("video.cmfv", Arrays.copyOf(film, chunks[34]))) {
      MediaPlaylist whole = await("video", 11, 1);
      assertEquals(6_000_000, whole.header().control().canSkipUntil());
      String text = text(path("video") + "?_HLS_skip=YES");
      assertTrue(text.contains("\n#EXT-X-SKIP:SKIPPED-SEGMENTS=5\n"), text);
      assertIsTheEndOf(whole, read(text));
      assertEquals(text, text(path("video") + "?_HLS_skip=v2"));
      String next = "?_HLS_msn=" + whole.nextSequence() + "&_HLS_part=1&_HLS_skip=YES";
      CompletableFuture<HttpResponse<String>> held =
          http.sendAsync(request(path("video") + next), BodyHandlers.ofString());
      send(publisher, Arrays.copyOfRange(film, chunks[34], chunks[35]));
      MediaPlaylist later = read(held.get(10, TimeUnit.SECONDS).body());
      assertEquals(2, later.edge().parts().size());
      assertIsTheEndOf(playlist("video"), later);
    }
  }

  /** What is left out and what is there are all there is. */
  private static void assertIsTheEndOf(MediaPlaylist whole, MediaPlaylist delta) {
    assertEquals(5, delta.skipped());
    assertEquals(whole.header(), delta.header());
    assertEquals(whole.segments().subList(5, whole.segments().size()), delta.segments());
    assertEquals(whole.edge(), delta.edge());
  }

  @ParameterizedTest
  @CsvSource({"16, 5, 0", "19, 6, 0", "22, 7, 1"})
  void delta_leavesOut_whatIsOlderThanPromised(int sent, int segments, int skipped)
      throws Exception {
    byte[] film = pictures();
    try (RawClient publisher = begin("video.cmfv", Arrays.copyOf(film, chunks(film)[sent]))) {
      await("video", segments, 1);
      String text = text(path("video") + "?_HLS_skip=YES");
      assertEquals(skipped, read(text).skipped());
      assertEquals(skipped == 0, text.equals(text(path("video"))));
      publisher.reset();
    }
  }

  @Test
  void delta_ofATrackThatEnded_isTheWhole() throws Exception {
    try (RawClient publisher = begin("video.cmfv", pictures())) {
      publisher.send("0\r\n\r\n");
      assertEquals(200, publisher.answer().status());
    }
    String text = text(path("video") + "?_HLS_skip=YES");
    assertTrue(read(text).header().is(Trait.ENDED));
    assertEquals(text(path("video")), text);
  }

  // Reports

  /** As encoders of the DASH-IF's ingest interface 1 post them. */
  @Test
  void reports_tellWhatTheOtherPlaylistHas() throws Exception {
    byte[] film = pictures();
    byte[] tone = sound();
    int[] pictures = chunks(film);
    int[] tones = chunks(tone);
    try (RawClient audio = begin("Streams(audio.cmfa)", Arrays.copyOf(tone, tones[6]));
        RawClient video = begin("Streams(video-1.cmfv)", Arrays.copyOf(film, pictures[10]))) {
      String all = text("index.m3u8");
      assertTrue(all.contains(path("audio")) && all.contains(path("video-1")), all);
      await("video-1", 3, 1);
      awaitParts("audio", 6);
      // Both know of the other what came before their own newest part.
      send(video, Arrays.copyOfRange(film, pictures[10], pictures[11]));
      await("video-1", 3, 2);
      assertReports("video-1", "audio");
      send(audio, Arrays.copyOfRange(tone, tones[6], tones[7]));
      awaitParts("audio", 7);
      assertReports("audio", "video-1");
      send(video, Arrays.copyOfRange(film, pictures[11], pictures[13]));
      await("video-1", 4, 1);
      assertReports("video-1", "audio");
    }
  }

  @Test
  void tracks_ofNumberedPublishingPoints_areSeveral() throws Exception {
    byte[] film = pictures();
    byte[] begin = Arrays.copyOf(film, chunks(film)[10]);
    try (RawClient low = begin("Streams(video-1.cmfv)", begin);
        RawClient high = begin("Streams(video-2.cmfv)", begin)) {
      await("video-1", 3, 1);
      await("video-2", 3, 1);
      String all = text("index.m3u8");
      assertTrue(all.contains(path("video-1")) && all.contains(path("video-2")), all);
      low.reset();
      high.reset();
    }
  }

  private void awaitParts(String track, int parts) throws Exception {
    Await.until(
        Duration.ofSeconds(10),
        () -> text(path(track)).split("#EXT-X-PART:", -1).length > parts,
        () -> "not " + parts + " parts:\n" + text(path(track)));
  }

  private void assertReports(String in, String of) throws Exception {
    List<Report> reports = playlist(in).edge().reports();
    assertEquals(1, reports.size(), reports::toString);
    Report report = reports.getFirst();
    assertEquals(
        request(path(of)).uri(), request(path(in)).uri().resolve(report.uri()), "its address");
    MediaPlaylist other = playlist(of);
    List<Segment.Part> edge = other.edge().parts();
    long last = edge.isEmpty() ? other.nextSequence() - 1 : other.nextSequence();
    assertEquals(last, report.sequence(), "its last segment");
    List<Segment.Part> parts = edge.isEmpty() ? other.segments().getLast().parts() : edge;
    assertEquals(parts.size() - 1, report.part(), "the last part of it");
  }

  @Test
  void reports_betweenSegments_tellOfTheLastOne() throws Exception {
    byte[] film = pictures();
    int[] chunks = chunks(film);
    for (String track : List.of("hi", "lo")) {
      put("init-" + track + ".mp4", Arrays.copyOf(film, chunks[0]));
      for (int i = 0; i < 2; i++) {
        byte[] segment = Arrays.copyOfRange(film, chunks[3 * i], chunks[3 * i + 3]);
        put("chunk-" + track + "-" + i + ".m4s", segment);
      }
    }
    assertTrue(playlist("hi").edge().parts().isEmpty());
    assertReports("hi", "lo");
    assertReports("lo", "hi");
  }

  // Where players begin

  private void putSegment() throws Exception {
    byte[] film = pictures();
    int[] chunks = chunks(film);
    put("init.mp4", Arrays.copyOf(film, chunks[0]));
    put("chunk-0.m4s", Arrays.copyOfRange(film, chunks[0], chunks[3]));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-60", "-0.5", "-86400", "7.25"})
  void start_isToldToPlayers_whoFindEverythingAsEver(String start) throws Exception {
    putSegment();
    String plain = text("index.m3u8");
    assertFalse(plain.contains("EXT-X-START"), plain);
    String all = text("index.m3u8?start=" + start);
    String told = "#EXT-X-START:TIME-OFFSET=" + start + "\n";
    assertTrue(all.contains(told), all);
    assertEquals(plain, all.replace(told, ""));
    assertEquals(text(path("main")), text(path("main") + "?start=" + start));
    // Where in a manifest, see LiveManifestTest.
    String manifest = text("index.mpd?a=b&start=" + start);
    Matcher again = Pattern.compile("<Location>([^<]+)</Location>").matcher(manifest);
    assertTrue(again.find(), manifest);
    String location = again.group(1).replace("&amp;", "&");
    assertTrue(location.startsWith("index.mpd?a=b&start=-"), location);
    String updated = text(location);
    assertTrue(updated.contains("<Location>" + again.group(1) + "</Location>"), updated);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-", "--60", "-60s", "+5", "1e3", "-1.", "-.5", "-1234567890"})
  void start_thatIsNoNumberOfSeconds_isRefused(String start) throws Exception {
    putSegment();
    for (String file : List.of("index.m3u8", "index.mpd", path("main"))) {
      HttpResponse<String> answer = get(file + "?start=" + start);
      assertEquals(400, answer.statusCode(), file);
      assertTrue(answer.body().contains("start is not a number of seconds"), answer.body());
    }
  }
}
