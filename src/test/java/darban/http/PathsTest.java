package darban.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PathsTest {
  @ParameterizedTest
  @CsvSource({
    "/, /",
    "/a/b, /a/b",
    "/a//b, /a//b",
    "/., /",
    "/.., /",
    "/./, /",
    "/a/., /a/",
    "/a/.., /",
    "/a/../, /",
    "/a/./b, /a/b",
    "/a/../b, /b",
    "/a/b/../../c, /c",
    "/../../etc/passwd, /etc/passwd",
    "/a//../b, /a/b",
    "/..a/.b/c.., /..a/.b/c..",
    "/.../a, /.../a",
    "/a/%2e/b, /a/b",
    "/a/%2E%2e/b, /b",
    "/a/.%2e/b, /b",
    "/a/%2e./b, /b",
    "/a/%2e%2e%2fb, /a/%2e%2e%2fb",
    "/a/..%2fb, /a/..%2fb",
    "/a/%2, /a/%2",
    "/a/%2e%2, /a/%2e%2",
    "/a/..;/b, /a/..;/b",
    "'', ''",
    "*, *",
  })
  void normalized_dotSegments_removedAndNothingElse(String path, String normal) {
    assertEquals(normal, Paths.normalized(path));
  }

  @ParameterizedTest
  @CsvSource({
    "/a, /a",
    "/%61, /a",
    "/%41%5a%7E%2D%5f%39, /AZ~-_9",
    "/%2f%2F, /%2F%2F",
    "/a%2fb, /a%2Fb",
    "/%c3%a4, /%C3%A4",
    "/%25%36%31, /%2561",
    "/a%3fb, /a%3Fb",
    "/%2e%2e/a, /a",
    "/x/%2E/a, /x/a",
    "/%, /%",
    "/%4, /%4",
    "/%4g, /%4g",
    "/%00, /%00",
    "*, *",
  })
  void comparable_whatIsTheSame_isWrittenTheSame(String path, String comparable) {
    assertEquals(comparable, Paths.comparable(path));
  }

  @Test
  void normalized_randomPaths_asTheJdkDoes_andTwiceIsOnce() {
    Random random = new Random(29);
    String[] segments = {".", "..", "a", "b.", "..c", "%2f"};
    for (int i = 0; i < 20_000; i++) {
      StringBuilder path = new StringBuilder();
      for (int n = random.nextInt(6); n >= 0; n--) {
        path.append('/').append(segments[random.nextInt(segments.length)]);
      }
      String normal = Paths.normalized(path.toString());
      assertEquals(normal, Paths.normalized(normal));
      assertFalse((normal + "/").contains("/../"), path::toString);
      assertTrue(normal.startsWith("/"));
      // The JDK leaves what climbs above the root; where nothing does, both agree.
      String jdk = URI.create("http://h" + path).normalize().getRawPath();
      if (!jdk.startsWith("/..")) {
        assertEquals(jdk.isEmpty() ? "/" : jdk, normal, path::toString);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/a, /a",
    "/a%20b, /a b",
    "/%41%62, /Ab",
    "/%2e%2E, /..",
    "/%2f, //",
    "/%25, /%",
    "/%C3%A4, /\u00e4",
    "/%F0%9F%98%80, /\ud83d\ude00",
    "/a+b, /a+b",
  })
  void decoded_escapes_text(String path, String text) {
    assertEquals(Optional.of(text), Paths.decoded(path));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/%",
        "/%4",
        "/%4g",
        "/%g4",
        "/%00",
        "/a%0a",
        "/%1f",
        "/%7f",
        "/%ff",
        "/%C3",
        "/%C0%AF",
        "/%ED%A0%80",
        "/%-1",
        "/%+1",
      })
  void decoded_brokenOrControl_empty(String path) {
    assertEquals(Optional.empty(), Paths.decoded(path));
  }
}
