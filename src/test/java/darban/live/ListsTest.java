package darban.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ListsTest {
  private static final String MULTIVARIANT = "#EXT-X-STREAM-INF:BANDWIDTH=1";

  private final Lists lists = new Lists();

  private void complete(String file, String text, int seconds) {
    lists.complete(file, text, TimeUnit.SECONDS.toNanos(seconds));
  }

  @Test
  void mediaPlaylist_writtenNoMore_isPassedOver() {
    complete("a.m3u8", "", 0);
    complete("b.m3u8", "", 60);
    assertEquals("a.m3u8", lists.best(".m3u8"));
    complete("b.m3u8", "", 61);
    assertEquals("b.m3u8", lists.best(".m3u8"));
  }

  @Test
  void multivariantPlaylist_mayBeWrittenOnce() {
    complete("z.m3u8", MULTIVARIANT, 0);
    complete("a.m3u8", "", 1000);
    assertEquals("z.m3u8", lists.best(".m3u8"));
    lists.delete("z.m3u8");
    assertEquals("a.m3u8", lists.best(".m3u8"));
    assertNull(lists.best(".mpd"));
  }
}
