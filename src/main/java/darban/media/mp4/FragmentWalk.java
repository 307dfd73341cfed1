package darban.media.mp4;

import darban.media.Cursor;
import darban.media.MalformedMedia;
import darban.media.Span;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Walks a part of a fragmented file from box to box and keeps the heads of its fragments. Asks for
 * one span at a time, so that several walks can go side by side. Confined to one thread.
 */
final class FragmentWalk {
  private static final int HEADER = 16;
  private static final int FIRST_PROBE = 2048;
  private static final int MOST_BOXES = 1 << 20;
  private static final Set<String> BEGINNINGS =
      Set.of(
          "moof", "styp", "sidx", "ssix", "prft", "emsg", "free", "skip", "mfra", "mdat", "uuid");

  private final long fileLength;
  private final long end;
  private final long largest;
  private final List<Head> heads = new ArrayList<>();
  private long at;
  private @Nullable Span wanted;
  private int lastHead = FIRST_PROBE;
  private int boxes;
  private boolean lost;

  /** The head of a fragment: the content of a {@code moof} that begins at {@code offset}. */
  record Head(long offset, ByteBuffer content) {}

  /** A walk from {@code start} to {@code end} of a file; no head is above {@code largest}. */
  FragmentWalk(long start, long end, long fileLength, long largest) {
    this.at = start;
    this.end = end;
    this.fileLength = fileLength;
    this.largest = largest;
    want(FIRST_PROBE);
  }

  private void want(long length) {
    long most = Math.min(length, fileLength - at);
    // At the end of the file there may be less than a header: nothing more comes.
    wanted = at < end && most >= 8 ? new Span(at, most) : null;
  }

  /** The bytes to go on with; null when the walk is done. */
  @Nullable Span wanted() {
    return wanted;
  }

  /** Bytes of what was found. */
  long kept() {
    return heads.stream().mapToLong(head -> head.content().capacity()).sum();
  }

  /** What was found. */
  List<Head> heads() {
    return heads;
  }

  /** Whether the walk came to something that is no box, or went beyond its end. */
  boolean lost() {
    return lost || (wanted == null && at != end && end != fileLength);
  }

  /** Takes the bytes that were wanted. */
  void accept(ByteBuffer bytes) {
    long start = at;
    while (at < end) {
      int here = (int) (at - start);
      int left = bytes.remaining() - here;
      if (left < Math.min(HEADER, fileLength - at)) {
        want(lastHead + HEADER);
        return;
      }
      Cursor in = Cursor.over(bytes, "fragment").skip(here);
      long size = in.u32();
      String type = in.fourCc();
      size = size == 1 && left >= HEADER ? in.u64() : size == 0 ? fileLength - at : size;
      if (!BEGINNINGS.contains(type) || size < 8 || ++boxes > MOST_BOXES) {
        lost = true;
        break;
      }
      if (at + size > fileLength || at + size < 0) {
        cut(type);
        return;
      }
      if (type.equals("moof") && size > left) {
        require(size);
        want(size + HEADER);
        return;
      }
      if (type.equals("moof")) {
        keep(bytes, here, (int) size);
      }
      at += size;
    }
    wanted = null;
  }

  private void require(long size) {
    if (size > largest) {
      throw new MalformedMedia("the head of a fragment has " + size + " bytes, which is too much");
    }
  }

  private void keep(ByteBuffer bytes, int from, int size) {
    // A copy: what was read with it must not stay in memory.
    byte[] content = new byte[size - 8];
    bytes.get(bytes.position() + from + 8, content);
    heads.add(new Head(at, ByteBuffer.wrap(content)));
    lastHead = size;
  }

  /** A recording that broke off: the fragment whose data is not all there is no fragment. */
  private void cut(String type) {
    if (type.equals("mdat") && !heads.isEmpty()) {
      heads.removeLast();
    }
    at = end;
    wanted = null;
  }
}
