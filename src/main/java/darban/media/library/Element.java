package darban.media.library;

import darban.media.Cursor;
import darban.media.MalformedMedia;
import darban.media.Tags;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * An element of EBML (RFC 8794).
 *
 * @param id with the bits that tell its length
 * @param header where it begins in the file
 * @param start where its content begins
 * @param length of its content
 * @param content if it is here, to be read once; else empty
 */
record Element(int id, long header, long start, long length, Cursor content) {
  private static final int MOST_HEADER = 12;
  private static final Cursor NOTHING = Cursor.over(ByteBuffer.allocate(0), "Matroska");

  /** Where the next one begins. */
  long end() {
    return start + length;
  }

  /** The one at a place of the file; its content need not be here. */
  static Element at(Source source, long offset) {
    Cursor in = source.at(offset, MOST_HEADER, "Matroska");
    int id = id(in);
    long length = length(in);
    long start = in.offset();
    // Of unknown length is what is written as it comes: it goes on to the end.
    long known = length < 0 ? source.length() - start : length;
    if (known < 0 || start + known < 0) {
      throw new MalformedMedia("Matroska: an element is longer than any file");
    }
    return new Element(id, offset, start, known, NOTHING);
  }

  /** Those that a content is made of. */
  static Iterable<Element> in(Cursor in) {
    return () ->
        new Iterator<>() {
          @Override
          public boolean hasNext() {
            return in.remaining() >= 2;
          }

          @Override
          public Element next() {
            if (!hasNext()) {
              throw new NoSuchElementException();
            }
            long header = in.offset();
            int id = id(in);
            long length = length(in);
            long start = in.offset();
            long known = length < 0 ? in.remaining() : length;
            return new Element(id, header, start, known, in.part(known, "Matroska"));
          }
        };
  }

  /** Those of one kind that a content is made of: others may be anything, such as checksums. */
  static List<Element> in(Cursor in, int id) {
    List<Element> found = new ArrayList<>();
    for (Element each : in(in)) {
      if (each.id == id) {
        found.add(each);
      }
    }
    return found;
  }

  private static int id(Cursor in) {
    int first = in.u8();
    int more = Integer.numberOfLeadingZeros(first) - 24;
    if (more > 3) {
      throw new MalformedMedia("Matroska: where an element should begin is none");
    }
    int id = first;
    for (int i = 0; i < more; i++) {
      id = id << 8 | in.u8();
    }
    return id;
  }

  /** -1 where it is not known. */
  private static long length(Cursor in) {
    int first = in.u8();
    int more = Integer.numberOfLeadingZeros(first) - 24;
    if (more > 7) {
      throw new MalformedMedia("Matroska: where an element should begin is none");
    }
    long length = first & (0x7f >> more);
    boolean unknown = length == 0x7f >> more;
    for (int i = 0; i < more; i++) {
      int next = in.u8();
      unknown &= next == 0xff;
      length = length << 8 | next;
    }
    return unknown ? -1 : length;
  }

  /** An unsigned number. */
  long number() {
    if (content.remaining() > 8) {
      throw new MalformedMedia("Matroska: a number has more than eight bytes");
    }
    long number = 0;
    while (content.hasMore()) {
      number = number << 8 | content.u8();
    }
    return Math.max(0, number);
  }

  /** A number with a fraction. */
  double decimal() {
    return switch (content.remaining()) {
      case 4 -> Float.intBitsToFloat(content.i32());
      case 8 -> Double.longBitsToDouble(content.i64());
      default -> 0;
    };
  }

  String text() {
    return text(content);
  }

  static String text(Cursor in) {
    return in.text(Math.min(in.remaining(), 4 * Tags.LONGEST), StandardCharsets.UTF_8)
        .replace("\0", "");
  }
}
