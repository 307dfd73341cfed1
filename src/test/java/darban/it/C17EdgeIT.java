package darban.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.testkit.Await;
import darban.testkit.Browser;
import darban.testkit.DarbanProcess;
import darban.testkit.Films;
import darban.testkit.Peers;
import darban.testkit.Ports;
import darban.testkit.Program;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An edge in front of a live origin that ffmpeg publishes to: players with signed links, a herd.
 */
class C17EdgeIT {
  private static final String KEY = "k1=0123456789abcdef0123456789abcdef";
  private static final int HERD = 40;
  private static final int FAR = Ports.free();

  @TempDir static Path folder;

  @SuppressWarnings("NullAway.Init")
  private static DarbanProcess origin;

  @SuppressWarnings("NullAway.Init")
  private static DarbanProcess edge;

  @SuppressWarnings("NullAway.Init")
  private static Program ffmpeg;

  /** By HTTP/1.1: an offer to go on by HTTP/2 is for the origin alone. */
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @BeforeAll
  static void start() throws Exception {
    Path behind = Files.createDirectory(folder.resolve("origin"));
    Path before = Files.createDirectory(folder.resolve("edge"));
    origin =
        DarbanProcess.start(
            behind,
            """
            listeners: { plain: { address: "127.0.0.1:0" } }
            sites: { "*": { routes: [ { match: { path: "/live/*" }, live: cams } ] } }
            live: { cams: { ingest: anyone, segment: 1s, part: 200ms } }
            log: { access: { file: access.log } }
            """);
    film(before);
    edge = DarbanProcess.start(before, yaml("near", "far"));
    ffmpeg = publish("yard", "herd", "show");
    for (String stream : List.of("yard", "herd", "show")) {
      Await.until(
          Duration.ofSeconds(60),
          () -> get(origin, "/live/" + stream + "/~/video/index.m3u8").contains("PRELOAD-HINT"),
          ffmpeg::output);
    }
  }

  /** The edge, which also has a film on two pathways, that lead to two listeners. */
  private static String yaml(String... pathways) {
    return """
    listeners:
      plain: { address: "127.0.0.1:0" }
      far: { address: "127.0.0.1:%1$d" }
    sites:
      "*":
        routes:
          - match: { path: "/ways/*" }
            media: films
            manifests: { steering: { server: /steering, pathways: { near: /, far: "http://127.0.0.1:%1$d" } } }
          - { match: { path: /steering }, steering: { pathways: [ %2$s ], ttl: 1s } }
          - { match: { path: "/page/*" }, files: { root: page } }
          - match: { path: "/live/herd/*" }
            service: origin
            cache: { live-edge: { no-cache: replace } }
          - match: { path: "/live/show/*" }
            service: origin
            cache: { live-edge: on }
            player: { folder: index.m3u8 }
          - service: origin
            cors: on
            signed-urls: { keys: { k1: 0123456789abcdef0123456789abcdef } }
            cache: { live-edge: on }
            manifests: { max-height: 500 }
    services:
      origin: { servers: [ "http://127.0.0.1:%3$d" ], timeouts: { response: 1s } }
    media: { films: { root: films, browse: true } }
    cache: { memory: 64MB, disk: off }
    log: { access: off }
    """
        .formatted(FAR, String.join(", ", pathways), port(origin));
  }

  private static void film(Path edge) throws Exception {
    Path films = Files.createDirectory(edge.resolve("films"));
    String looped = "-stream_loop 9 -i " + Films.plain() + " -c copy";
    Files.copy(Films.make("looped.mp4", looped), films.resolve("film.mp4"));
    Files.writeString(
        Files.createDirectory(edge.resolve("page")).resolve("hls.html"),
        """
        <!DOCTYPE html><video muted></video><script src="/ways/~page/hls.js"></script><script>
        const video = document.querySelector('video'), hls = new Hls({ maxBufferLength: 6, maxMaxBufferLength: 6 });
        hls.loadSource('/ways/film.mp4/index.m3u8'); hls.attachMedia(video); video.play();
        const from = (port) => performance.getEntriesByType('resource')
          .filter((e) => e.name.includes(':' + port + '/') && e.name.endsWith('.m4s')).length;
        </script>\
        """);
  }

  @AfterAll
  static void end() {
    HTTP.close();
    ffmpeg.close();
    edge.close();
    origin.close();
  }

  /** One picture to two streams, so that one encoder does for all. */
  private static Program publish(String... streams) throws Exception {
    List<String> words = new ArrayList<>();
    words.add(Peers.find("ffmpeg", "ffmpeg"));
    String arguments =
        "-v error -nostdin -re -f lavfi -i testsrc2=size=160x120:rate=25 -t 120 -c:v libx264"
            + " -preset ultrafast -tune zerolatency -flags +global_header -pix_fmt yuv420p -b:v 100k -g 25"
            + " -keyint_min 25 -sc_threshold 0 -map 0:v -f tee";
    words.addAll(Arrays.asList(arguments.split(" ")));
    words.add(
        Arrays.stream(streams)
            .map(each ->
                "[f=mp4:movflags=+frag_keyframe+empty_moov+default_base_moof"
                    + ":frag_duration=200000:method=POST]http://127.0.0.1:"
                    + port(origin)
                    + "/live/"
                    + each
                    + "/video.cmfv")
            .collect(Collectors.joining("|")));
    return Program.of(words).in(folder).start();
  }

  private static int port(DarbanProcess of) {
    try {
      return of.port("plain");
    } catch (InterruptedException stopped) {
      throw new IllegalStateException(stopped);
    }
  }

  private static String get(DarbanProcess from, String path) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port(from) + path))
            .timeout(Duration.ofSeconds(20))
            .build();
    return HTTP.send(request, BodyHandlers.ofString(StandardCharsets.ISO_8859_1)).body();
  }

  private static String signed(String path, String... options) throws Exception {
    List<String> words = new ArrayList<>(List.of("sign", "http://127.0.0.1:" + port(edge) + path));
    words.addAll(List.of("--key", KEY, "--below", "/live/yard/"));
    words.addAll(List.of(options));
    List<String> command = DarbanProcess.command(folder, List.of(), words.toArray(String[]::new));
    return Program.of(command).in(folder).run().good().out().strip();
  }

  private static String frames(String url) throws Exception {
    String arguments =
        " -v error -select_streams v:0 -count_packets -read_intervals %+2"
            + " -show_entries stream=codec_name,nb_read_packets -of csv=p=0 ";
    return Program.of((Peers.find("ffprobe", "ffmpeg") + arguments + url).split(" "))
        .in(folder)
        .run()
        .good()
        .out()
        .strip();
  }

  private static String asked() throws Exception {
    return Files.readString(folder.resolve("origin").resolve("access.log"));
  }

  // Players

  @ParameterizedTest
  @ValueSource(strings = {"/live/yard/index.m3u8", "/live/yard/index.mpd"})
  void ffprobe_withASignedLink_plays_andTheOriginSeesNoToken(String path) throws Exception {
    for (String url : List.of(signed(path), signed(path, "--in-path", "/live"))) {
      String frames = frames(url);
      assertTrue(
          frames.matches("(?s)h264,(4[5-9]|[5-9][0-9]|[1-9][0-9]{2,}).*"), url + ": " + frames);
    }
    assertTrue(get(edge, path).contains("a signed link is needed"));
    assertTrue(asked().contains(path));
    assertFalse(asked().contains("token="), "the origin saw a token");
  }

  @Test
  void hlsJs_steeredElsewhere_goesOnThere() throws Exception {
    try (Browser browser = Browser.start(folder.resolve("browser"))) {
      Browser.Page page = browser.page();
      page.open("http://127.0.0.1:" + port(edge) + "/page/hls.html");
      page.until("video.currentTime > 1");
      assertEquals(0, page.number("from(" + FAR + ")"));
      Files.writeString(folder.resolve("edge/darban.yaml"), yaml("far", "near"));
      edge.program().signal("HUP");
      page.until("from(" + FAR + ") >= 4");
      double near = page.number("from(" + port(edge) + ")");
      double time = page.number("video.currentTime");
      page.until("video.currentTime > " + (time + 1));
      assertEquals(near, page.number("from(" + port(edge) + ")"));
      assertEquals(0, page.number("Number(video.error !== null)"));
    }
  }

  /** A folder of the origin, and the playlist in it. */
  @ParameterizedTest
  @ValueSource(strings = {"/live/show/", "/live/show/index.m3u8", "/live/show/index.m3u8?lang=fa"})
  void browser_thatGoesToAStream_isShownIt_whileItsScriptGetsThePlaylist(String path)
      throws Exception {
    try (Browser browser = Browser.start(folder.resolve("watching"))) {
      Browser.Page page = browser.page();
      page.open("http://127.0.0.1:" + port(edge) + path);
      page.until("document.querySelector('video').currentTime > 1");
      assertEquals("show", page.text("document.title"));
      String words = path.endsWith("fa") ? "rtl" : "ltr";
      assertEquals(words, page.text("document.documentElement.dir"));
      String playlist = page.text("fetch('index.m3u8').then((answer) => answer.text())");
      assertTrue(playlist.startsWith("#EXTM3U"), playlist);
      assertEquals(0, page.number("Number(document.querySelector('b.live').hidden)"));
    }
  }

  // A herd of low-latency players

  /** What one player got of each state of the playlist, and of each part. */
  private record Seen(List<String> playlists, Map<String, String> parts) {}

  private static Seen play(String playlist, int states) throws Exception {
    Seen seen = new Seen(new ArrayList<>(), new java.util.HashMap<>());
    String text = get(edge, playlist);
    for (int i = 0; i < states; i++) {
      Matcher hint = Pattern.compile("PRELOAD-HINT:TYPE=PART,URI=\"([^\"]+)\"").matcher(text);
      assertTrue(hint.find(), text);
      String next = next(text);
      text = get(edge, playlist + next);
      assertTrue(text.contains("#EXTM3U"), next + ": " + text);
      seen.playlists.add(next);
      List<String> parts =
          Pattern.compile("EXT-X-PART:[^\n]*URI=\"([^\"]+)\"")
              .matcher(text)
              .results()
              .map((MatchResult found) -> found.group(1))
              .toList();
      String part = playlist.substring(0, playlist.lastIndexOf('/') + 1) + parts.getLast();
      seen.parts.put(part, Integer.toHexString(get(edge, part).hashCode()));
    }
    return seen;
  }

  /** The state after the one that a playlist is in (RFC 8216bis §6.2.5.2). */
  private static String next(String text) {
    int first = Integer.parseInt(group(text, "MEDIA-SEQUENCE:(\\d+)"));
    int segments = (int) Pattern.compile("#EXTINF").matcher(text).results().count();
    String open = text.substring(Math.max(0, text.lastIndexOf("#EXTINF")));
    int parts = (int) Pattern.compile("#EXT-X-PART:").matcher(open).results().count();
    return "?_HLS_msn=" + (first + segments) + "&_HLS_part=" + parts;
  }

  private static String group(String text, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    assertTrue(matcher.find(), text);
    return matcher.group(1);
  }

  @Test
  void herd_costsTheOriginOneRequestForEachStateAndPart() throws Exception {
    String playlist = "/live/herd/~/video/index.m3u8";
    List<Seen> all = new ArrayList<>();
    try (ExecutorService herd = Executors.newFixedThreadPool(HERD)) {
      List<Future<Seen>> players = new ArrayList<>();
      for (int i = 0; i < HERD; i++) {
        players.add(herd.submit(() -> play(playlist, 15)));
      }
      for (Future<Seen> each : players) {
        all.add(each.get(60, TimeUnit.SECONDS));
      }
    }
    Map<String, String> parts = all.getFirst().parts();
    all.forEach(seen ->
        seen.parts()
            .forEach((part, hash) ->
                assertEquals(parts.getOrDefault(part, hash), hash, "other bytes of " + part)));
    Map<String, Long> asked =
        asked()
            .lines()
            .map(line -> group(line, "\"path\":\"([^\"]*)\""))
            .filter(path -> path.startsWith("/live/herd/~/"))
            .filter(path -> !path.equals(playlist))
            .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    long states = all.stream().flatMap(seen -> seen.playlists().stream()).distinct().count();
    assertTrue(states >= 15, states + " states");
    Map<String, Long> twice =
        asked.entrySet().stream()
            .filter(each -> each.getValue() > 1)
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    assertEquals(Map.of(), twice);
    assertTrue(
        asked.keySet().containsAll(parts.keySet()), () -> parts.keySet() + " of " + asked.keySet());
  }
}
