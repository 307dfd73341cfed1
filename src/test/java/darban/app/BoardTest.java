package darban.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.testkit.Await;
import darban.testkit.Guard;
import darban.testkit.RawClient;
import darban.testkit.ScriptedOrigin;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The board for Grafana asks only for what a running gateway tells. */
@ExtendWith(Guard.class)
class BoardTest {
  private static final Path BOARD = Path.of("conf/grafana/darban.json");
  private static final Pattern SELECTOR = Pattern.compile("([a-z][a-z0-9_]*)\\{([^}]*)}");
  private static final Pattern GROUPING = Pattern.compile("\\bby \\(([^)]*)\\)");

  private static final String PLAYLIST = "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\ns1.ts\n";

  @TempDir Path folder;

  /** A series that the board asks for: its name and the labels it must have. */
  private record Asked(String metric, Set<String> labels) {
    boolean isTold(String metrics) {
      Matcher line =
          Pattern.compile("(?m)^" + Pattern.quote(metric) + "(\\{[^\n]*})? \\S+$").matcher(metrics);
      while (line.find()) {
        String told = line.group(1) == null ? "" : line.group(1);
        if (labels.stream().allMatch(label -> told.matches(".*[{,]" + label + "=\".*"))) {
          return true;
        }
      }
      return false;
    }
  }

  private static List<String> expressions(JsonObject board) {
    List<String> all = new ArrayList<>();
    for (Object panel : board.getJsonArray("panels")) {
      for (Object target :
          ((JsonObject) panel).getJsonArray("targets", new io.vertx.core.json.JsonArray())) {
        all.add(((JsonObject) target).getString("expr"));
      }
    }
    return all;
  }

  private static Set<String> words(String list, String pattern) {
    return Pattern.compile(pattern)
        .matcher(list)
        .results()
        .map(MatchResult::group)
        // Prometheus adds it.
        .filter(label -> !label.equals("instance"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static List<Asked> asked(String expression) {
    Set<String> grouped = new TreeSet<>();
    GROUPING
        .matcher(expression)
        .results()
        .forEach(by -> grouped.addAll(words(by.group(1), "\\w+")));
    List<Asked> all = new ArrayList<>();
    for (MatchResult selector : SELECTOR.matcher(expression).results().toList()) {
      Set<String> labels = new TreeSet<>(grouped);
      labels.addAll(words(selector.group(2), "\\w+(?==)"));
      all.add(new Asked(selector.group(1), labels));
    }
    assertTrue(!all.isEmpty(), expression);
    return all;
  }

  @Test
  void board_eachSeriesAndLabel_isTold() throws Exception {
    JsonObject board = new JsonObject(Files.readString(BOARD));
    List<String> rows =
        board.getJsonArray("panels").stream()
            .map(JsonObject.class::cast)
            .filter(panel -> panel.getString("type").equals("row"))
            .map(panel -> panel.getString("title"))
            .toList();
    assertEquals(
        List.of(
            "Requests",
            "Errors",
            "Latency",
            "Connections",
            "Tunnels",
            "Loops",
            "Memory",
            "Live",
            "Edge",
            "Films",
            "Players",
            "Radio"),
        rows);
    List<Asked> all =
        expressions(board).stream().flatMap(expression -> asked(expression).stream()).toList();
    String type = "Content-Type: application/vnd.apple.mpegurl\r\n";
    String length = "Content-Length: " + PLAYLIST.length() + "\r\n\r\n";
    try (ScriptedOrigin origin =
            new ScriptedOrigin().answering("HTTP/1.1 200 OK\r\n" + type + length + PLAYLIST);
        TestGateway gateway = TestGateway.start(folder, yaml(origin.port()))) {
      use(gateway, origin.port());
      watchAnothers(gateway);
      // Pauses are told of once there was one.
      System.gc();
      Await.until(
          Duration.ofSeconds(10),
          () -> all.stream().allMatch(each -> each.isTold(gateway.metrics())),
          () -> all.stream().filter(each -> !each.isTold(gateway.metrics())).toList().toString());
    }
  }

  private static String yaml(int port) {
    return """
    listeners:
      plain: { address: "127.0.0.1:0" }
      web: { address: "127.0.0.1:0", tls: internal }
      proxy: { address: "127.0.0.1:0", mode: forward }
    forward: { private-addresses: allow }
    sites:
      "*":
        routes:
          - { match: { path: "/live/*" }, live: cams }
          - { match: { path: "/radio/*" }, radio: main }
          - { match: { path: "/films/*" }, media: films }
          - { match: { path: "/edge/*" }, service: origin, cache: { live-edge: on } }
          - { service: origin }
    services: { origin: { servers: [ "http://127.0.0.1:%1$d" ] } }
    live: { cams: { ingest: anyone } }
    media: { films: { root: "http://127.0.0.1:%1$d/" } }
    radio: { main: { sources: anyone, grace: 1m } }
    cache: { memory: 16MB, disk: off }
    log: { access: { file: access.log } }
    """
        .formatted(port);
  }

  /** One of each: answered, refused, tunnelled. */
  private static void use(TestGateway gateway, int origin) throws Exception {
    try (RawClient client = RawClient.connect(gateway.port("plain"))) {
      String report = "?CMCD=bl%3D9%2Cbr%3D9%2Cbs%2Cmsd%3D9";
      String get = "GET /" + report + " HTTP/1.1\r\nHost: a.example\r\n\r\n";
      assertEquals(200, client.send(get).answer().status());
      String put = "PUT /radio/a.mp3 HTTP/1.1\r\nHost: a.example\r\nContent-Length: 1\r\n\r\na";
      assertEquals(200, client.send(put).answer().status());
    }
    try (RawClient client = RawClient.connect(gateway.port("plain"))) {
      assertEquals(400, client.send("GET / HTTP/1.1\r\n\r\n").answer().status());
    }
    watch(gateway);
    try (RawClient client = RawClient.connect(gateway.port("plain"))) {
      String get = "GET /films/a.mp4 HTTP/1.1\r\nHost: a.example\r\n\r\n";
      assertEquals(200, client.send(get).answer().status());
    }
    try (RawClient client = RawClient.connect(gateway.port("proxy"))) {
      String authority = "127.0.0.1:" + origin;
      client.send("CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n\r\n");
      assertEquals(200, client.answerTo("CONNECT").status());
    }
  }

  /** A live stream of another, and two who watch it; one request reaches the origin. */
  private static void watchAnothers(TestGateway gateway) throws Exception {
    for (String player : List.of("one", "other")) {
      try (RawClient viewer = RawClient.connect(gateway.port("plain"))) {
        String head =
            "GET /edge/yard/i.m3u8?_HLS_msn=1 HTTP/1.1\r\nHost: a.example\r\nUser-Agent: ";
        assertEquals(PLAYLIST, viewer.send(head + player + "\r\n\r\n").answer().body());
      }
    }
    String labels = "{service=\"origin\",stream=\"/edge/yard\"} ";
    Map<String, Double> figures =
        Map.of(
            "viewers", 2.0,
            "requests", 2.0,
            "fetches", 1.0,
            "held_requests", 2.0,
            "sent_bytes", 2.0 * PLAYLIST.length(),
            "received_bytes", 1.0 * PLAYLIST.length(),
            "offload_ratio", 0.5);
    for (Map.Entry<String, Double> each : figures.entrySet()) {
      String line = "darban_edge_" + each.getKey() + labels + each.getValue() + "\n";
      Await.until(Duration.ofSeconds(10), () -> gateway.metrics().contains(line), gateway::metrics);
    }
  }

  /** A live stream, and somebody who waits for its bytes. */
  private static void watch(TestGateway gateway) throws Exception {
    try (RawClient publisher = RawClient.connect(gateway.port("plain"));
        RawClient viewer = RawClient.connect(gateway.port("plain"))) {
      publisher.send("PUT /live/cam/1.ts HTTP/1.1\r\nHost: a.example\r\nContent-Length: 9\r\n\r\n");
      Await.until(
          Duration.ofSeconds(10),
          () ->
              viewer
                      .send("HEAD /live/cam/1.ts HTTP/1.1\r\nHost: a.example\r\n\r\n")
                      .answerTo("HEAD")
                      .status()
                  == 200,
          () -> "nobody publishes");
      viewer.send("GET /live/cam/1.ts HTTP/1.1\r\nHost: a.example\r\n\r\n");
      publisher.send("some");
      Await.until(
          Duration.ofSeconds(10),
          () -> gateway.metrics().contains("darban_live_sent_bytes{hub=\"cams\",stream=\"cam\"} 4"),
          gateway::metrics);
      publisher.send("bytes");
      assertEquals("somebytes", viewer.answer().body());
    }
  }
}
