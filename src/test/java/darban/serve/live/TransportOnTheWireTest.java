package darban.serve.live;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.media.Frames;
import darban.testkit.Await;
import darban.testkit.Bench;
import darban.testkit.Films;
import darban.testkit.Guard;
import darban.testkit.RawClient;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A transport stream in one piece: its tracks, cut into segments and told in playlists. */
@ExtendWith(Guard.class)
class TransportOnTheWireTest {
  private Bench bench;
  private HttpClient http;
  private byte[] stream;

  @BeforeEach
  void start() throws Exception {
    bench =
        Bench.yaml(
            """
            listeners: { plain: { address: "127.0.0.1:0" } }
            sites:
              "*":
                routes:
                  - { match: { path: "/live/*" }, live: open }
                  - { match: { path: "/small/*" }, live: small }
            live:
              open: { ingest: anyone, takeover: 1s }
              small: { ingest: anyone, memory: 1MB }
            log: { access: off }
            """);
    http = HttpClient.newHttpClient();
    stream = Files.readAllBytes(Films.plain("whole.ts", ""));
  }

  @AfterEach
  void stop() throws Exception {
    http.close();
    bench.close();
  }

  private String address(String path) throws Exception {
    return "http://" + bench.gateway().address("plain") + "/live/" + path;
  }

  private HttpResponse<byte[]> get(String path) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(address(path))).timeout(Duration.ofSeconds(20)).build();
    return http.send(request, BodyHandlers.ofByteArray());
  }

  private String text(String path) throws Exception {
    HttpResponse<byte[]> answer = get(path);
    assertEquals(200, answer.statusCode(), path);
    return new String(answer.body(), StandardCharsets.UTF_8);
  }

  private RawClient begin(String file) throws Exception {
    RawClient publisher = bench.client();
    publisher.send("POST /" + file + " HTTP/1.1\r\nHost: h\r\n");
    publisher.send("Transfer-Encoding: chunked\r\n\r\n");
    return publisher;
  }

  private static void send(RawClient publisher, byte[] bytes) throws Exception {
    publisher.send(Integer.toHexString(bytes.length) + "\r\n");
    publisher.send(bytes);
    publisher.send("\r\n");
  }

  private byte[] part(double from, double to) {
    return Arrays.copyOfRange(stream, (int) (from * stream.length), (int) (to * stream.length));
  }

  private RawClient.Answer post(String file, byte[] bytes) throws Exception {
    try (RawClient publisher = begin("live/" + file)) {
      // It may be refused before its end.
      publisher.sendWhatItTakes(Integer.toHexString(bytes.length) + "\r\n");
      publisher.sendWhatItTakes(new String(bytes, StandardCharsets.ISO_8859_1));
      publisher.sendWhatItTakes("\r\n0\r\n\r\n");
      return publisher.answer();
    }
  }

  private void await(String path, String what) throws Exception {
    String[] last = {""};
    Await.until(
        Duration.ofSeconds(10),
        () -> {
          HttpResponse<byte[]> answer = get(path);
          last[0] = new String(answer.body(), StandardCharsets.UTF_8);
          return answer.statusCode() == 200 && last[0].contains(what);
        },
        () -> path + " has no " + what + ": " + last[0]);
  }

  private void awaitMetric(String metric) throws Exception {
    Await.until(
        Duration.ofSeconds(10),
        () -> bench.gateway().metrics().contains(metric + ".0\n"),
        () -> {
          String name = metric.substring(0, metric.indexOf('{'));
          return bench.gateway().metrics().lines().filter(each -> each.startsWith(name)).toList()
              + " instead of "
              + metric;
        });
  }

  @Test
  void stream_whole_isHlsAndDash_ofTheFramesOfTheFilm() throws Exception {
    assertEquals(200, post("cam/stream.ts", stream).status());
    String all = text("cam/index.m3u8");
    assertTrue(all.contains("RESOLUTION=160x120"), all);
    assertTrue(all.contains("avc1.") && all.contains("mp4a.40.2"), all);
    String video = text("cam/~/stream-video/index.m3u8");
    assertEquals(6, video.split("#EXTINF:2", -1).length - 1, video);
    assertTrue(video.contains("ENDLIST"), video);
    assertTrue(!video.contains("#EXT-X-DISCONTINUITY\n"), video);
    assertTrue(text("cam/index.mpd").contains("type=\"static\""));
    assertEquals(404, get("cam/stream.ts").statusCode());
    assertPlays("index.m3u8");
    assertPlays("index.mpd");
    awaitMetric("darban_live_aborted_uploads{hub=\"open\",stream=\"cam\"} 0");
  }

  private void assertPlays(String manifest) throws Exception {
    String film = "-i " + Films.plain();
    String url = "-i " + address("cam/" + manifest);
    List<Frames> pictures = Frames.of(url, "0:v", 0);
    double shift = pictures.getFirst().time();
    Frames.assertSame(Frames.of(film, "0:v", 0), pictures, shift);
    // Decoders of sound settle within the first frames.
    Frames.assertSame(Frames.of(film, "0:a", 0.2), Frames.of(url, "0:a", 0.2 + shift), shift);
  }

  @Test
  void publisher_killedAndBack_theTracksGoOnBehindABreak() throws Exception {
    try (RawClient publisher = begin("live/cam/stream.ts")) {
      send(publisher, part(0, 0.5));
      await("cam/~/stream-video/index.m3u8", "#EXT-X-PART:");
      await("cam/~/stream-audio/index.m3u8", "#EXT-X-PART:");
      assertEquals(409, post("cam/stream.ts", stream).status());
      publisher.reset();
    }
    awaitMetric("darban_live_aborted_uploads{hub=\"open\",stream=\"cam\"} 2");
    assertTrue(!text("cam/~/stream-video/index.m3u8").contains("ENDLIST"));
    assertEquals(200, post("cam/stream.ts", stream).status());
    for (String track : List.of("video", "audio")) {
      String playlist = text("cam/~/stream-" + track + "/index.m3u8");
      assertEquals(1, playlist.split("#EXT-X-DISCONTINUITY\n", -1).length - 1, playlist);
      assertTrue(playlist.contains("ENDLIST"), playlist);
    }
    awaitMetric("darban_live_publishers{hub=\"open\",stream=\"cam\"} 0");
  }

  @Test
  void publisher_whoIsSilent_isReplacedByAnother() throws Exception {
    try (RawClient silent = begin("live/cam/stream.ts")) {
      send(silent, part(0, 0.5));
      await("cam/~/stream-video/index.m3u8", "#EXTINF");
      Await.until(
          Duration.ofSeconds(10),
          () -> post("cam/stream.ts", stream).status() == 200,
          () -> "the silent one goes on");
      RawClient.Answer answer = silent.answer();
      assertEquals(409, answer.status());
      assertTrue(answer.body().contains("took the track over"), answer.body());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"live0.ts", "live0"})
  void segmentsOfAPublisher_thatHaveNumbers_areFilesAsTheyAre(String name) throws Exception {
    assertEquals(200, post("cam/" + name, stream).status());
    assertArrayEquals(stream, get("cam/" + name).body());
    assertEquals(0, get("cam/~/tracks").body().length);
  }

  @Test
  void streamThatCannotBeRead_isRefused_andSaysWhy() throws Exception {
    byte[] scrambled = stream.clone();
    for (int at = 3 * 188; at < scrambled.length; at += 188) {
      scrambled[at + 3] |= (byte) 0x80;
    }
    RawClient.Answer answer = post("cam/stream.ts", scrambled);
    assertEquals(400, answer.status());
    assertTrue(answer.body().contains("scrambled"), answer.body());
    byte[] other =
        Files.readAllBytes(Films.make("other.ts", "-i " + Films.plain() + " -an -c:v mpeg2video"));
    answer = post("cam/stream.ts", other);
    assertEquals(400, answer.status());
    assertTrue(answer.body().contains("no pictures or sound"), answer.body());
    assertEquals(0, get("cam/~/tracks").body().length);
  }

  @Test
  void segment_beyondTheMemory_isRefused_itsViewersSeeABrokenBody() throws Exception {
    byte[] film =
        Files.readAllBytes(
            Films.make(
                "large.ts",
                "-f lavfi -i testsrc2=size=320x240:rate=25:duration=8 -vf noise=alls=60:allf=t"
                    + " -c:v libx264 -preset veryfast -b:v 3M -g 1000 -sc_threshold 0"));
    assertTrue(film.length > 2_000_000, () -> film.length + " bytes");
    try (RawClient publisher = begin("small/cam/stream.ts");
        RawClient viewer = bench.client()) {
      send(publisher, Arrays.copyOf(film, 500_000));
      awaitMetric("darban_live_received_bytes{hub=\"small\",stream=\"cam\"} 500000");
      viewer.send("GET /small/cam/~/stream-video.cmfv HTTP/1.1\r\nHost: h\r\n\r\n");
      assertTrue(viewer.read(15).endsWith("200 OK"));
      publisher.sendWhatItTakes(Integer.toHexString(film.length - 500_000) + "\r\n");
      String rest = new String(film, 500_000, film.length - 500_000, StandardCharsets.ISO_8859_1);
      publisher.sendWhatItTakes(rest);
      RawClient.Answer answer = publisher.answer();
      assertEquals(413, answer.status());
      assertTrue(answer.body().contains("larger than its memory"), answer.body());
      assertTrue(publisher.isClosed());
      assertFalse(viewer.readsLastChunk());
    }
    awaitMetric("darban_live_publishers{hub=\"small\",stream=\"cam\"} 0");
    awaitMetric("darban_live_aborted_uploads{hub=\"small\",stream=\"cam\"} 1");
  }
}
