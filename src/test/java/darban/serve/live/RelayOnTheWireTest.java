package darban.serve.live;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.media.Frames;
import darban.media.hls.HlsPlaylist;
import darban.media.hls.MediaPlaylist;
import darban.testkit.Await;
import darban.testkit.Bench;
import darban.testkit.Films;
import darban.testkit.Guard;
import darban.testkit.RawClient;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two origins: one gets streams from the other, or sends them there. */
@ExtendWith(Guard.class)
class RelayOnTheWireTest {
  private static final String SITE =
      """
      listeners: { plain: { address: "127.0.0.1:0" } }
      sites: { "*": { routes: [ { match: { path: "/live/*" }, live: open } ] } }
      log: { access: off }
      """;
  private static final int PAYLOAD = 1_500_000;

  @TempDir Path folder;

  private final List<Bench> benches = new ArrayList<>();
  private HttpClient http;
  private byte[] film;
  private int[] chunks;

  @BeforeEach
  void start() throws Exception {
    http = HttpClient.newHttpClient();
    film = Films.track();
    chunks = chunks();
  }

  @AfterEach
  void stop() throws Exception {
    http.close();
    for (Bench each : benches.reversed()) {
      each.close();
    }
  }

  private int[] chunks() {
    List<Integer> found = new ArrayList<>();
    ByteBuffer in = ByteBuffer.wrap(film);
    for (int at = 0; at < film.length; at += in.getInt(at)) {
      if (new String(film, at + 4, 4, StandardCharsets.ISO_8859_1).equals("moof")) {
        found.add(at);
      }
    }
    return found.stream().mapToInt(Integer::intValue).toArray();
  }

  private Bench bench(String live) throws Exception {
    Bench bench = Bench.yaml(SITE + live);
    benches.add(bench);
    return bench;
  }

  private Bench behind(int port, String live) throws Exception {
    return bench(
        "services: { other: { servers: [ \"http://127.0.0.1:%d\" ] } }\n%s".formatted(port, live));
  }

  private HttpResponse<byte[]> get(Bench bench, String path) throws Exception {
    return http.send(
        HttpRequest.newBuilder(
                URI.create("http://" + bench.gateway().address("plain") + "/live/" + path))
            .timeout(Duration.ofSeconds(20))
            .build(),
        BodyHandlers.ofByteArray());
  }

  private String text(Bench bench, String path) throws Exception {
    HttpResponse<byte[]> answer = get(bench, path);
    assertEquals(200, answer.statusCode(), path);
    return new String(answer.body(), StandardCharsets.UTF_8);
  }

  private RawClient begin(Bench bench, String file) throws Exception {
    RawClient publisher = bench.client();
    publisher.send("POST /live/" + file + " HTTP/1.1\r\nHost: h\r\n");
    publisher.send("Transfer-Encoding: chunked\r\n\r\n");
    return publisher;
  }

  private static void send(RawClient publisher, byte[] bytes) throws Exception {
    publisher.send(Integer.toHexString(bytes.length) + "\r\n");
    publisher.send(bytes);
    publisher.send("\r\n");
  }

  private byte[] film(int from, int to) {
    return Arrays.copyOfRange(film, from, to);
  }

  private void awaitSegments(Bench bench, String track, int count) throws Exception {
    Await.until(
        Duration.ofSeconds(10),
        () -> {
          HttpResponse<byte[]> answer = get(bench, track + "index.m3u8");
          String text = new String(answer.body(), StandardCharsets.UTF_8);
          return text.split("#EXTINF", -1).length > count;
        },
        () -> "too few segments of " + track);
  }

  /** The number of the first segment of a playlist. */
  private long first(Bench bench, String track) throws Exception {
    byte[] text = text(bench, track + "index.m3u8").getBytes(StandardCharsets.UTF_8);
    return MediaPlaylist.of(HlsPlaylist.read(ByteBuffer.wrap(text))).header().sequence();
  }

  private static void awaitMetric(Bench bench, String line) throws Exception {
    Await.until(
        Duration.ofSeconds(15),
        () -> bench.gateway().metrics().contains(line),
        () -> "never " + line + " in " + bench.gateway().metrics());
  }

  /** What the segments of a track that are told of hold. */
  private byte[] media(Bench bench, String track) throws Exception {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    List<String> names =
        Pattern.compile("(?m)^s.*m4s$")
            .matcher(text(bench, track + "index.m3u8"))
            .results()
            .map(MatchResult::group)
            .toList();
    for (String each : names) {
      all.writeBytes(get(bench, track + each).body());
    }
    return withoutTimes(all.toByteArray());
  }

  /** What tells when a segment was made is put in on the way. */
  private static byte[] withoutTimes(byte[] media) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteBuffer in = ByteBuffer.wrap(media);
    for (int at = 0; at < media.length; at += in.getInt(at)) {
      if (!new String(media, at + 4, 4, StandardCharsets.ISO_8859_1).equals("prft")) {
        out.write(media, at, in.getInt(at));
      }
    }
    return out.toByteArray();
  }

  @Test
  void streamThatIsWanted_isFetchedOnce_whileItComes_andLetGo() throws Exception {
    Bench origin = bench("live: { open: { ingest: anyone } }");
    Bench edge =
        behind(
            origin.gateway().port("plain"),
            "live: { open: { ingest: anyone, pull: { service: other, linger: 1s } } }");
    assertEquals(404, get(edge, "cam/index.m3u8").statusCode());
    try (RawClient publisher = begin(origin, "cam/cam1.cmfv")) {
      send(publisher, film(0, chunks[12]));
      awaitSegments(origin, "cam/~/cam/", 2);
      Await.until(
          Duration.ofSeconds(10),
          () -> get(edge, "cam/index.m3u8").statusCode() == 200,
          () -> "not fetched");
      awaitMetric(edge, "darban_live_pulled_tracks{hub=\"open\"} 1");
      // A part comes through before its segment is whole.
      send(publisher, film(chunks[12], chunks[13]));
      text(edge, "cam/~/cam/index.m3u8?_HLS_part=1&_HLS_msn=" + (first(edge, "cam/~/cam/") + 2));
      send(publisher, film(chunks[13], film.length));
      publisher.send("0\r\n\r\n");
      assertEquals(200, publisher.answer().status());
      Await.until(
          Duration.ofSeconds(10),
          () -> text(edge, "cam/~/cam/index.m3u8").contains("ENDLIST"),
          () -> "the end did not come through");
      assertEquals(6, text(edge, "cam/~/cam/index.m3u8").split("#EXTINF", -1).length - 1);
      assertArrayEquals(media(origin, "cam/~/cam/"), media(edge, "cam/~/cam/"));
      assertEquals(
          times(text(origin, "cam/~/cam/index.m3u8")), times(text(edge, "cam/~/cam/index.m3u8")));
    }
    awaitMetric(edge, "darban_live_publishers{hub=\"open\",stream=\"cam\"} 0");
  }

  /** Another origin: ffmpeg's files for HLS in a folder. */
  private Bench files(String type, String variants) throws Exception {
    Films.ffmpeg(
        "-i %s -map 0:v -map 0:a -c copy -f hls -hls_time 2 -hls_list_size 0 -hls_flags omit_endlist"
                .formatted(Films.plain())
            + " -hls_segment_type %s %s -hls_segment_filename %s/%%v-%%d.seg %s/%%v.m3u8"
                .formatted(type, variants, folder, folder));
    Bench bench =
        Bench.yaml(
            """
            listeners: { plain: { address: "127.0.0.1:0" } }
            sites: { "*": { routes: [ { match: { path: "/hls/*" }, files: { root: "%s" } } ] } }
            log: { access: off }
            """
                .formatted(folder));
    benches.add(bench);
    return bench;
  }

  /** At once, so that nobody reads a half of it. */
  private void replace(Path file, List<String> lines) throws Exception {
    Files.move(Files.write(folder.resolve("next"), lines), file, REPLACE_EXISTING);
  }

  private Bench pulling(Bench origin, String path) throws Exception {
    return behind(
        origin.gateway().port("plain"),
        "live: { open: { ingest: anyone, segment: 2s, pull: { service: other, path: \"%s\" } } }"
            .formatted(path));
  }

  private void awaitBroadcast(Bench edge, String track, int segments, String what)
      throws Exception {
    Await.until(
        Duration.ofSeconds(20),
        () -> {
          HttpResponse<byte[]> got = get(edge, "cam/~/" + track + "/index.m3u8");
          String all = new String(got.body(), StandardCharsets.UTF_8);
          return all.split("#EXTINF", -1).length - 1 >= segments && all.contains(what);
        },
        () -> segments + " segments of " + track + " did not come through");
  }

  @Test
  void playlistOfAnotherOrigin_isFetched_asItGrows_toItsEnd() throws Exception {
    Bench origin =
        files(
            "fmp4",
            "-hls_fmp4_init_filename init-%v.mp4 -master_pl_name cam.m3u8 -var_stream_map"
                + " 'v:0,agroup:a a:0,agroup:a'");
    Path media = folder.resolve("0.m3u8");
    List<String> lines = Files.readAllLines(media);
    int fourth = lines.indexOf("0-3.seg") + 1;
    replace(media, lines.subList(0, fourth));
    Bench edge = pulling(origin, "/hls/{stream}.m3u8");
    Await.until(
        Duration.ofSeconds(20),
        () -> get(edge, "cam/index.m3u8").statusCode() == 200,
        () -> "not fetched");
    // It begins three segments before the end; the last one is not over yet.
    awaitBroadcast(edge, "track-0", 2, "");
    awaitBroadcast(edge, "track-1", 2, "");
    lines.add("#EXT-X-ENDLIST");
    replace(media, lines);
    awaitBroadcast(edge, "track-0", 5, "ENDLIST");
    byte[] wanted = Files.readAllBytes(folder.resolve("0-5.seg"));
    byte[] found = media(edge, "cam/~/track-0/");
    int payload = wanted.length - 500;
    assertTrue(
        new String(found, StandardCharsets.ISO_8859_1)
            .contains(new String(wanted, 500, payload, StandardCharsets.ISO_8859_1)));
  }

  /** As packagers that know nothing of other segments count their packets. */
  private void countAnew(Path segment) throws Exception {
    byte[] bytes = Files.readAllBytes(segment);
    int[] counters = new int[0x2000];
    for (int at = 0; at < bytes.length; at += 188) {
      int pid = (bytes[at + 1] & 0x1f) << 8 | (bytes[at + 2] & 0xff);
      if ((bytes[at + 3] & 0x10) != 0) {
        bytes[at + 3] = (byte) ((bytes[at + 3] & 0xf0) | (counters[pid]++ & 0xf));
      }
    }
    Files.write(segment, bytes);
  }

  private void assertPlays(Bench edge, String track, String stream, double from) throws Exception {
    String url =
        "-i http://" + edge.gateway().address("plain") + "/live/cam/~/" + track + "/index.m3u8";
    List<Frames> wanted = Frames.of("-i " + Films.plain(), stream, from);
    // The film begins at 0, and its transport stream where ffmpeg lets them begin.
    double shift = 1.4 + 0.08;
    Frames.assertSame(wanted, Frames.of(url, stream, from + shift), shift);
  }

  @ParameterizedTest(name = "counted anew: {0}")
  @ValueSource(booleans = {false, true})
  void playlistOfTransportStreams_isFetched_asTracks_toItsEnd(boolean anew) throws Exception {
    Bench origin = files("mpegts", "-var_stream_map v:0,a:0");
    for (int i = 0; i < 6 && anew; i++) {
      countAnew(folder.resolve("0-" + i + ".seg"));
    }
    Path media = folder.resolve("0.m3u8");
    List<String> lines = Files.readAllLines(media);
    replace(media, lines.subList(0, lines.indexOf("0-4.seg") + 1));
    Bench edge = pulling(origin, "/hls/0.m3u8");
    Await.until(
        Duration.ofSeconds(20),
        () -> get(edge, "cam/index.m3u8").statusCode() == 200,
        () -> "not fetched");
    awaitBroadcast(edge, "main-video", 2, "");
    lines.add("#EXT-X-ENDLIST");
    replace(media, lines);
    // It begins three segments before the end.
    awaitBroadcast(edge, "main-video", 4, "ENDLIST");
    awaitBroadcast(edge, "main-audio", 4, "ENDLIST");
    String playlist = text(edge, "cam/~/main-video/index.m3u8");
    assertTrue(!playlist.contains("#EXT-X-DISCONTINUITY\n"), playlist);
    assertPlays(edge, "main-video", "0:v", 4);
    assertPlays(edge, "main-audio", "0:a", 4.5);
  }

  @Test
  void playlistOfTransportStreams_behindADiscontinuity_goesOn() throws Exception {
    Bench origin = files("mpegts", "-var_stream_map v:0,a:0");
    Path media = folder.resolve("0.m3u8");
    List<String> lines = new ArrayList<>(Files.readAllLines(media));
    List<String> again =
        List.copyOf(lines.subList(lines.indexOf("0-0.seg") - 1, lines.indexOf("0-2.seg") - 1));
    lines.add("#EXT-X-DISCONTINUITY");
    lines.addAll(again);
    lines.add("#EXT-X-ENDLIST");
    replace(media, lines);
    Bench edge = pulling(origin, "/hls/0.m3u8");
    Await.until(
        Duration.ofSeconds(20),
        () -> get(edge, "cam/index.m3u8").statusCode() == 200,
        () -> "not fetched");
    for (String track : List.of("main-video", "main-audio")) {
      awaitBroadcast(edge, track, 3, "ENDLIST");
      String playlist = text(edge, "cam/~/" + track + "/index.m3u8");
      assertEquals(1, playlist.split("#EXT-X-DISCONTINUITY\n", -1).length - 1, playlist);
      double seconds =
          Pattern.compile("#EXTINF:([0-9.]+)")
              .matcher(playlist)
              .results()
              .mapToDouble(each -> Double.parseDouble(each.group(1)))
              .sum();
      assertEquals(6, seconds, 0.1, playlist);
    }
  }

  @Test
  void playlistOfPackedSound_isRefused_andSaysWhy() throws Exception {
    Bench origin = files("mpegts", "-var_stream_map v:0,a:0");
    Films.ffmpeg("-i " + Films.plain() + " -vn -c copy -f adts " + folder + "/0-5.seg");
    Bench edge = pulling(origin, "/hls/0.m3u8");
    Files.copy(folder.resolve("0-5.seg"), folder.resolve("0-3.seg"), REPLACE_EXISTING);
    HttpResponse<byte[]> refused = get(edge, "cam/index.m3u8");
    assertEquals(502, refused.statusCode());
    String why = new String(refused.body(), StandardCharsets.UTF_8);
    assertTrue(why.contains("neither fragmented MP4 nor a transport stream"), why);
  }

  private static List<String> times(String playlist) {
    return Pattern.compile("DATE-TIME:(\\S+)")
        .matcher(playlist)
        .results()
        .map(each -> each.group(1))
        .toList();
  }

  @Test
  void streamThatNobodyWatches_isLetGo_andFetchedAgain_whereItWas() throws Exception {
    Bench origin = bench("live: { open: { ingest: anyone } }");
    Bench edge =
        behind(
            origin.gateway().port("plain"),
            "live: { open: { ingest: anyone, pull: { service: other, linger: 1s } } }");
    try (RawClient publisher = begin(origin, "cam/video.cmfv")) {
      send(publisher, film(0, chunks[11]));
      awaitSegments(origin, "cam/~/video/", 2);
      awaitSegments(edge, "cam/~/video/", 2);
      awaitMetric(edge, "darban_live_pulled_tracks{hub=\"open\"} 0");
      send(publisher, film(chunks[11], chunks[21]));
      awaitSegments(edge, "cam/~/video/", 4);
      String media = text(edge, "cam/~/video/index.m3u8");
      assertEquals(4, media.split("#EXTINF", -1).length - 1, media);
      publisher.reset();
    }
  }

  @Test
  void pushed_allThatComes_isThere_underTheSameNames() throws Exception {
    Bench far =
        bench(
            """
            live: { open: { ingest: { users: [ near ] } } }
            users: [ { name: near, password: salam } ]
            """);
    Bench near =
        behind(
            far.gateway().port("plain"),
            """
            live:
              open:
                ingest: anyone
                push: [ { service: other, path: "/live/of-{stream}/", login: { user: near, password: salam } } ]
            """);
    try (RawClient publisher = begin(near, "cam/stream0-1.cmfv")) {
      send(publisher, film(0, chunks[3]));
      // Whoever comes later begins with what is the newest then.
      awaitMetric(far, "darban_live_publishers{hub=\"open\",stream=\"of-cam\"} 1");
      awaitMetric(near, "darban_live_pushed_tracks{hub=\"open\"} 1");
      send(publisher, film(chunks[3], film.length));
      publisher.send("0\r\n\r\n");
      assertEquals(200, publisher.answer().status());
    }
    Await.until(
        Duration.ofSeconds(10),
        () ->
            get(far, "of-cam/~/stream0/index.m3u8").statusCode() == 200
                && text(far, "of-cam/~/stream0/index.m3u8").contains("ENDLIST"),
        () -> "the end did not come through");
    assertArrayEquals(media(near, "cam/~/stream0/"), media(far, "of-cam/~/stream0/"));
    awaitMetric(near, "darban_live_pushed_tracks{hub=\"open\"} 0");
  }

  @Test
  void pushed_toOneThatDoesNotRead_theIngestGoesOn_inBoundedMemory() throws Exception {
    try (ServerSocket deaf = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Bench near =
          behind(
              deaf.getLocalPort(),
              "live: { open: { ingest: anyone, memory: 16MB, push: [ { service: other } ] } }");
      try (RawClient publisher = begin(near, "cam/video.cmfv")) {
        send(publisher, film(0, chunks[0]));
        send(publisher, large(0));
        Socket far = deaf.accept();
        for (int i = 1; i < chunks.length - 1; i++) {
          send(publisher, large(i));
        }
        publisher.send("0\r\n\r\n");
        assertEquals(200, publisher.answer().status());
        String metrics = near.gateway().metrics();
        long bytes =
            Pattern.compile("darban_live_bytes\\{[^}]*} (\\S+)")
                .matcher(metrics)
                .results()
                .mapToLong(each -> (long) Double.parseDouble(each.group(1)))
                .sum();
        assertTrue(bytes <= 20_000_000 + 2 * PAYLOAD, bytes + " bytes");
        far.close();
        awaitMetric(near, "darban_live_relay_failures{hub=\"open\"} 1");
      }
    }
  }

  /** A chunk with a payload that fills any socket's buffers soon. */
  private byte[] large(int chunk) {
    int mdat = chunks[chunk] + ByteBuffer.wrap(film).getInt(chunks[chunk]);
    ByteBuffer made = ByteBuffer.allocate(mdat - chunks[chunk] + 8 + PAYLOAD);
    made.put(film, chunks[chunk], mdat - chunks[chunk]);
    return made.putInt(8 + PAYLOAD).put("mdat".getBytes(StandardCharsets.ISO_8859_1)).array();
  }
}
