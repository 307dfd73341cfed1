package darban.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.testkit.Await;
import darban.testkit.DarbanProcess;
import darban.testkit.NginxOrigin;
import darban.testkit.Peers;
import darban.testkit.Ports;
import darban.testkit.Program;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Players on a film of nginx's behind the gateway: whole, and from its middle on. */
class C06PlayersIT {
  private static final int FRAMES_A_SECOND = 25;
  private static final int SECONDS = 30;

  @TempDir static Path folder;
  private static final List<AutoCloseable> OPEN = new ArrayList<>();
  private static final int ORIGIN = Ports.free();

  @SuppressWarnings("NullAway.Init")
  private static NginxOrigin nginx;

  @SuppressWarnings("NullAway.Init")
  private static DarbanProcess darban;

  @BeforeAll
  static void start() throws Exception {
    film();
    nginx = NginxOrigin.start(folder, "server { listen 127.0.0.1:" + ORIGIN + "; }", ORIGIN);
    OPEN.add(nginx);
    darban =
        DarbanProcess.start(
            folder,
            """
            listeners:
              plain: { address: "127.0.0.1:0" }
              web: { address: "127.0.0.1:0", protocols: [h1, h2, h3], tls: internal }
            sites:
              "*":
                routes:
                  - { match: { path: "/files/*" }, files: { root: www } }
                  - { service: films }
            services: { films: { servers: [ "http://127.0.0.1:%d" ] } }
            log: { access: off }
            """
                .formatted(ORIGIN));
    OPEN.add(darban);
  }

  /** A film whose index is at its end, and the same in pieces of two seconds. */
  private static void film() throws Exception {
    Path www = Files.createDirectories(folder.resolve("www/hls"));
    String ffmpeg = Peers.find("ffmpeg", "ffmpeg");
    Program.of(
            (ffmpeg
                    + " -v error -nostdin -f lavfi -i testsrc2=size=320x180:rate=25:duration=30"
                    + " -f lavfi -i sine=frequency=440:duration=30 -c:v libx264 -preset ultrafast"
                    + " -g 50 -pix_fmt yuv420p -c:a aac -b:a 64k ../film.mp4")
                .split(" "))
        .in(www)
        .run()
        .good();
    Program.of(
            (ffmpeg
                    + " -v error -nostdin -i ../film.mp4 -c copy -f hls -hls_time 2"
                    + " -hls_playlist_type vod index.m3u8")
                .split(" "))
        .in(www)
        .run()
        .good();
  }

  @AfterAll
  static void end() throws Exception {
    for (AutoCloseable each : OPEN.reversed()) {
      each.close();
    }
  }

  private static String url(String listener, String path) throws Exception {
    String scheme = listener.equals("web") ? "https" : "http";
    return scheme + "://127.0.0.1:" + darban.port(listener) + path;
  }

  /** How many frames ffmpeg decodes of a film. */
  private static int frames(String url, String... before) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Peers.find("ffmpeg", "ffmpeg"));
    command.addAll(List.of("-v", "error", "-nostdin"));
    if (url.startsWith("https")) {
      command.addAll(List.of("-tls_verify", "1", "-ca_file", "certs/ca.pem"));
    }
    command.addAll(List.of(before));
    command.addAll(List.of("-i", url, "-progress", "-", "-f", "null", "-"));
    Program.Result result = Program.of(command).in(folder).run().good();
    assertEquals("", result.err());
    Matcher frames = Pattern.compile("(?m)^frame=(\\d+)$").matcher(result.out());
    int last = 0;
    while (frames.find()) {
      last = Integer.parseInt(frames.group(1));
    }
    return last;
  }

  @ParameterizedTest
  @CsvSource({
    "plain, /film.mp4",
    "web, /film.mp4",
    "plain, /files/film.mp4",
    "web, /files/film.mp4",
    "plain, /hls/index.m3u8",
    "web, /hls/index.m3u8",
    "web, /files/hls/index.m3u8",
  })
  void ffmpeg_aFilm_decodesAllAndFromItsMiddle(String listener, String path) throws Exception {
    String url = url(listener, path);
    assertEquals(SECONDS * FRAMES_A_SECOND, frames(url));
    assertEquals(2 * FRAMES_A_SECOND, frames(url, "-ss", "21", "-t", "2"));
  }

  @Test
  void ffmpeg_fromTheMiddle_asksForRangesOnly() throws Exception {
    int before = nginx.accessLog().size();
    frames(url("plain", "/film.mp4"), "-ss", "21", "-t", "1");
    List<String> asked = asked(before, "\" 206 ");
    assertTrue(asked.stream().allMatch(line -> line.contains("\" 206 ")), asked::toString);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/film.mp4", "/hls/index.m3u8"})
  void mpv_fromTheMiddle_plays(String path) throws Exception {
    Program.Result result =
        Program.of(
                Peers.find("mpv", "mpv"),
                "--no-config",
                "--vo=null",
                "--ao=null",
                "--untimed",
                "--tls-verify=yes",
                "--tls-ca-file=certs/ca.pem",
                "--start=21",
                "--length=2",
                "--term-status-msg=at ${=time-pos} of ${=duration}",
                url("web", path))
            .in(folder)
            .run();
    assertEquals(0, result.status(), result::toString);
    assertTrue(result.err().matches("(?s).*at 22\\.[0-9]+ of (30|29\\.9).*"), result::toString);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/film.mp4", "/hls/index.m3u8"})
  void vlc_fromTheMiddle_plays(String path) throws Exception {
    List<String> command = new ArrayList<>();
    if (Peers.isRoot()) {
      // VLC refuses to run as root.
      command.addAll(List.of(Peers.find("runuser", "util-linux"), "-u", "nobody", "--"));
    }
    command.addAll(List.of("env", "HOME=/tmp", Peers.find("cvlc", "vlc-bin vlc-plugin-base")));
    command.addAll(List.of("-I", "dummy", "--vout", "dummy", "--aout", "dummy", "--play-and-exit"));
    command.addAll(List.of("--start-time=21", "--run-time=2", "-v", url("plain", path)));
    int before = nginx.accessLog().size();
    Program.of(command).run().good();
    asked(before, (path.endsWith("mp4") ? "\" 206 " : "index1[0-4].ts HTTP/1.1\" 200 ") + ".*VLC");
  }

  /** Waits for a request whose line in nginx's log has {@code pattern}; all lines since then. */
  private static List<String> asked(int since, String pattern) throws Exception {
    Pattern wanted = Pattern.compile(pattern);
    Await.until(
        Duration.ofSeconds(10),
        () -> nginx.accessLog().stream().skip(since).anyMatch(it -> wanted.matcher(it).find()),
        () -> pattern + " is not among " + nginx.accessLog());
    return nginx.accessLog().stream().skip(since).toList();
  }
}
