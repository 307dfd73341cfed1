package darban.media.library;

import darban.media.Cursor;
import darban.media.MalformedMedia;
import darban.media.Span;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;

/**
 * A file of which parts are here. A reader takes what it needs as if all were; what is not throws
 * {@link Missing}, and the reader begins anew when it has come. Readers look at little, so that
 * this costs less than a state for every place where bytes may be missing. Confined to one thread.
 */
final class Source {
  /** Fetched at least, for what is needed next is seldom far. */
  private static final int LEAST = 16 << 10;

  private static final long MOST = 8 << 20;
  private static final int MOST_PARTS = 200;

  private final long length;
  private final TreeMap<Long, ByteBuffer> parts = new TreeMap<>();
  private long loaded;

  Source(long length) {
    this.length = length;
  }

  /** What is to be fetched before the reader can go on. It carries no stack trace. */
  static final class Missing extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final transient Span span;

    private Missing(Span span) {
      super(null, null, false, false);
      this.span = span;
    }

    Span span() {
      return span;
    }
  }

  /** Bytes of the file. */
  long length() {
    return length;
  }

  void add(long offset, ByteBuffer bytes) {
    loaded += bytes.remaining();
    if (loaded > MOST || parts.size() == MOST_PARTS) {
      throw new MalformedMedia("what the file says about itself is scattered too widely");
    }
    parts.merge(
        offset, bytes.slice(), (one, other) -> one.remaining() > other.remaining() ? one : other);
  }

  /** Bytes from {@code offset} on: so many, or as many as there are before the end. */
  Cursor at(long offset, long count, String what) {
    if (offset < 0 || offset > length || count < 0 || count > MOST) {
      throw new MalformedMedia(what + ": points beyond the file");
    }
    int wanted = (int) Math.min(count, length - offset);
    Map.Entry<Long, ByteBuffer> part = parts.floorEntry(offset);
    if (wanted == 0) {
      return Cursor.of(ByteBuffer.allocate(0), offset, what);
    }
    if (part != null && part.getKey() + part.getValue().remaining() >= offset + wanted) {
      int from = (int) (offset - part.getKey());
      return Cursor.of(part.getValue().slice(from, wanted), offset, what);
    }
    throw new Missing(new Span(offset, Math.min(Math.max(wanted, LEAST), length - offset)));
  }
}
