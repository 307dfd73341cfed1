package darban.serve.media;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.access.UrlKeys;
import darban.access.UrlToken;
import darban.base.Secret;
import darban.testkit.Bench;
import darban.testkit.Films;
import darban.testkit.Guard;
import darban.testkit.RawClient.Answer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A library as HTTP shows it to browsers and programs. */
@ExtendWith(Guard.OfClass.class)
class PagesOnTheWireTest {
  private static final String EVIL = "<b>\"x\"&'y'.mp4";
  private static final String EVIL_ADDRESS = "%3Cb%3E%22x%22%26%27y%27.mp4";
  private static final Pattern LINK = Pattern.compile("(?:href|src)=\"([^\"]+)\"");

  private static final String KEY = "0123456789abcdef0123456789abcdef";

  @TempDir static Path temp;

  @SuppressWarnings("NullAway.Init")
  private static Bench bench;

  @BeforeAll
  static void start() throws Exception {
    Path films = Files.createDirectories(temp.resolve("films"));
    Files.copy(Films.plain(), films.resolve("plain.mp4"));
    Files.copy(Films.plain(), films.resolve(EVIL));
    Files.writeString(films.resolve("plain.fa.srt"), "1\n00:00:01,000 --> 00:00:02,000\nسلام\n");
    Files.writeString(films.resolve("cut.mp4"), "this was a film once");
    Path season = Files.createDirectories(films.resolve("Series/Season 1.mkv"));
    for (int i = 1; i < 12; i++) {
      Files.writeString(season.resolve("Part " + i + ".webm"), "no film, but called like one");
    }
    Files.writeString(season.resolve("Part 1.jpg"), "a picture");
    Files.writeString(season.resolve("Part 2.en.vtt"), "WEBVTT\n\n00:01.000 --> 00:02.000\nhi\n");
    Path outside = Files.copy(Films.plain(), temp.resolve("outside.mp4"));
    Files.createSymbolicLink(films.resolve("link.mp4"), outside);
    Files.createDirectory(films.resolve(".hidden"));
    bench =
        Bench.yaml(
            """
            listeners: { plain: { address: "127.0.0.1:0" } }
            sites:
              "*":
                routes:
                  - { match: { path: "/v/*" }, media: films }
                  - { match: { path: "/signed/*" }, media: films, signed-urls: { keys: { k: %2$s } } }
                  - { match: { path: "/baked/*" }, media: films, signed-urls: { keys: { k: %2$s }, cookie: true } }
            media: { films: { root: "%1$s", browse: true, posters: false } }
            log: { access: off }
            """
                .formatted(films, KEY));
  }

  @AfterAll
  static void stop() throws Exception {
    bench.close();
  }

  private static String utf8(Answer answer) {
    byte[] bytes = answer.body().getBytes(StandardCharsets.ISO_8859_1);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static JsonObject json(String path) throws IOException {
    Answer answer = bench.get(path);
    assertEquals(200, answer.status(), answer.body());
    assertEquals("application/json", answer.field("Content-Type"));
    assertNull(answer.field("Access-Control-Allow-Origin"));
    return new JsonObject(utf8(answer));
  }

  private static List<String> paths(JsonObject list) {
    return list.getJsonArray("items").stream()
        .map(each -> ((JsonObject) each).getString("path"))
        .toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v/", "/v/Series/", "/v/Series/Season%201.mkv/", "/v/plain.mp4/"})
  void page_hasNothingFromElsewhere_andAllItNamesIsThere(String path) throws Exception {
    Answer page = bench.get(path);
    assertEquals(200, page.status());
    String policy = String.valueOf(page.field("Content-Security-Policy"));
    assertTrue(policy.startsWith("default-src 'none'; script-src 'self';"), policy);
    assertNull(page.field("Access-Control-Allow-Origin"));
    assertFalse(page.body().matches("(?s).*(<script>|<style|style=| on[a-z]+=|https?://).*"));
    for (MatchResult link : LINK.matcher(page.body()).results().toList()) {
      if (!link.group(1).startsWith("#")) {
        String address = link.group(1).replace("&amp;", "&");
        String target = bench.gateway().port("plain") + "";
        String there = java.net.URI.create("http://h:" + target + path).resolve(address).toString();
        Answer answer = bench.get(there.substring(there.indexOf('/', 8)));
        assertTrue(answer.status() == 200 || answer.status() == 422, address);
      }
    }
  }

  @Test
  void namesOfFiles_areNoMarkup() throws Exception {
    String list = bench.get("/v/").body();
    assertFalse(list.contains("<b>"), list);
    assertTrue(list.contains("href=\"./" + EVIL_ADDRESS + "/\""), list);
    String player = bench.get("/v/" + EVIL_ADDRESS + "/").body();
    assertFalse(player.contains("<b>\""), player);
    String search = bench.get("/v/?q=%3Cscript%3E").body();
    assertFalse(search.contains("<script>"), search);
    assertEquals(EVIL, json("/v/" + EVIL_ADDRESS + "/item.json").getString("path"));
  }

  @Test
  void list_foldersFirst_inTheOrderOfPeople() throws Exception {
    assertEquals(List.of("Series", EVIL, "cut.mp4", "plain.mp4"), paths(json("/v/~list.json")));
    JsonObject season = json("/v/Series/Season%201.mkv/~list.json");
    assertEquals("Series/Season 1.mkv/Part 10.webm", paths(season).get(9));
    JsonObject first = season.getJsonArray("items").getJsonObject(0);
    assertEquals("video", first.getString("kind"));
    assertEquals("./Part%201.webm/", first.getString("href"));
  }

  @Test
  void search_findsWhatIsBelow() throws Exception {
    JsonObject found = json("/v/~list.json?q=season+PART+7");
    assertEquals(List.of("Series/Season 1.mkv/Part 7.webm"), paths(found));
    assertEquals(
        "./Series/Season%201.mkv/Part%207.webm/",
        found.getJsonArray("items").getJsonObject(0).getString("href"));
    String page = bench.get("/v/Series/?q=part").body();
    assertTrue(page.contains("Found: <bdi>11</bdi>"), page);
    assertTrue(bench.get("/v/?q=nothing+like+it").body().contains("Nothing is called that."));
  }

  @Test
  void item_tellsWhatItIs_andTheListKnowsItThen() throws Exception {
    JsonObject item = json("/v/plain.mp4/item.json");
    assertEquals(12.0, item.getDouble("seconds"), 0.1);
    assertEquals("index.m3u8", item.getString("hls"));
    assertTrue(item.getString("type").startsWith("video/mp4; codecs=\"avc1."), item.encode());
    JsonArray texts = item.getJsonArray("subtitles");
    assertEquals("فارسی", texts.getJsonObject(0).getString("name"));
    JsonArray items = json("/v/~list.json").getJsonArray("items");
    assertEquals(12.0, items.getJsonObject(3).getDouble("seconds"), 0.1);
    assertTrue(bench.get("/v/").body().contains("<span class=\"time\">0:12</span>"));
  }

  @Test
  void brokenFile_isListed_andItsPageSaysWhy() throws Exception {
    JsonObject item = json("/v/cut.mp4/item.json");
    assertTrue(item.getString("wrong").length() > 10, item.encode());
    Answer page = bench.get("/v/cut.mp4/");
    assertTrue(page.body().contains("This cannot be played here: <bdi>"), page.body());
    assertFalse(page.body().contains("data-hls"), page.body());
  }

  @Test
  void poster_isThatBeside_elseDrawn() throws Exception {
    Answer beside = bench.get("/v/Series/Season%201.mkv/Part%201.webm/poster");
    assertEquals("a picture", beside.body());
    assertEquals("image/jpeg", beside.field("Content-Type"));
    Answer drawn = bench.get("/v/plain.mp4/poster");
    assertEquals("image/svg+xml", drawn.field("Content-Type"));
    assertTrue(drawn.body().contains(">P</text>"), drawn.body());
    assertEquals(
        304, bench.get("/v/plain.mp4/poster", "If-None-Match: " + drawn.field("ETag")).status());
  }

  @Test
  void subtitles_ofWhatIsNotStreamed_areThereToo() throws Exception {
    String film = "/v/Series/Season%201.mkv/Part%202.webm/";
    assertTrue(bench.get(film).body().contains("src=\"s0.vtt\" srclang=\"en\""));
    assertTrue(bench.get(film + "s0.vtt").body().startsWith("WEBVTT"));
    assertEquals(404, bench.get(film + "s1.vtt").status());
  }

  @ParameterizedTest
  @CsvSource({"hls.js, text/javascript", "page.css, text/css", "icon.svg, image/svg+xml"})
  void filesOfPages_arePacked_andKeptForEverUnderTheirVersion(String name, String type)
      throws Exception {
    Answer plain = bench.get("/v/~page/" + name);
    assertEquals(200, plain.status());
    assertTrue(String.valueOf(plain.field("Content-Type")).startsWith(type));
    assertEquals("no-cache", plain.field("Cache-Control"));
    Answer packed = bench.get("/v/~page/" + name, "Accept-Encoding: br, gzip");
    assertEquals("gzip", packed.field("Content-Encoding"));
    byte[] bytes = packed.body().getBytes(StandardCharsets.ISO_8859_1);
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
      assertEquals(plain.body(), new String(in.readAllBytes(), StandardCharsets.ISO_8859_1));
    }
    String page = bench.get("/v/plain.mp4/").body();
    String version = page.replaceAll("(?s).*page\\.css\\?v=([0-9a-f]+)\".*", "$1");
    Answer lasting = bench.get("/v/~page/" + name + "?v=" + version);
    assertTrue(String.valueOf(lasting.field("Cache-Control")).endsWith("immutable"));
    assertEquals(404, bench.get("/v/~page/../~page/no.js").status());
  }

  @Test
  void language_chosen_isKept() throws Exception {
    Answer page = bench.get("/v/?lang=fa", "Accept-Encoding: gzip");
    assertTrue(String.valueOf(page.field("Set-Cookie")).startsWith("darban-language=fa;"));
    Answer again = bench.get("/v/", "Cookie: darban-language=fa");
    assertTrue(utf8(again).contains("<html lang=\"fa\" dir=\"rtl\""), again.body());
    assertNull(bench.get("/v/?lang=%0d%0aX:1").field("Set-Cookie"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v/none/",
        "/v/none.mp4/",
        "/v/none.mp4/item.json",
        "/v/none.mp4/poster",
        "/v/link.mp4/item.json",
        "/v/.hidden/",
        "/v/.hidden/~list.json",
        "/v/plain.fa.srt/",
        "/v/%2e%2e/~list.json",
        "/v/..%2f/",
        "/v//",
        "/v/~page/",
        "/v/~page/page",
      })
  void whatIsNotThere_isNotFound(String path) throws Exception {
    Answer answer = bench.get(path);
    assertTrue(answer.status() == 404 || answer.status() == 400, path + " " + answer.status());
  }

  // Signed links

  private static String token(String folder) {
    long hence = Instant.now().getEpochSecond() + 60;
    return "token="
        + new UrlKeys(Map.of("k", new Secret(KEY)))
            .sign(new UrlToken("k", hence, Optional.empty(), folder));
  }

  /** Goes wherever a page leads, and where those pages lead; the addresses that were asked for. */
  private static Set<String> walked(String start, String... fields) throws IOException {
    Set<String> seen = new TreeSet<>(Set.of(start));
    Deque<String> left = new ArrayDeque<>(seen);
    while (!left.isEmpty()) {
      String at = left.removeFirst();
      Answer answer = bench.get(at, fields);
      assertEquals(200, answer.status(), () -> at + ": " + answer.body());
      String type = String.valueOf(answer.field("Content-Type"));
      if (type.startsWith("text/html") || type.endsWith("mpegurl")) {
        Pattern links = type.startsWith("text/html") ? LINK : Pattern.compile("(?m)^([^#\\s]+)$");
        Matcher link = links.matcher(utf8(answer));
        while (link.find()) {
          String next = URI.create(at).resolve(link.group(1).replace("&amp;", "&")).toString();
          if (!next.matches(".*(lang=|#).*") && seen.add(next)) {
            left.add(next);
          }
        }
      }
    }
    return seen;
  }

  @ParameterizedTest
  @CsvSource({
    "Series/, Season%201.mkv/Part%201.webm/poster",
    "Series/Season%201.mkv/, Part%202.webm/s0.vtt",
    "plain.mp4/, v0/0.m4s",
  })
  void signedLink_toAFolder_leadsEverywhereInItAndNowhereElse(String folder, String has)
      throws Exception {
    String token = token("/signed/" + folder);
    Answer moved = bench.get("/signed/" + folder + "?" + token + "&lang=en");
    assertEquals(307, moved.status());
    String at = "/signed/" + token + "/" + folder;
    assertEquals(at + "?lang=en", moved.field("Location"));
    Set<String> walked = walked(at);
    walked.forEach(each -> assertTrue(each.startsWith(at), each));
    assertTrue(walked.stream().anyMatch(each -> each.startsWith(at + has)), walked::toString);
    String json = at + (folder.startsWith("plain") ? "item.json" : "~list.json?q=part");
    assertEquals(200, bench.get(json).status(), json);
    assertEquals(403, bench.get("/signed/" + token + "/").status());
    assertEquals(403, bench.get("/signed/" + token + "/cut.mp4/").status());
    assertEquals(403, bench.get("/signed/" + folder).status());
  }

  @Test
  void signedLink_ofAQuery_servesPictures_andSendsProgramsOn() throws Exception {
    String token = token("/signed/plain.mp4/");
    assertEquals(200, bench.get("/signed/plain.mp4/poster?" + token).status());
    String playlist = bench.get("/signed/plain.mp4/index.m3u8?" + token).body();
    assertTrue(playlist.contains("v0.m3u8?" + token), playlist);
    assertEquals(
        "/signed/" + token + "/plain.mp4/item.json",
        bench.get("/signed/plain.mp4/item.json?" + token).field("Location"));
  }

  @Test
  void signedLink_thatIsKeptAsACookie_leadsThere() throws Exception {
    String token = token("/baked/Series/");
    Answer first = bench.get("/baked/Series/?" + token);
    assertEquals(200, first.status());
    assertTrue(
        String.valueOf(first.field("Set-Cookie")).startsWith(token + "; Path=/baked/Series/"));
    walked("/baked/Series/", "Cookie: " + token)
        .forEach(each -> assertTrue(each.startsWith("/baked/Series/"), each));
  }
}
