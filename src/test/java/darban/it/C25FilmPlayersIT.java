package darban.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.testkit.Browser;
import darban.testkit.DarbanProcess;
import darban.testkit.Films;
import darban.testkit.Peers;
import darban.testkit.Program;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * hls.js, mpv and VLC play a film in transport streams, encrypted, in two sizes and in the other
 * language; what they show moves, and what is heard is the tone of that language.
 */
class C25FilmPlayersIT {
  /** Hears which tone it is, in hertz. */
  private static final String PAGE =
      """
      <!DOCTYPE html><link rel=icon href="data:,"><video></video><script src="/v/~page/hls.js"></script><script>
      const told = location.search.slice(1), cmcd = { sessionId: told, useHeaders: told === 'fields' };
      const reports = told ? { cmcd, maxBufferLength: 2, maxMaxBufferLength: 2 } : {};
      const video = document.querySelector('video'), hls = new Hls({ startLevel: 0, ...reports }), wrong = [];
      hls.on(Hls.Events.ERROR, (_, error) => wrong.push(`${error.details} ${error.error?.message ?? ''}`));
      hls.loadSource(location.hash.slice(1));
      hls.attachMedia(video);
      video.play();
      const context = new AudioContext(), ear = context.createAnalyser(), heard = new Uint8Array(4096);
      ear.fftSize = 8192;
      context.createMediaElementSource(video).connect(ear).connect(context.destination);
      const tone = () => {
        ear.getByteFrequencyData(heard);
        return heard.indexOf(Math.max(...heard)) * context.sampleRate / ear.fftSize;
      };
      const hears = (hertz) => Math.abs(tone() - hertz) < 20;
      </script>\
      """;

  @TempDir static Path folder;

  @SuppressWarnings("NullAway.Init")
  private static DarbanProcess darban;

  @BeforeAll
  static void start() throws Exception {
    Path films = Files.createDirectory(folder.resolve("films"));
    Path film = Films.twoLanguages();
    Files.copy(film, films.resolve("film.mp4"));
    Files.copy(film, films.resolve("sizes-720p.mp4"));
    Files.copy(Films.half(), films.resolve("sizes-360p.mp4"));
    Files.writeString(Files.createDirectory(folder.resolve("page")).resolve("hls.html"), PAGE);
    darban =
        DarbanProcess.start(
            folder,
            """
            listeners: { plain: { address: "127.0.0.1:0" } }
            sites:
              "*":
                routes:
                  - { match: { path: "/v/*" }, media: films }
                  - { match: { path: "/sealed/*" }, media: sealed }
                  - { match: { path: "/page/*" }, files: { root: page } }
            media:
              films: { root: films, segment: 2s, browse: true, posters: false }
              sealed: { root: films, segment: 2s, encryption-secret: salam }
            admin: { address: "127.0.0.1:0" }
            log: { access: { file: access.log } }
            """);
  }

  @AfterAll
  static void end() {
    darban.close();
  }

  private static String url(String path) throws Exception {
    return "http://127.0.0.1:" + darban.port("plain") + path;
  }

  /** What it hears is that of the track. */
  @ParameterizedTest
  @CsvSource({
    "/v/film.mp4/index.mpd, 7, 8, fa, 880",
    "/v/film.mp4/index.m3u8, none, 1, fa, 880",
    "/v/film.mp4/ts.m3u8, 7, 8, fa, 440",
    "/sealed/film.mp4/index.m3u8, none, 1, en, 440",
    "/sealed/film.mp4/ts.m3u8, 7, 8, en, 440",
    "/v/sizes-720p.mp4/index.m3u8, none, 1, en, 440",
  })
  void mpv_eachKindOfSegments_plays(
      String path, String from, int last, String language, double hertz) throws Exception {
    Path sound = folder.resolve("mpv.wav");
    Program.Result result =
        Program.of(
                Peers.find("mpv", "mpv"),
                "--no-config",
                "--vo=null",
                "--ao=pcm",
                "--ao-pcm-file=" + sound,
                "--audio-format=s16",
                "--untimed",
                "--start=" + from,
                "--length=2",
                "--alang=" + language,
                "--term-status-msg=at ${=time-pos} of ${=duration}",
                url(path))
            .in(folder)
            .run()
            .good();
    String at = last + "\\.[89][0-9]+";
    assertTrue(result.err().matches("(?s).*at " + at + " of 12\\..*"), result::toString);
    assertFalse(result.err().contains("error"), result::toString);
    assertEquals(hertz, hertz(sound), 70);
  }

  /** All at once, since each takes as long as what it shows. */
  @Test
  void vlc_eachKindOfSegments_plays() throws Exception {
    Map<String, Integer> tones =
        Map.of(
            "/v/film.mp4/index.m3u8", 440,
            "/v/film.mp4/index.m3u8?fa", 880,
            "/v/film.mp4/ts.m3u8", 440,
            "/sealed/film.mp4/index.m3u8", 440,
            "/v/sizes-720p.mp4/index.m3u8", 440);
    Map<String, Path> seen = new HashMap<>();
    Map<String, Program> running = new HashMap<>();
    for (String path : tones.keySet()) {
      seen.put(path, forAll(Files.createDirectory(forAll(folder).resolve("vlc" + seen.size()))));
      running.put(path, vlc(path, seen.get(path)));
    }
    for (String path : tones.keySet()) {
      Program vlc = Objects.requireNonNull(running.get(path));
      assertEquals(0, vlc.status(), vlc::output);
      Path into = Objects.requireNonNull(seen.get(path));
      Set<ByteBuffer> pictures = new HashSet<>();
      for (int i = 1; Files.exists(into.resolve("p%05d.png".formatted(i))); i++) {
        pictures.add(ByteBuffer.wrap(Files.readAllBytes(into.resolve("p%05d.png".formatted(i)))));
      }
      assertTrue(pictures.size() > 20, () -> path + ": " + pictures.size() + vlc.output());
      assertEquals(tones.get(path), hertz(into.resolve("sound.wav")), 70, path);
    }
  }

  /** From the middle on; puts what it shows and plays into a folder. */
  private static Program vlc(String path, Path into) throws Exception {
    List<String> command = new ArrayList<>();
    if (Peers.isRoot()) {
      // VLC refuses to run as root.
      command.addAll(List.of(Peers.find("runuser", "util-linux"), "-u", "nobody", "--"));
    }
    command.addAll(List.of("env", "HOME=/tmp", Peers.find("cvlc", "vlc-bin vlc-plugin-base")));
    command.addAll(List.of("-I", "dummy", "--vout", "dummy", "--play-and-exit", "-v"));
    command.addAll(List.of("--aout", "afile", "--audiofile-file=" + into.resolve("sound.wav")));
    command.addAll(List.of("--video-filter=scene", "--scene-ratio=1", "--scene-prefix=p"));
    command.addAll(List.of("--scene-path=" + into, "--start-time=5", "--run-time=1"));
    command.addAll(path.endsWith("?fa") ? List.of("--audio-language=fa") : List.of());
    command.add(url(path));
    return Program.of(command).start();
  }

  private static Path forAll(Path folder) throws Exception {
    return Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
  }

  /** Of a tone, in a WAV file of 48,000 samples a second in stereo. */
  private static double hertz(Path wav) throws Exception {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(wav)).order(ByteOrder.LITTLE_ENDIAN);
    int samples = 0;
    int rises = 0;
    short before = 0;
    for (int at = 100; at + 4 <= bytes.limit(); at += 4) {
      short sample = bytes.getShort(at);
      rises += before < 0 && sample >= 0 ? 1 : 0;
      before = sample;
      samples++;
    }
    assertTrue(samples > 24000, samples + " samples");
    return rises * 48000.0 / samples;
  }

  /** Played, sought, and played on, with pictures and sound. */
  @Test
  void hlsJs_eachKindOfSegments_playsAndSeeks_andChangesSoundAndSize() throws Exception {
    try (Browser browser = Browser.start(folder.resolve("browser"))) {
      List<Browser.Page> pages = new ArrayList<>();
      for (String path :
          List.of(
              "/v/film.mp4/ts.m3u8", "/sealed/film.mp4/index.m3u8", "/sealed/film.mp4/ts.m3u8")) {
        pages.add(watch(browser, path));
      }
      for (Browser.Page page : pages) {
        page.until("video.currentTime > 0.5 && hears(440)");
        page.value("video.currentTime = 7");
        page.until("!video.seeking && video.currentTime > 7.5 && hears(440)");
        assertEquals(160, page.number("video.videoWidth"));
        assertEquals("[]", page.text("JSON.stringify(wrong)"));
        page.value("hls.destroy()");
      }
      chooses(browser);
    }
  }

  private static void chooses(Browser browser) throws Exception {
    Browser.Page page = watch(browser, "/v/film.mp4/index.m3u8");
    page.until("video.currentTime > 0.5 && hears(440)");
    page.value("hls.audioTrack = hls.audioTracks.findIndex((each) => each.lang === 'fa')");
    page.until("hears(880)");
    assertEquals("[]", page.text("JSON.stringify(wrong)"));
    page.value("hls.destroy()");
    page = watch(browser, "/v/sizes-720p.mp4/index.m3u8");
    for (int width : new int[] {80, 160}) {
      page.value(
          "hls.currentLevel = hls.levels.findIndex((each) => each.width === %d)".formatted(width));
      page.until("video.videoWidth === " + width);
    }
    double at = page.number("video.currentTime");
    page.until("video.currentTime > " + (at + 0.5));
    assertEquals("[]", page.text("JSON.stringify(wrong)"));
  }

  /** What hls.js reports of itself, in queries and in fields: that it runs empty, by a seek. */
  @Test
  void hlsJs_thatReports_isInTheLogAndTheMetrics() throws Exception {
    double before = told("reports_total");
    try (Browser browser = Browser.start(folder.resolve("reporting"))) {
      for (String by : List.of("query", "fields")) {
        double starved = told("starvations_total");
        Browser.Page page = browser.page();
        page.open(url("/page/hls.html?" + by + "#/v/film.mp4/index.m3u8"));
        page.until("video.currentTime > 0.5");
        page.value("video.currentTime = 9");
        page.until("!video.seeking && video.currentTime > 9.5");
        page.value("hls.destroy()");
        assertEquals("[]", page.text("JSON.stringify(wrong)"));
        String session = "sid=\\\"" + by + "\\\"";
        Path log = folder.resolve("access.log");
        List<String> lines =
            Files.readAllLines(log).stream().filter(line -> line.contains(session)).toList();
        assertTrue(
            lines.stream().anyMatch(line -> line.contains("bs,") && line.contains(",ot=v")),
            lines::toString);
        assertEquals(by.equals("query"), lines.getFirst().contains("CMCD="), lines::toString);
        assertTrue(told("starvations_total") > starved, () -> lines + " do not count");
      }
    }
    assertTrue(told("reports_total") >= before + 10);
    double buffered = told("buffer_seconds_sum") / told("buffer_seconds_count");
    assertTrue(buffered >= 0 && buffered < 12, buffered + " s");
    // The average of the variant, as its playlist has it.
    assertEquals(139_000, told("bitrate_sum") / told("bitrate_count"), 10_000);
  }

  private static double told(String of) throws Exception {
    return darban.metric("darban_player_" + of, "service=\"media/films\"");
  }

  private static Browser.Page watch(Browser browser, String path) throws Exception {
    Browser.Page page = browser.page();
    page.open(url("/page/hls.html#" + path));
    return page;
  }
}
