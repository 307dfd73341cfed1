package darban.store;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.caching.CacheKey;
import org.junit.jupiter.api.Test;

class LoneKeysTest {
  private final LoneKeys lone = new LoneKeys();

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
  void folder_twoLoneAnswers_makeNewKeysLone() {
    lone.lone(key("/a/1?x=/b/"));
    assertFalse(lone.contains(key("/a/2")), "one answer convinces nobody");
    lone.lone(key("/a/2"));
    assertTrue(lone.contains(key("/a/3?y")));
    assertFalse(lone.contains(key("/b/3")));
    assertFalse(lone.contains(key("/a/b/3")));
    assertFalse(lone.contains(new Key(new CacheKey("http://h.test/a/3"), "other")));
  }

  @Test
  void folder_oneSharedAnswer_beginsAnew() {
    lone.lone(key("/a/1"));
    lone.lone(key("/a/2"));
    lone.shared(key("/a/3"));
    assertFalse(lone.contains(key("/a/4")));
    assertTrue(lone.contains(key("/a/1")), "what is known of a key counts more");
  }
}
