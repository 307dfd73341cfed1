package darban.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.media.Frames;
import darban.testkit.DarbanProcess;
import darban.testkit.Films;
import darban.testkit.Peers;
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
      sites: { "*": { routes: [ { match: { path: "/v/*" }, media: films } ] } }
      media: { films: { root: films, segment: 2s } }
      log: { access: off }
      """;

  @TempDir static Path folder;

  @SuppressWarnings("NullAway.Init")
  private static Path film;

  @SuppressWarnings("NullAway.Init")
  private static DarbanProcess darban;

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  /** Head at the end, pictures out of order, sound in two languages. */
  @BeforeAll
  static void start() throws Exception {
    Path films = Files.createDirectory(folder.resolve("films"));
    film =
        Films.make(
            "two-languages.mp4",
            Films.PICTURES
                + Films.TONE
                + "-f lavfi -i sine=frequency=880:sample_rate=48000:duration=12"
                + " -map 0:v -map 1:a -map 2:a "
                + Films.AVC
                + Films.AAC
                + "-metadata:s:a:0 language=eng -metadata:s:a:1 language=fas");
    Files.copy(film, films.resolve("film.mp4"));
    Files.writeString(films.resolve("film.fa.srt"), "1\n00:00:01,000 --> 00:00:02,000\nسلام\n");
    byte[] whole = Files.readAllBytes(film);
    Files.write(films.resolve("cut.mp4"), Arrays.copyOf(whole, whole.length / 2));
    darban = DarbanProcess.start(folder, CONFIGURATION);
  }

  @AfterAll
  static void end() {
    HTTP.close();
    darban.close();
  }

  private static String url(String path) throws Exception {
    return "http://127.0.0.1:" + darban.port("plain") + "/v/" + path;
  }

  private static HttpResponse<byte[]> get(String path) throws Exception {
    return HTTP.send(
        HttpRequest.newBuilder(URI.create(url(path))).build(), BodyHandlers.ofByteArray());
  }

  @ParameterizedTest
  @ValueSource(strings = {"film.mp4", "film.mp4/index.m3u8", "film.mp4/index.mpd"})
  void ffmpeg_aFilm_decodesThePicturesOfTheFile(String path) throws Exception {
    List<Frames> wanted = Frames.of("-i " + film, "0:v:0", 0);
    assertEquals(300, wanted.size());
    Frames.assertSame(wanted, Frames.of("-i " + url(path), "0:v:0", 0), 0);
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
    List<String> names =
        List.of("index.m3u8", "index.mpd", "v0/init.mp4", "v0/3.m4s", "a1/2.m4s", "v0/frame-1.m4s");
    try (DarbanProcess again =
        DarbanProcess.start(
            Files.createDirectory(folder.resolve("again")),
            CONFIGURATION.replace("root: films", "root: " + folder.resolve("films")))) {
      for (String name : names) {
        HttpResponse<byte[]> one = get("film.mp4/" + name);
        String url = "http://127.0.0.1:" + again.port("plain") + "/v/film.mp4/" + name;
        HttpResponse<byte[]> other =
            HTTP.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofByteArray());
        assertEquals(200, one.statusCode(), name);
        assertArrayEquals(one.body(), other.body(), name);
        assertEquals(one.headers().firstValue("ETag"), other.headers().firstValue("ETag"), name);
      }
    }
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
