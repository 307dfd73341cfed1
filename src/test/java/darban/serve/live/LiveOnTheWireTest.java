package darban.serve.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.testkit.Await;
import darban.testkit.Bench;
import darban.testkit.Guard;
import darban.testkit.RawClient;
import darban.testkit.RawClient.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Files of a live stream by their names: uploads, aborts, restarts, rivals. */
@ExtendWith(Guard.class)
class LiveOnTheWireTest {
  private Bench bench;

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
                  - { match: { path: "/mine/*" }, live: mine }
                  - { match: { path: "/long/*" }, live: long }
            live:
              open: { ingest: anyone, takeover: 1s, memory: 1MB, segment: 500ms }
              long: { ingest: anyone, memory: 1MB, disk: { path: spool, size: 3MB } }
              mine: { ingest: { users: [ cam ] } }
            users: [ { name: cam, password: salam }, { name: other, password: salam } ]
            log: { access: off }
            """);
  }

  @AfterEach
  void stop() throws Exception {
    bench.close();
  }

  private static String head(String method, String path, String... fields) {
    StringBuilder head = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: h\r\n");
    for (String field : fields) {
      head.append(field).append("\r\n");
    }
    return head.append("\r\n").toString();
  }

  private Answer ask(String head) throws IOException {
    try (RawClient client = bench.client()) {
      return client.send(head).answerTo(head.substring(0, head.indexOf(' ')));
    }
  }

  private Answer get(String path, String... fields) throws IOException {
    return ask(head("GET", path, fields));
  }

  private Answer put(String path, String body, String... fields) throws IOException {
    String head = head("PUT", path, fields);
    try (RawClient client = bench.client()) {
      return client
          .send(head.substring(0, head.length() - 2) + "Content-Length: " + body.length())
          .send("\r\n\r\n" + body)
          .answer();
    }
  }

  /** An upload that goes on. */
  private RawClient begin(String path, String body) throws IOException {
    return bench.client().send(head("PUT", path, "Transfer-Encoding: chunked")).send(chunk(body));
  }

  private static String chunk(String body) {
    return Integer.toHexString(body.length()) + "\r\n" + body + "\r\n";
  }

  private static String readUntil(RawClient client, String text) throws IOException {
    StringBuilder read = new StringBuilder();
    while (read.indexOf(text) < 0) {
      read.append(client.read(1));
    }
    return read.toString();
  }

  @Test
  void stream_hasAPage_whileItIsThere() throws Exception {
    assertEquals(404, get("/live/cam/").status());
    put("/live/cam/seg1.m4s", "first");
    assertEquals("/live/cam/?a=b", get("/live/cam?a=b").field("Location"));
    Answer page = get("/live/cam/", "Accept-Language: fa");
    assertEquals(200, page.status());
    assertTrue(page.body().contains("data-hls=\"index.m3u8\""), page.body());
    assertTrue(page.body().contains("src=\"../~page/hls.js?"), page.body());
    assertNull(page.field("Access-Control-Allow-Origin"));
    assertEquals(200, get("/live/~page/player.js").status());
    assertEquals(403, put("/live/~page/player.js", "mine").status());
  }

  @Test
  void segment_whileItIsUploaded_isRead() throws Exception {
    try (RawClient publisher = begin("/live/cam/seg1.m4s", "first");
        RawClient viewer = bench.client()) {
      awaitFile("/live/cam/seg1.m4s");
      viewer.send(head("GET", "/live/cam/seg1.m4s", "Connection: close"));
      String begun = readUntil(viewer, "first");
      assertTrue(begun.contains("Transfer-Encoding: chunked"), begun);
      publisher.send(chunk("second"));
      readUntil(viewer, "second");
      publisher.send("0\r\n\r\n");
      assertEquals(201, publisher.answer().status());
      assertTrue(viewer.readsLastChunk());
    }
    Answer whole = get("/live/cam/seg1.m4s");
    assertEquals("firstsecond", whole.body());
    assertEquals("video/iso.segment", whole.field("Content-Type"));
    Answer part = get("/live/cam/seg1.m4s", "Range: bytes=3-6");
    assertEquals(206, part.status());
    assertEquals("stse", part.body());
    assertEquals(304, get("/live/cam/seg1.m4s", "If-None-Match: " + whole.field("ETag")).status());
  }

  @Test
  void upload_aborted_readersSeeABrokenBody_itsNameIsGone() throws Exception {
    try (RawClient publisher = begin("/live/cam/seg1.m4s", "some");
        RawClient viewer = bench.client()) {
      awaitFile("/live/cam/seg1.m4s");
      viewer.send(head("GET", "/live/cam/seg1.m4s", "Connection: close"));
      readUntil(viewer, "some");
      publisher.reset();
      assertFalse(viewer.readsLastChunk());
    }
    Await.until(
        Duration.ofSeconds(10),
        () -> get("/live/cam/seg1.m4s").status() == 404,
        () -> "it is found still");
  }

  private void awaitFile(String path) throws Exception {
    Await.until(
        Duration.ofSeconds(10), () -> ask(head("HEAD", path)).status() == 200, () -> "no " + path);
  }

  @Test
  void manifest_uploadedAgain_isTheOldOneUntilItIsComplete() throws Exception {
    assertEquals(201, put("/live/cam/live.m3u8", "old").status());
    try (RawClient publisher = begin("/live/cam/live.m3u8", "ne")) {
      assertEquals("old", get("/live/cam/live.m3u8").body());
      publisher.send(chunk("w")).send("0\r\n\r\n");
      assertEquals(201, publisher.answer().status());
    }
    Answer now = get("/live/cam/live.m3u8");
    assertEquals("new", now.body());
    assertEquals("max-age=1", now.field("Cache-Control"));
  }

  /** As after a restart: players are back at once, their publisher takes a moment. */
  @Test
  void manifest_askedForBeforeItWasUploaded_isHeld() throws Exception {
    try (RawClient early = bench.client().send(head("GET", "/live/cam/live.mpd"))) {
      put("/live/cam/seg1.m4s", "one");
      try (RawClient late = bench.client().send(head("GET", "/live/cam/live.mpd"))) {
        assertEquals(404, get("/live/cam/poster.jpg").status());
        put("/live/cam/live.mpd", "now");
        assertEquals("now", early.answer().body());
        assertEquals("now", late.answer().body());
      }
    }
    // Not for longer than it may take.
    assertEquals(404, get("/live/cam/other.mpd").status());
  }

  private static final String MULTIVARIANT = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n";

  private void awaitLeads(String path, String location) throws Exception {
    Await.until(
        Duration.ofSeconds(10),
        () -> location.equals(get(path).field("Location")),
        () -> path + " does not lead to " + location);
  }

  /** As ffmpeg does it for HLS: what the page names leads to what there is. */
  @Test
  void filesOfTransportStreams_theMadeNamesLeadToThePublishersPlaylist() throws Exception {
    put("/live/cam/live0.ts", "one");
    put("/live/cam/live.m3u8", "#EXTM3U\n#EXTINF:2,\nlive0.ts\n");
    String page = get("/live/cam/").body();
    assertTrue(page.contains("data-hls=\"index.m3u8\""), page);
    try (RawClient held = bench.client().send(head("GET", "/live/cam/index.m3u8?a=b"))) {
      Answer moved = held.answer();
      assertEquals(307, moved.status());
      assertEquals("live.m3u8?a=b", moved.field("Location"));
      assertEquals("no-cache", moved.field("Cache-Control"));
    }
    assertEquals(404, get("/live/cam/index.mpd").status());
    assertFalse(get("/live/cam/").body().contains("index.mpd"), "a link that leads nowhere");
    put("/live/cam/my%20film.mpd", "<MPD/>");
    awaitLeads("/live/cam/index.mpd", "my%20film.mpd");
    assertTrue(get("/live/cam/").body().contains("href=\"index.mpd\""));
    assertEquals(204, ask(head("DELETE", "/live/cam/live.m3u8")).status());
    assertEquals(404, get("/live/cam/index.m3u8").status());
  }

  /** Its page cannot play it, and says so: it does not wait for what never comes. */
  @Test
  void filesOfDashOnly_thePageSaysIt() throws Exception {
    put("/live/cam/one.webm", "one");
    put("/live/cam/live.mpd", "<MPD/>");
    awaitLeads("/live/cam/index.mpd", "live.mpd");
    String page = get("/live/cam/").body();
    assertFalse(page.contains("index.m3u8"), page);
    assertTrue(page.contains("sends DASH only"), page);
    assertTrue(page.contains("href=\"index.mpd\""), page);
  }

  @Test
  void playlistsOfAPublisher_theMultivariantOneLeads_whenItIsThere() throws Exception {
    put("/live/cam/a0.ts", "one");
    put("/live/cam/b.m3u8", "#EXTM3U\n");
    put("/live/cam/a/v.m3u8", "#EXTM3U\n");
    awaitLeads("/live/cam/index.m3u8", "a/v.m3u8");
    put("/live/cam/z.m3u8", MULTIVARIANT + "a/v.m3u8\n");
    awaitLeads("/live/cam/index.m3u8", "z.m3u8");
    put("/live/cam/master.m3u8", MULTIVARIANT + "b.m3u8\n");
    put("/live/cam/c.m3u8", MULTIVARIANT + "b.m3u8\n");
    awaitLeads("/live/cam/index.m3u8", "master.m3u8");
  }

  @Test
  void playlistOfAPublisher_thatHasOurName_isServedAsItIs() throws Exception {
    put("/live/cam/live.m3u8", "#EXTM3U\n");
    awaitLeads("/live/cam/index.m3u8", "live.m3u8");
    put("/live/cam/index.m3u8", "its own");
    Answer own = get("/live/cam/index.m3u8");
    assertEquals(200, own.status());
    assertEquals("its own", own.body());
  }

  @Test
  void encoder_restarted_oldSegmentsAreGone_evenThoseNotYetUploadedAgain() throws Exception {
    for (int i = 1; i <= 5; i++) {
      put("/live/cam/live" + i + ".ts", "old" + i);
    }
    String before = get("/live/cam/live1.ts").field("ETag");
    assertEquals("old5", get("/live/cam/live5.ts").body());
    assertEquals(201, put("/live/cam/live1.ts", "new1").status());
    Answer now = get("/live/cam/live1.ts");
    assertEquals("new1", now.body());
    assertNotEquals(before, now.field("ETag"));
    assertEquals(404, get("/live/cam/live5.ts").status());
  }

  @Test
  void rival_whileAnotherPublishes_isRefused_andTakesOverWhenThatIsSilent() throws Exception {
    try (RawClient publisher = begin("/live/cam/seg1.m4s", "dead")) {
      awaitFile("/live/cam/seg1.m4s");
      assertEquals(409, put("/live/cam/seg1.m4s", "rival").status());
      Await.until(
          Duration.ofSeconds(10),
          () -> put("/live/cam/seg1.m4s", "rival").status() == 201,
          () -> "the silent one holds the name");
      assertEquals("rival", get("/live/cam/seg1.m4s").body());
      publisher.send(chunk("late"));
      assertEquals(409, publisher.answer().status());
    }
    assertEquals("rival", get("/live/cam/seg1.m4s").body());
  }

  @Test
  void nextSegment_askedForEarly_isHeldUntilItBegins() throws Exception {
    put("/live/cam/seg1.m4s", "one");
    try (RawClient viewer = bench.client().send(head("GET", "/live/cam/seg2.m4s"))) {
      assertEquals(404, get("/live/cam/seg3.m4s").status());
      put("/live/cam/seg2.m4s", "two");
      assertEquals("two", viewer.answer().body());
    }
  }

  @Test
  void ring_overItsMemory_letsTheOldestGo() throws Exception {
    String quarter = "x".repeat(250_000);
    for (int i = 1; i <= 6; i++) {
      assertEquals(201, put("/live/cam/seg" + i + ".m4s", quarter).status());
    }
    assertEquals(404, get("/live/cam/seg1.m4s").status());
    assertEquals(quarter, get("/live/cam/seg6.m4s").body());
    assertEquals(413, put("/live/cam/seg7.m4s", "x".repeat(1_100_000)).status());
  }

  @Test
  void ring_withADisk_isAsLongAsThatHasRoom() throws Exception {
    String quarter = "x".repeat(249_999);
    for (int i = 1; i <= 20; i++) {
      int before = i;
      Await.until(
          Duration.ofSeconds(10),
          () -> bytesInMemory() < 600_000,
          () -> "not on disk after " + before + ": " + bytesInMemory());
      assertEquals(201, put("/long/cam/seg" + i + ".m4s", i % 10 + quarter).status());
    }
    Await.until(
        Duration.ofSeconds(10),
        () -> get("/long/cam/seg4.m4s").status() == 404,
        () -> "the disk has more than it may");
    assertEquals("0" + quarter, get("/long/cam/seg10.m4s").body());
    assertEquals("0" + quarter, get("/long/cam/seg20.m4s").body());
    assertEquals("0xx", get("/long/cam/seg10.m4s", "Range: bytes=0-2").body());
    try (var left = Files.list(bench.folder().resolve("spool"))) {
      assertEquals(0, left.count());
    }
  }

  private double bytesInMemory() {
    Matcher found =
        Pattern.compile("(?m)^darban_live_bytes\\{hub=\"long\".*} (\\S+)$")
            .matcher(bench.gateway().metrics());
    return found.find() ? Double.parseDouble(found.group(1)) : 0;
  }

  @Test
  void delete_removesAFile() throws Exception {
    put("/live/cam/seg1.m4s", "one");
    assertEquals(204, ask(head("DELETE", "/live/cam/seg1.m4s")).status());
    assertEquals(404, get("/live/cam/seg1.m4s").status());
    assertEquals(404, ask(head("DELETE", "/live/cam/seg1.m4s")).status());
  }

  @Test
  void pagesOfAnySite_mayReadAnswers_refusalsToo() throws Exception {
    assertEquals("*", get("/live/nobody/x.m4s").field("Access-Control-Allow-Origin"));
    put("/live/cam/seg1.m4s", "one");
    assertEquals("*", get("/live/cam/seg1.m4s").field("Access-Control-Allow-Origin"));
    Answer preflight = ask(head("OPTIONS", "/live/cam/seg1.m4s"));
    assertEquals(204, preflight.status());
    assertNotNull(preflight.field("Access-Control-Allow-Methods"));
    assertEquals("*", preflight.field("Access-Control-Allow-Origin"));
  }

  private static String basic(String user) {
    byte[] credential = (user + ":salam").getBytes(java.nio.charset.StandardCharsets.UTF_8);
    return "Authorization: Basic " + Base64.getEncoder().encodeToString(credential);
  }

  @Test
  void publisher_mustBeOneOfThoseNamed() throws Exception {
    Answer nobody = put("/mine/cam/a.ts", "one");
    assertEquals(401, nobody.status());
    assertTrue(String.valueOf(nobody.field("WWW-Authenticate")).startsWith("Basic "));
    assertEquals(403, put("/mine/cam/a.ts", "one", basic("other")).status());
    assertEquals(404, get("/mine/cam/a.ts").status());
    assertEquals(201, put("/mine/cam/a.ts", "one", basic("cam")).status());
    assertEquals("one", get("/mine/cam/a.ts").body());
    assertEquals(401, ask(head("DELETE", "/mine/cam/a.ts")).status());
  }

  @Test
  void names_ofOurs_orOfNothing_areNotTaken() throws Exception {
    assertEquals(403, put("/live/cam/~/x/index.m3u8", "mine").status());
    assertEquals(403, put("/live/cam/", "mine").status());
    assertEquals(400, put("/live/cam/a.ts", "m", "Content-Range: bytes 0-0/9").status());
    assertEquals(404, get("/live/cam/~/x/index.m3u8").status());
    assertEquals(404, get("/live/other/index.m3u8").status());
  }
}
