package darban.stage.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.testkit.Bench;
import darban.testkit.Guard;
import darban.testkit.RawClient;
import darban.testkit.ScriptedOrigin;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(Guard.OfClass.class)
class ManifestStageTest {
  private static final String PLAYLIST = "#EXTM3U\n#EXTINF:4,\nhttp://packager/s1.ts\n";
  private static final String CHANGED = "#EXTM3U\n#EXTINF:4,\n/s1.ts\n";

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
                  - service: origin
                    cache: on
                    manifests: { replace: { "http://packager/": / }, max-size: 1KiB }
            services: { origin: { servers: [ "http://ORIGIN" ] } }
            cache: { memory: 16MB, disk: off }
            log: { access: off }
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

  private static RawClient.Answer get(String path, String field) throws IOException {
    try (RawClient client = bench.client()) {
      return client
          .send("GET " + path + " HTTP/1.1\r\nHost: h\r\n" + field + "\r\n\r\n")
          .answerTo("GET");
    }
  }

  private static void origin(String fields, String body) {
    String head = "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nETag: \"e\"\r\n" + fields;
    bench
        .origin()
        .script(connection -> {
          for (ScriptedOrigin.Request next = connection.next();
              next != null;
              next = connection.next()) {
            String length = "Content-Length: " + body.length() + "\r\n\r\n";
            connection.send(head + length + body);
          }
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"X: y", "Range: bytes=0-3", "Accept-Encoding: br, gzip"})
  void playlist_isStoredAsItIsSent(String field) throws Exception {
    String path = "/" + field.charAt(0) + "/live.m3u8";
    origin("", PLAYLIST);
    get(path, "X: y");
    RawClient.Answer answer = get(path, field);
    boolean part = field.startsWith("Range");
    assertEquals(part ? "#EXT" : CHANGED, answer.body());
    assertEquals("W/\"e\"", answer.field("ETag"));
    assertEquals(1, bench.origin().requests().size());
  }

  @Test
  void playlist_inGzip_isRead_andAskedForSo() throws Exception {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(PLAYLIST.getBytes(StandardCharsets.US_ASCII));
    }
    origin("Content-Encoding: gzip\r\n", packed.toString(StandardCharsets.ISO_8859_1));
    RawClient.Answer answer = get("/gzip/live.m3u8", "Accept-Encoding: br, gzip");
    assertEquals(CHANGED, answer.body());
    assertFalse(answer.has("Content-Encoding"));
    assertEquals("gzip", bench.origin().requests().getFirst().field("Accept-Encoding"));
  }

  @Test
  void other_passesAsItCame() throws Exception {
    origin("Content-Type: video/mp2t\r\n", PLAYLIST);
    RawClient.Answer answer = get("/other/s.ts", "Accept-Encoding: br");
    assertEquals(PLAYLIST, answer.body());
    assertEquals("\"e\"", answer.field("ETag"));
    // Whether it will be a manifest is not known before it comes.
    assertNull(bench.origin().requests().getFirst().field("Accept-Encoding"));
  }

  @Test
  void playlist_ofWhichAPartIsAskedFor_byANameThatDoesNotTell_isReadWhole() throws Exception {
    String fields =
        "HTTP/1.1 206 Partial Content\r\nContent-Type: audio/mpegurl\r\nETag: \"e\"\r\n";
    bench
        .origin()
        .script(connection -> {
          for (ScriptedOrigin.Request next = connection.next();
              next != null;
              next = connection.next()) {
            boolean part = next.field("Range") != null;
            String head =
                part
                    ? fields + "Content-Range: bytes 0-4/" + PLAYLIST.length() + "\r\n"
                    : fields.replace("206 Partial Content", "200 OK");
            String body = part ? PLAYLIST.substring(0, 5) : PLAYLIST;
            connection.send(head + "Content-Length: " + body.length() + "\r\n\r\n" + body);
          }
        });
    RawClient.Answer answer = get("/passed/live", "Range: bytes=0-4");
    assertEquals(206, answer.status());
    assertEquals("bytes 0-4/" + CHANGED.length(), answer.field("Content-Range"));
  }

  /**
   * Nobody asked for it, so that it is seldom; what passed as it is would tell what it must not.
   */
  @ParameterizedTest
  @ValueSource(strings = {"br", "zstd", "gzip, br"})
  void playlist_inACodingThatIsNotRead_isTheOriginsFault(String coding) throws Exception {
    origin("Content-Encoding: " + coding + "\r\n", "packed");
    RawClient.Answer answer =
        get("/" + coding.length() + "/live.m3u8", "Accept-Encoding: br, gzip");
    assertEquals(502, answer.status());
    assertTrue(answer.body().contains("cannot be read"), answer.body());
    assertEquals("gzip", bench.origin().requests().getFirst().field("Accept-Encoding"));
  }

  @Test
  void playlist_tooLargeOrBroken_isTheOriginsFault() throws Exception {
    origin("", PLAYLIST + "#".repeat(1024));
    assertEquals(502, get("/large/live.m3u8", "X: y").status());
    bench.clear();
    origin("", "<html>");
    RawClient.Answer answer = get("/broken/live.m3u8", "X: y");
    assertEquals(502, answer.status());
    assertTrue(answer.body().contains("cannot be read"), answer.body());
  }
}
