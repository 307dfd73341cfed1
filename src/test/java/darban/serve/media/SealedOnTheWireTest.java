package darban.serve.media;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.testkit.Bench;
import darban.testkit.Films;
import darban.testkit.Guard;
import darban.testkit.RawClient;
import darban.testkit.RawClient.Answer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Segments for old players, and encrypted ones. */
@ExtendWith(Guard.OfClass.class)
class SealedOnTheWireTest {
  @TempDir static Path temp;

  @SuppressWarnings("NullAway.Init")
  private static Bench bench;

  @BeforeAll
  static void start() throws Exception {
    Files.copy(Films.plain(), temp.resolve("plain.mp4"));
    Files.copy(Films.plain("halved.mp4", "-t 5"), temp.resolve("other.mp4"));
    bench =
        Bench.yaml(
            """
            listeners: { plain: { address: "127.0.0.1:0" } }
            sites:
              "*":
                routes:
                  - { match: { path: "/clear/*" }, media: clear }
                  - { match: { path: "/sealed/*" }, media: sealed }
            media:
              clear: { root: "%s" }
              sealed: { root: "%s", browse: true, posters: false, encryption-secret: salam }
            log: { access: off }
            """
                .formatted(temp, temp));
  }

  @AfterAll
  static void stop() throws Exception {
    bench.close();
  }

  private static byte[] bytes(String path) throws IOException {
    Answer answer = bench.get(path);
    assertEquals(200, answer.status(), path);
    return answer.body().getBytes(StandardCharsets.ISO_8859_1);
  }

  @Test
  void transportStream_isOfWholePackets_andHadInParts() throws Exception {
    assertTrue(bench.get("/clear/plain.mp4/ts.m3u8").body().contains("v0-ts.m3u8"));
    assertTrue(bench.get("/clear/plain.mp4/v0-ts.m3u8").body().contains("v0/2.ts"));
    Answer segment = bench.get("/clear/plain.mp4/v0/2.ts");
    assertEquals("video/mp2t", segment.field("Content-Type"));
    assertEquals(0, segment.body().length() % 188);
    for (int i = 0; i < segment.body().length(); i += 188) {
      assertEquals('G', segment.body().charAt(i));
    }
    Answer part = bench.get("/clear/plain.mp4/v0/2.ts", "Range: bytes=188-375");
    assertEquals(206, part.status());
    assertEquals(segment.body().substring(188, 376), part.body());
    Answer head = bench.ask("HEAD", "/clear/plain.mp4/v0/2.ts");
    assertEquals(Integer.toString(segment.body().length()), head.field("Content-Length"));
    assertEquals(404, bench.get("/clear/plain.mp4/v0/9.ts").status());
    assertEquals(404, bench.get("/clear/plain.mp4/v0/02.ts").status());
  }

  @ParameterizedTest
  @ValueSource(strings = {"v0/0.m4s", "v0/2.m4s", "a0/1.m4s", "v0/2.ts", "v0/frame-3.m4s"})
  void segment_decrypted_isTheClearOne(String name) throws Exception {
    byte[] key = bytes("/sealed/plain.mp4/key");
    assertEquals(16, key.length);
    int number = Integer.parseInt(name.replaceAll(".*?(\\d+)\\.\\w+$", "$1"));
    Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
    byte[] start = ByteBuffer.allocate(16).putLong(8, number).array();
    cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(start));
    assertArrayEquals(
        bytes("/clear/plain.mp4/" + name), cipher.doFinal(bytes("/sealed/plain.mp4/" + name)));
  }

  /** It is made once for those who ask at once; memory of those who leave is not lost. */
  @ParameterizedTest
  @ValueSource(strings = {"/clear/plain.mp4/v0/1.ts", "/sealed/plain.mp4/v0/1.ts"})
  void segment_forManyAtOnce_ofWhomSomeLeave(String path) throws Exception {
    String whole = bench.get(path).body();
    for (int round = 0; round < 3; round++) {
      List<RawClient> staying = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        RawClient client = bench.client();
        client.send("GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n");
        if (i % 2 == 0) {
          client.reset();
        } else {
          staying.add(client);
        }
      }
      for (RawClient each : staying) {
        try (each) {
          assertEquals(whole, each.answer().body());
        }
      }
    }
    bench.gateway().awaitNothingInFlight();
    String part = bench.get(path, "Range: bytes=5-9,20-29").body();
    assertTrue(part.contains(whole.substring(5, 10)) && part.contains(whole.substring(20, 30)));
    assertEquals(416, bench.get(path, "Range: bytes=" + whole.length() + "-").status());
    String tag = String.valueOf(bench.get(path).field("ETag"));
    assertEquals(304, bench.get(path, "If-None-Match: " + tag).status());
  }

  @ParameterizedTest
  @ValueSource(strings = {"v0.m3u8", "a0.m3u8", "v0-ts.m3u8", "v0-frames.m3u8"})
  void playlist_namesTheKey_butNotForHeads(String name) throws Exception {
    String playlist = bench.get("/sealed/plain.mp4/" + name).body();
    int key = playlist.indexOf("#EXT-X-KEY:METHOD=AES-128,URI=\"key\"");
    assertTrue(key > 0 && key > playlist.indexOf("#EXT-X-MAP"), playlist);
    assertEquals("ftyp", bench.get("/sealed/plain.mp4/v0/init.mp4").body().substring(4, 8));
  }

  @Test
  void key_isOfOneFilm_andOnlyWhereItIsNeeded() throws Exception {
    assertFalse(
        java.util.Arrays.equals(bytes("/sealed/plain.mp4/key"), bytes("/sealed/other.mp4/key")));
    assertEquals(404, bench.get("/clear/plain.mp4/key").status());
    assertNotEquals(
        bench.get("/clear/plain.mp4/v0/1.m4s").field("ETag"),
        bench.get("/sealed/plain.mp4/v0/1.m4s").field("ETag"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/sealed/plain.mp4", "/sealed/plain.mp4/index.mpd"})
  void whatWouldBeClear_isNotThere(String path) throws Exception {
    assertEquals(404, bench.get(path).status());
  }

  @Test
  void page_namesWhatIsThere() throws Exception {
    assertFalse(bench.get("/sealed/plain.mp4/").body().contains("data-file"));
    JsonObject item = new JsonObject(bench.get("/sealed/plain.mp4/item.json").body());
    assertEquals("index.m3u8", item.getString("hls"));
    assertFalse(item.containsKey("file") || item.containsKey("dash"), item.encode());
  }
}
