package darban.media;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * An answer as a list of pieces, its length known beforehand. Immutable, any thread.
 *
 * @param list in the order they are sent; none is empty
 * @param length bytes of all of them
 */
public record Pieces(List<Piece> list, long length) {
  private Pieces(List<Piece> list) {
    this(List.copyOf(list), list.stream().mapToLong(Piece::length).sum());
  }

  /** A list to be filled. */
  public static Builder builder() {
    return new Builder();
  }

  /** Roughly how many bytes of memory it takes: of what was made here. */
  public long weight() {
    return list.stream()
        .filter(Piece.Made.class::isInstance)
        .mapToLong(made -> ((Piece.Made) made).bytes().capacity())
        .sum();
  }

  /** The bytes from {@code first} to before {@code end}, for an answer to a range request. */
  public Pieces slice(long first, long end) {
    if (first < 0 || end < first || end > length) {
      throw new IllegalArgumentException(first + " to " + end + " of " + length);
    }
    Builder part = builder();
    long at = 0;
    for (Piece piece : list) {
      long from = Math.max(first - at, 0);
      long to = Math.min(end - at, piece.length());
      if (from < to) {
        part.add(piece.slice(from, to));
      }
      at += piece.length();
    }
    return part.build();
  }

  /**
   * What to read of a file so that all its pieces are had: parts less than {@code gap} bytes apart
   * are read in one go. Sorted by offset.
   */
  public List<Span> reads(int file, long gap) {
    List<Span> sorted = new ArrayList<>();
    for (Piece piece : list) {
      if (piece instanceof Piece.Range(int of, Span span) && of == file) {
        sorted.add(span);
      }
    }
    sorted.sort((one, other) -> Long.compare(one.offset(), other.offset()));
    List<Span> joined = new ArrayList<>();
    for (Span next : sorted) {
      Span last = joined.isEmpty() ? null : joined.getLast();
      if (last != null && next.offset() - last.end() <= gap) {
        long end = Math.max(last.end(), next.end());
        joined.set(joined.size() - 1, new Span(last.offset(), end - last.offset()));
      } else {
        joined.add(next);
      }
    }
    return joined;
  }

  /** Collects pieces; parts of a file that touch become one. Confined to one thread. */
  public static final class Builder {
    private final List<Piece> list = new ArrayList<>();

    private Builder() {}

    /** Adds a piece, unless it is empty. */
    public Builder add(Piece piece) {
      if (piece.length() == 0) {
        return this;
      }
      if (piece instanceof Piece.Range(int file, Span next)
          && !list.isEmpty()
          && list.getLast() instanceof Piece.Range(int lastFile, Span last)
          && lastFile == file
          && last.end() == next.offset()) {
        Span joined = new Span(last.offset(), last.length() + next.length());
        list.set(list.size() - 1, new Piece.Range(file, joined));
      } else {
        list.add(piece);
      }
      return this;
    }

    /** Adds bytes made here. */
    public Builder made(ByteBuffer bytes) {
      return add(new Piece.Made(bytes));
    }

    /** Adds a part of a file. */
    public Builder range(int file, long offset, long length) {
      return add(new Piece.Range(file, new Span(offset, length)));
    }

    /** All that was added. */
    public Pieces build() {
      return new Pieces(list);
    }
  }
}
