package darban.media.radio;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OggPagesTest {
  private static byte[] page(int flags, long granule, String content) {
    byte[] bytes = content.getBytes(StandardCharsets.US_ASCII);
    ByteBuffer page = ByteBuffer.allocate(28 + bytes.length).order(ByteOrder.LITTLE_ENDIAN);
    page.put("OggS".getBytes(StandardCharsets.US_ASCII)).put((byte) 0).put((byte) flags);
    page.putLong(granule).position(26).put((byte) 1).put((byte) bytes.length).put(bytes);
    return page.array();
  }

  private static String contents(byte[] pages) {
    StringBuilder all = new StringBuilder();
    for (int at = 0; at < pages.length; ) {
      int length = pages[at + 27];
      all.append(new String(pages, at + 28, length, StandardCharsets.US_ASCII));
      at += 28 + length;
    }
    return all.toString();
  }

  private static byte[] stream() {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes("lost".getBytes(StandardCharsets.US_ASCII));
    all.writeBytes(page(2, 0, "I"));
    all.writeBytes(page(0, -1, "S"));
    all.writeBytes(page(0, 0, "T"));
    all.writeBytes(page(0, 960, "a"));
    all.writeBytes(page(0, -1, "b"));
    all.writeBytes(page(4, 1920, "c"));
    all.writeBytes(page(2, 0, "J"));
    all.writeBytes(page(0, 0, "U"));
    all.writeBytes(page(0, 480, "d"));
    return all.toByteArray();
  }

  /** However the bytes come, each page knows what a decoder must have seen. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 26, 27, 28, 31, 64, 4096})
  void pages_withTheHeadsBeforeThem(int step) {
    byte[] all = stream();
    OggPages pages = new OggPages();
    List<String> seen = new ArrayList<>();
    StringBuilder lost = new StringBuilder();
    for (int at = 0; at < all.length; at += step) {
      byte[] some = java.util.Arrays.copyOfRange(all, at, Math.min(all.length, at + step));
      for (OggPages.Page each : pages.accept(some)) {
        if (each.bytes()[0] == 'O') {
          seen.add(contents(each.heads()) + ":" + contents(each.bytes()));
        } else {
          lost.append(new String(each.bytes(), StandardCharsets.US_ASCII));
        }
      }
    }
    assertEquals(
        List.of(":I", "I:S", "IS:T", "IST:a", "IST:b", "IST:c", ":J", "J:U", "JU:d"), seen);
    assertEquals("lost", lost.toString());
  }
}
