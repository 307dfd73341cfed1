package darban.media;

import java.nio.ByteBuffer;

/**
 * A piece of an answer: bytes made here, or a part of a file that somebody else sends, so that
 * payload never passes through this room. Immutable, any thread.
 */
public sealed interface Piece {
  /** Number of bytes. */
  long length();

  /** The piece without its first {@code from} bytes and what lies at {@code to} and behind. */
  Piece slice(long from, long to);

  /**
   * Bytes made here.
   *
   * @param bytes read-only; readers take a duplicate
   */
  record Made(ByteBuffer bytes) implements Piece {
    public Made {
      bytes = bytes.asReadOnlyBuffer();
    }

    /** All of {@code bytes}, which nobody changes any more. */
    public Made(byte[] bytes) {
      this(ByteBuffer.wrap(bytes));
    }

    @Override
    public long length() {
      return bytes.remaining();
    }

    @Override
    public Made slice(long from, long to) {
      return new Made(bytes.slice(bytes.position() + (int) from, (int) (to - from)));
    }
  }

  /**
   * A part of a file.
   *
   * @param file which one, where an answer is made of several
   * @param span the part
   */
  record Range(int file, Span span) implements Piece {
    @Override
    public long length() {
      return span.length();
    }

    @Override
    public Range slice(long from, long to) {
      return new Range(file, new Span(span.offset() + from, to - from));
    }
  }
}
