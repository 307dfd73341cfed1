package darban.stage.signed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.access.UrlKeys;
import darban.access.UrlToken;
import darban.base.Cidr;
import darban.base.Secret;
import darban.testkit.Await;
import darban.testkit.Bench;
import darban.testkit.Guard;
import darban.testkit.RawClient;
import darban.testkit.ScriptedOrigin;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Signed URLs on the wire. Each test has a folder of its own. */
@ExtendWith(Guard.OfClass.class)
class SignedStageTest {
  private static final UrlKeys KEYS =
      new UrlKeys(Map.of("k1", new Secret("0123456789abcdef0123456789abcdef")));

  @SuppressWarnings("NullAway.Init")
  private static Bench bench;

  @BeforeAll
  static void start() throws Exception {
    bench =
        Bench.yaml(
            """
            listeners: { plain: { address: "127.0.0.1:0" } }
            sites:
              "*":
                routes:
                  - match: { path: "/cookie/*" }
                    service: origin
                    signed-urls: { keys: { k1: 0123456789abcdef0123456789abcdef }, cookie: true }
                  - service: origin
                    cors: on
                    signed-urls:
                      keys: { k0: fedcba98765432100123456789abcdef, k1: 0123456789abcdef0123456789abcdef }
                    cache: on
            services: { origin: { servers: [ "http://ORIGIN" ] } }
            cache: { memory: 16MB, disk: off }
            log: { access: { file: access.log } }
            """);
  }

  @AfterAll
  static void stop() throws Exception {
    bench.close();
  }

  @AfterEach
  void clear() throws Exception {
    bench.clear();
  }

  private static String token(String path) {
    return token(path, Duration.ofMinutes(5), Optional.empty());
  }

  private static String token(String path, Duration validity, Optional<Cidr> client) {
    long expires = Instant.now().plus(validity).getEpochSecond();
    return KEYS.sign(new UrlToken("k1", expires, client, path));
  }

  private static RawClient.Answer get(String path, String... fields) throws IOException {
    return send("GET", path, fields);
  }

  private static RawClient.Answer send(String method, String path, String... fields)
      throws IOException {
    try (RawClient client = bench.client()) {
      StringBuilder head = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: h\r\n");
      for (String field : fields) {
        head.append(field).append("\r\n");
      }
      return client.send(head.append("\r\n").toString()).answerTo(method);
    }
  }

  private static void origin(String fields, String body) {
    String text =
        "HTTP/1.1 200 OK\r\n" + fields + "Content-Length: " + body.length() + "\r\n\r\n" + body;
    bench
        .origin()
        .script(connection -> {
          for (ScriptedOrigin.Request next = connection.next();
              next != null;
              next = connection.next()) {
            connection.send(
                next.line().startsWith("HEAD")
                    ? text.substring(0, text.indexOf("\r\n\r\n") + 4)
                    : text);
          }
        });
  }

  private static List<String> asked() {
    return bench.origin().requests().stream().map(each -> each.line().split(" ")[1]).toList();
  }

  @ParameterizedTest
  @CsvSource({
    "/q/s.ts?token=T, /q/s.ts",
    "/q/s.ts?a=1&token=T&b=2, /q/s.ts?a=1&b=2",
    "/q/s.ts?token=T&token=T, /q/s.ts",
    "/q/token=T/s.ts, /q/s.ts",
    "/q/token=T/v/s.ts?a=1, /q/v/s.ts?a=1",
  })
  void token_isTakenOut(String path, String passed) throws Exception {
    origin("Cache-Control: no-store\r\n", "x");
    assertEquals(200, get(path.replace("T", token("/q/"))).status());
    assertEquals(List.of(passed), asked());
  }

  @Test
  void token_ofACookie_isTakenOut_othersStay() throws Exception {
    origin("Cache-Control: no-store\r\n", "x");
    assertEquals(200, get("/c/s.ts", "Cookie: a=1; token=" + token("/c/") + "; b=2").status());
    assertEquals(
        Optional.of("a=1; b=2"),
        bench.origin().requests().stream().map(each -> each.field("Cookie")).findFirst());
  }

  @Test
  void tokens_areNoPartOfTheKey() throws Exception {
    origin("Cache-Control: max-age=60\r\n", "x");
    for (int i = 1; i < 4; i++) {
      String token = token("/key/", Duration.ofMinutes(i), Optional.empty());
      assertEquals(200, get("/key/s.ts?token=" + token).status());
      assertEquals(200, get("/key/token=" + token + "/s.ts").status());
    }
    assertEquals(List.of("/key/s.ts"), asked());
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /no/s.ts, a signed link is needed, signed-urls absent",
    "GET, /no/s.ts?token=x, this link is not valid, signed-urls malformed",
    "GET, /no/s.ts?token=OVER, this link has expired, signed-urls expired",
    "GET, /nono/s.ts?token=T, this link is not valid, signed-urls other_path",
    "GET, /no/../yes/s.ts?token=T, this link is not valid, signed-urls ambiguous_path",
    "GET, /no/s.ts?token=THEIRS, this link is not valid, signed-urls other_client",
    "DELETE, /no/s.ts?token=T, this link is not valid, signed-urls other_method",
  })
  void refusal_tellsTheClientLittle_theLogAll(
      String method, String path, String told, String logged) throws Exception {
    String asked =
        path.replace("OVER", token("/no/", Duration.ofSeconds(-5), Optional.empty()))
            .replace("THEIRS", token("/no/", Duration.ofMinutes(5), Cidr.parse("192.0.2.1")))
            .replaceAll("T$", token("/no/"));
    RawClient.Answer answer = send(method, asked);
    assertEquals(403, answer.status());
    assertTrue(answer.body().contains(told), answer.body());
    assertFalse(answer.body().contains("signed-urls"), answer.body());
    assertEquals("*", answer.field("Access-Control-Allow-Origin"));
    assertEquals(List.of(), asked());
    Await.until(
        Duration.ofSeconds(5),
        () -> Files.readString(bench.folder().resolve("access.log")).contains(logged),
        () -> "not in the log: " + logged);
  }

  // Manifests

  private static final String PLAYLIST = "#EXTM3U\n#EXT-X-X:1\n#EXTINF:4,\ns1.ts\n";

  @Test
  void playlist_carriesTheToken_storedOnceForAll() throws Exception {
    origin(
        "Content-Type: application/vnd.apple.mpegurl\r\nCache-Control: max-age=60\r\nETag: \"e\"\r\n",
        PLAYLIST);
    for (int i = 1; i < 3; i++) {
      String token = token("/m/", Duration.ofMinutes(i), Optional.empty());
      RawClient.Answer answer = get("/m/live.m3u8?token=" + token, "Range: bytes=0-3");
      assertEquals(200, answer.status());
      assertEquals(PLAYLIST.replace("s1.ts", "s1.ts?token=" + token), answer.body());
      assertEquals("W/\"e\"", answer.field("ETag"));
      assertEquals(PLAYLIST, get("/m/token=" + token + "/live.m3u8").body());
      assertEquals(304, get("/m/live.m3u8?token=" + token, "If-None-Match: W/\"e\"").status());
    }
    assertEquals(List.of("/m/live.m3u8"), asked());
    RawClient.Answer head = send("HEAD", "/m/live.m3u8?token=" + token("/m/"));
    assertEquals(200, head.status());
    assertFalse(head.has("Content-Length"), "another length");
  }

  @Test
  void playlist_inGzip_isRead() throws Exception {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(PLAYLIST.getBytes(StandardCharsets.US_ASCII));
    }
    origin(
        "Content-Encoding: gzip\r\nVary: Accept-Encoding\r\n",
        packed.toString(StandardCharsets.ISO_8859_1));
    String token = token("/g/");
    RawClient.Answer answer = get("/g/live.m3u8?token=" + token, "Accept-Encoding: br, gzip, zstd");
    assertEquals(PLAYLIST.replace("s1.ts", "s1.ts?token=" + token), answer.body());
    assertFalse(answer.has("Content-Encoding"));
    assertEquals(
        Optional.of("gzip"),
        bench.origin().requests().stream().map(each -> each.field("Accept-Encoding")).findFirst());
  }

  @Test
  void playlist_thatCannotBeRead_isTheOriginsFault() throws Exception {
    origin("Content-Encoding: br\r\n", "??");
    assertEquals(502, get("/b/live.m3u8?token=" + token("/b/")).status());
  }

  @Test
  void redirect_leadsOnWithTheToken() throws Exception {
    bench
        .origin()
        .answering("HTTP/1.1 302 Found\r\nLocation: /r/other.m3u8\r\nContent-Length: 0\r\n\r\n");
    String token = token("/r/");
    assertEquals(
        "/r/other.m3u8?token=" + token, get("/r/live.m3u8?token=" + token).field("Location"));
  }

  @Test
  void cookie_isGiven_andTaken() throws Exception {
    origin("Content-Type: application/vnd.apple.mpegurl\r\n", PLAYLIST);
    String token = token("/cookie/");
    RawClient.Answer answer = get("/cookie/live.m3u8?token=" + token);
    assertEquals(PLAYLIST, answer.body());
    String cookie = String.valueOf(answer.field("Set-Cookie"));
    assertTrue(
        cookie.matches("token=" + token + "; Path=/cookie/; Max-Age=\\d+; HttpOnly; SameSite=Lax"),
        cookie);
    RawClient.Answer next = get("/cookie/s1.ts", "Cookie: " + cookie.split(";")[0]);
    assertEquals(200, next.status());
    assertFalse(next.has("Set-Cookie"));
  }
}
