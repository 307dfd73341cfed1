package darban.store;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.base.Ticker;
import darban.caching.CacheKey;
import org.junit.jupiter.api.Test;

class LoneKeysTest {
  private final LoneKeys lone = new LoneKeys(Ticker.system());

  private static Key key(String path) {
    return new Key(new CacheKey("http://h.test" + path), "web");
  }

  @Test
  void key_answeredForOne_isLoneUntilSharedAgain() {
    assertFalse(lone.contains(key("/a/1")));
    lone.lone(key("/a/1"));
    assertTrue(lone.contains(key("/a/1")));
    lone.shared(key("/a/1"));
    assertFalse(lone.contains(key("/a/1")));
  }

  @Test
  void folder_manyLoneAnswers_makeNewKeysLone() {
    for (int i = 0; i < 8; i++) {
      assertFalse(lone.contains(key("/a/" + i)), "so few convince nobody");
      lone.lone(key("/a/" + i + "?x=/b/"));
    }
    assertTrue(lone.contains(key("/a/9?y")));
    assertFalse(lone.contains(key("/b/3")));
    assertFalse(lone.contains(key("/a/b/3")));
    assertFalse(lone.contains(new Key(new CacheKey("http://h.test/a/3"), "other")));
  }

  @Test
  void folder_manyLonePlaylists_sayNothingOfItsSegments() {
    for (int i = 0; i < 8; i++) {
      lone.lone(key("/a/live.m3u8?_HLS_msn=" + i));
    }
    assertTrue(lone.contains(key("/a/other.m3u8")));
    assertFalse(lone.contains(key("/a/1.m4s")));
    assertFalse(lone.contains(key("/a/1")));
    lone.shared(key("/a/1.m4s"));
    assertTrue(lone.contains(key("/a/other.m3u8")));
  }

  @Test
  void folder_oneSharedAnswer_beginsAnew() {
    for (int i = 0; i < 8; i++) {
      lone.lone(key("/a/" + i));
    }
    lone.shared(key("/a/8"));
    assertFalse(lone.contains(key("/a/9")));
    assertTrue(lone.contains(key("/a/1")), "what is known of a key counts more");
  }
}
