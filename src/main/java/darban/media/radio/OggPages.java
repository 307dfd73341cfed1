package darban.media.radio;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Cuts an Ogg stream (RFC 3533) into its pages, each with the pages that a decoder must have seen
 * before it: those at the beginning of a logical stream that hold no sound yet. One for each
 * stream; confined to one thread.
 */
public final class OggPages {
  private static final byte[] CAPTURE = "OggS".getBytes(StandardCharsets.US_ASCII);
  private static final int HEADER = 27;
  private static final int FLAGS = 5;
  private static final int GRANULE = 6;
  private static final int SEGMENTS = 26;
  private static final int BEGINS = 2;

  /** Heads beyond that are none: they are not kept. */
  private static final int MOST_HEADS = 256 * 1024;

  private byte[] rest = new byte[0];
  private byte[] heads = new byte[0];
  private boolean begun;
  private boolean sound = true;

  /**
   * A page, or bytes that are of none.
   *
   * @param heads what goes before it for who begins with it
   */
  @SuppressWarnings("ArrayRecordComponent") // bytes on their way, which nobody compares
  public record Page(byte[] bytes, byte[] heads) {}

  /** Whether a media type is that of Ogg. */
  public static boolean isOgg(String type) {
    return type.startsWith("audio/ogg")
        || type.startsWith("application/ogg")
        || type.startsWith("video/ogg");
  }

  /** The pages that are whole with {@code bytes}. */
  public List<Page> accept(byte[] bytes) {
    byte[] all = Arrays.copyOf(rest, rest.length + bytes.length);
    System.arraycopy(bytes, 0, all, rest.length, bytes.length);
    List<Page> pages = new ArrayList<>();
    int at = 0;
    while (at < all.length) {
      int length = length(all, at);
      if (length == 0 || at + length > all.length) {
        break;
      }
      pages.add(page(Arrays.copyOfRange(all, at, at + length)));
      at += length;
    }
    rest = Arrays.copyOfRange(all, at, all.length);
    return pages;
  }

  /** Bytes of the page at {@code at}, or up to where one may begin; 0 if that is not known yet. */
  private static int length(byte[] all, int at) {
    if (!captures(all, at)) {
      int next = at + 1;
      while (next < all.length && !captures(all, next)) {
        next++;
      }
      return next - at;
    }
    if (at + HEADER > all.length) {
      return 0;
    }
    int segments = all[at + SEGMENTS] & 0xff;
    if (at + HEADER + segments > all.length) {
      return 0;
    }
    int length = HEADER + segments;
    for (int i = 0; i < segments; i++) {
      length += all[at + HEADER + i] & 0xff;
    }
    return length;
  }

  /** Whether a page begins there, as far as the bytes go. */
  private static boolean captures(byte[] all, int at) {
    int end = Math.min(all.length, at + CAPTURE.length);
    return Arrays.equals(all, at, end, CAPTURE, 0, end - at);
  }

  private Page page(byte[] bytes) {
    if (bytes.length < HEADER || !captures(bytes, 0)) {
      return new Page(bytes, heads);
    }
    boolean begins = (bytes[FLAGS] & BEGINS) != 0;
    if (begins && !begun) {
      // Several begin together where sound and pictures go side by side.
      heads = new byte[0];
      sound = false;
    }
    begun = begins;
    long granule = 0;
    for (int i = Long.BYTES - 1; i >= 0; i--) {
      granule = granule << 8 | (bytes[GRANULE + i] & 0xff);
    }
    sound |= granule > 0;
    byte[] before = heads;
    if (!sound && heads.length + bytes.length <= MOST_HEADS) {
      ByteArrayOutputStream more = new ByteArrayOutputStream();
      more.writeBytes(heads);
      more.writeBytes(bytes);
      heads = more.toByteArray();
    }
    return new Page(bytes, before);
  }
}
