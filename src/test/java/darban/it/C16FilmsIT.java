package darban.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.media.Frames;
import darban.testkit.DarbanProcess;
import darban.testkit.Films;
import darban.testkit.NginxOrigin;
import darban.testkit.Peers;
import darban.testkit.Ports;
import darban.testkit.Program;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Players watch an ordinary MP4 file as HLS and DASH. */
class C16FilmsIT {
  private static final String CONFIGURATION =
      """
      listeners: { plain: { address: "127.0.0.1:0" } }
      sites:
        "*":
          routes:
            - { match: { path: "/v/*" }, media: films }
            - { match: { path: "/far/*" }, media: far }
            - { match: { path: "/sealed/*" }, media: sealed }
            - { match: { path: "/far-sealed/*" }, media: far-sealed }
      media:
        films: { root: films, segment: 2s }
        far: { root: "http://127.0.0.1:ORIGIN/", segment: 2s, sizes: [ 360, 720, 1080 ] }
        sealed: { root: films, segment: 2s, encryption-secret: salam }
        far-sealed: { root: "http://127.0.0.1:ORIGIN/", segment: 2s, encryption-secret: salam }
      log: { access: off }
      """;

  /** All kinds of things that a film has. */
  private static final List<String> NAMES =
      List.of("index.m3u8", "index.mpd", "v0.m3u8", "v0/init.mp4", "v0/3.m4s", "a1/2.m4s");

  private static final int ORIGIN = Ports.free();

  @TempDir static Path folder;

  @SuppressWarnings("NullAway.Init")
  private static NginxOrigin nginx;

  @SuppressWarnings("NullAway.Init")
  private static Path film;

  @SuppressWarnings("NullAway.Init")
  private static Path small;

  @SuppressWarnings("NullAway.Init")
  private static DarbanProcess darban;

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  /** Head at the end, pictures out of order, sound in two languages. */
  @BeforeAll
  static void start() throws Exception {
    Path films = Files.createDirectory(folder.resolve("films"));
    film = Films.twoLanguages();
    Files.copy(film, films.resolve("film.mp4"));
    Files.writeString(films.resolve("film.fa.srt"), "1\n00:00:01,000 --> 00:00:02,000\nسلام\n");
    byte[] whole = Files.readAllBytes(film);
    Files.write(films.resolve("cut.mp4"), Arrays.copyOf(whole, whole.length / 2));
    nginx =
        NginxOrigin.start(
            folder.resolve("nginx"),
            "server { expires 1h; autoindex on; location /bare/ { autoindex off; } listen 127.0.0.1:"
                + ORIGIN
                + "; }",
            ORIGIN);
    small = Films.half();
    for (String each : List.of("sizes", "bare")) {
      Path sizes = Files.createDirectory(nginx.www().resolve(each));
      Files.copy(film, sizes.resolve("film-720p.mp4"));
      Files.copy(small, sizes.resolve("film-360p.mp4"));
    }
    Files.copy(film, nginx.www().resolve("film.mp4"));
    Files.copy(films.resolve("film.fa.srt"), nginx.www().resolve("film.fa.srt"));
    Files.copy(films.resolve("cut.mp4"), nginx.www().resolve("cut.mp4"));
    darban = DarbanProcess.start(folder, configuration(folder.resolve("films")));
  }

  private static String configuration(Path films) {
    return CONFIGURATION
        .replace("root: films", "root: " + films)
        .replace("ORIGIN", Integer.toString(ORIGIN));
  }

  @AfterAll
  static void end() {
    HTTP.close();
    darban.close();
    nginx.close();
  }

  private static String url(String path) throws Exception {
    return url(darban, "/v/" + path);
  }

  private static String url(DarbanProcess of, String path) throws Exception {
    return "http://127.0.0.1:" + of.port("plain") + path;
  }

  private static HttpResponse<byte[]> get(String path, String... fields) throws Exception {
    return ask(url(path), fields);
  }

  private static HttpResponse<byte[]> ask(String url, String... fields) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url));
    if (fields.length > 0) {
      request.headers(fields);
    }
    return HTTP.send(request.build(), BodyHandlers.ofByteArray());
  }

  @ParameterizedTest
  @ValueSource(strings = {"film.mp4", "film.mp4/index.m3u8", "film.mp4/index.mpd"})
  void ffmpeg_aFilm_decodesThePicturesOfTheFile(String path) throws Exception {
    List<Frames> wanted = Frames.of("-i " + film, "0:v:0", 0);
    assertEquals(300, wanted.size());
    Frames.assertSame(wanted, Frames.of("-i " + url(path), "0:v:0", 0), 0);
  }

  /** Transport streams begin at 10 s, since nothing in them may be before 0. */
  @ParameterizedTest
  @CsvSource({
    "/v/film.mp4/ts.m3u8, 10",
    "/far/film.mp4/ts.m3u8, 10",
    "/sealed/film.mp4/index.m3u8, 0",
    "/sealed/film.mp4/ts.m3u8, 10",
    "/far-sealed/film.mp4/index.m3u8, 0",
  })
  void ffmpeg_oldAndEncryptedSegments_decodesThePicturesOfTheFile(String path, int shift)
      throws Exception {
    List<Frames> wanted = Frames.of("-i " + film, "0:v:0", 0);
    Frames.assertSame(wanted, Frames.of("-i " + url(darban, path), "0:v:0", 0), shift);
  }

  /** By nginx's own index, and where it has none. */
  @ParameterizedTest
  @ValueSource(strings = {"sizes", "bare"})
  void ffmpeg_sizesOfAFilmBehindAServer_eachIsThatOfItsFile(String in) throws Exception {
    String at = url(darban, "/far/" + in + "/film-720p.mp4/");
    String playlist = new String(ask(at + "index.m3u8").body(), StandardCharsets.UTF_8);
    assertEquals(3, playlist.split("#EXT-X-STREAM-INF").length, playlist);
    List<Frames> wanted = Frames.of("-i " + small, "0:v:0", 0);
    Frames.assertSame(wanted, Frames.of("-i " + at + "v0.m3u8", "0:v:0", 0), 0);
    wanted = Frames.of("-i " + film, "0:v:0", 0);
    Frames.assertSame(wanted, Frames.of("-i " + at + "v1.m3u8", "0:v:0", 0), 0);
  }

  @ParameterizedTest
  @CsvSource({"0, a0", "1, a1"})
  void ffmpeg_eachSound_isThatOfTheFile(int track, String name) throws Exception {
    List<Frames> wanted = Frames.of("-i " + film, "0:a:" + track, 0.1);
    List<Frames> found = Frames.of("-i " + url("film.mp4/" + name + ".m3u8"), "0:a", 0.1);
    Frames.assertSame(wanted, found, 0);
  }

  /** ffmpeg 5 does not know subtitles of HLS. */
  @ParameterizedTest
  @CsvSource({"film.mp4/index.m3u8, aac h264", "film.mp4/index.mpd, aac h264 webvtt"})
  void ffprobe_aFilm_findsAllItsTracks(String path, String wanted) throws Exception {
    List<String> tracks =
        Films.ffprobe("-show_entries stream=codec_name -of csv=p=0 " + url(path))
            .lines()
            .map(line -> line.replace(",", ""))
            .filter(line -> !line.isEmpty())
            .sorted()
            .distinct()
            .toList();
    assertEquals(wanted, String.join(" ", tracks));
    String languages = Films.ffprobe("-show_entries stream_tags=language -of csv=p=0 " + url(path));
    assertTrue(languages.contains("fa"), languages);
    assertTrue(languages.contains("en"), languages);
  }

  /** ffmpeg 5, which is in it, does not seek rightly in any HLS of fragmented MP4. */
  @ParameterizedTest
  @CsvSource({"film.mp4, 7, 8", "film.mp4/index.m3u8, none, 1", "film.mp4/index.mpd, 7, 8"})
  void mpv_aFilm_plays(String path, String from, int last) throws Exception {
    Program.Result result =
        Program.of(
                Peers.find("mpv", "mpv"),
                "--no-config",
                "--vo=null",
                "--ao=null",
                "--untimed",
                "--start=" + from,
                "--length=2",
                "--term-status-msg=at ${=time-pos} of ${=duration}",
                url(path))
            .in(folder)
            .run();
    assertEquals(0, result.status(), result::toString);
    String at = last + "\\.[0-9]+";
    assertTrue(result.err().matches("(?s).*at " + at + " of 1[12]\\..*"), result::toString);
  }

  @Test
  void segments_afterAnotherStart_areTheSameBytes() throws Exception {
    Path other = Files.createDirectory(folder.resolve("again"));
    try (DarbanProcess again = DarbanProcess.start(other, configuration(folder.resolve("films")))) {
      for (String name : NAMES) {
        HttpResponse<byte[]> one = get("film.mp4/" + name);
        HttpResponse<byte[]> two = ask(url(again, "/v/film.mp4/" + name));
        assertEquals(200, one.statusCode(), name);
        assertArrayEquals(one.body(), two.body(), name);
        assertEquals(one.headers().firstValue("ETag"), two.headers().firstValue("ETag"), name);
      }
    }
  }

  @Test
  void filmBehindAnOrigin_isTheSame_andGotOnce() throws Exception {
    List<Frames> wanted = Frames.of("-i " + film, "0:v:0", 0);
    String playlist = url(darban, "/far/film.mp4/index.m3u8");
    Frames.assertSame(wanted, Frames.of("-i " + playlist, "0:v:0", 0), 0);
    long before = nginx.accessLog().stream().filter(line -> line.contains("film.mp4")).count();
    assertTrue(before > 0 && before < 5, () -> "asked for " + before + " times");
    for (String name : NAMES) {
      HttpResponse<byte[]> far = ask(url(darban, "/far/film.mp4/" + name));
      assertArrayEquals(get("film.mp4/" + name).body(), far.body(), name);
      HttpResponse<byte[]> part = ask(url(darban, "/far/film.mp4/" + name), "Range", "bytes=10-49");
      assertEquals(206, part.statusCode());
      assertArrayEquals(Arrays.copyOfRange(far.body(), 10, 50), part.body(), name);
    }
    assertArrayEquals(get("film.mp4").body(), ask(url(darban, "/far/film.mp4")).body());
    long after = nginx.accessLog().stream().filter(line -> line.contains("film.mp4")).count();
    assertEquals(before, after);
    assertEquals(422, ask(url(darban, "/far/cut.mp4/index.m3u8")).statusCode());
    assertEquals(404, ask(url(darban, "/far/none.mp4/index.m3u8")).statusCode());
  }

  @Test
  void brokenFile_isAnswered_andLeavesTheOthersAlone() throws Exception {
    HttpResponse<byte[]> answer = get("cut.mp4/index.m3u8");
    assertEquals(422, answer.statusCode());
    String text = new String(answer.body(), StandardCharsets.UTF_8);
    assertTrue(text.contains("it is cut, or still being written"), text);
    assertEquals("*", answer.headers().firstValue("Access-Control-Allow-Origin").orElse(""));
    assertEquals(200, get("film.mp4/v0/0.m4s").statusCode());
  }
}
