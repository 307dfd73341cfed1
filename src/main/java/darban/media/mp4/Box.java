package darban.media.mp4;

import darban.media.Cursor;
import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * A box of an ISO base media file (ISO/IEC 14496-12 §4.2).
 *
 * @param type four characters
 * @param start where its header begins, counted from the start of what holds it
 * @param body what it holds, to be read once
 */
record Box(String type, int start, Cursor body) {
  private static final int HEADER = 8;
  private static final int LARGE_HEADER = 16;

  /** The boxes in the rest of {@code holder}, one after the other; each but a torn end is whole. */
  static Iterable<Box> in(Cursor holder) {
    return () ->
        new Iterator<>() {
          @Override
          public boolean hasNext() {
            // Files of QuickTime end some holders with four zero bytes.
            return holder.remaining() >= HEADER;
          }

          @Override
          public Box next() {
            if (!hasNext()) {
              throw new NoSuchElementException();
            }
            return read(holder);
          }
        };
  }

  private static Box read(Cursor holder) {
    int start = holder.position();
    long size = holder.u32();
    String type = holder.fourCc();
    int header = HEADER;
    if (size == 1) {
      size = holder.u64();
      header = LARGE_HEADER;
    } else if (size == 0) {
      size = header + (long) holder.remaining();
    }
    if (size < header || size - header > holder.remaining()) {
      throw holder.malformed("its box '" + shown(type) + "' claims " + size + " bytes");
    }
    return new Box(type, start, holder.part(size - header, "box '" + shown(type) + "'"));
  }

  /** A type as it may stand in a message. */
  static String shown(String type) {
    return type.chars().allMatch(c -> c >= 0x20 && c < 0x7f) ? type : "????";
  }

  /** Reads version and flags of a full box (§4.2): the version. */
  int version() {
    return (int) (body.u32() >>> 24);
  }

  /** A field that has 8 bytes in version 1 and 4 in version 0. */
  long u32or64(int version) {
    return version == 1 ? body.u64() : body.u32();
  }
}
