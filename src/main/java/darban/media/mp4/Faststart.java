package darban.media.mp4;

import darban.media.Cursor;
import darban.media.MalformedMedia;
import darban.media.Pieces;
import darban.media.Span;
import java.nio.ByteBuffer;
import java.util.Set;

/**
 * A progressive file as it would be with its head in front, so that players need no second request:
 * same length but for larger offsets, the head moved and made anew, all else are parts of the file.
 * Immutable, any thread.
 */
public final class Faststart {
  private static final Set<String> HOLDERS = Set.of("moov", "trak", "mdia", "minf", "stbl");
  private static final long LARGEST = 0xffff_ffffL;

  private final Span place;
  private final long front;
  private final int file;
  private final long fileLength;

  /**
   * The file with its head in front.
   *
   * @param place where its head is
   * @param front bytes that stay in front of the head: those of {@code ftyp}
   * @param file what the file is called in the pieces
   * @param fileLength all of it
   */
  Faststart(Span place, long front, int file, long fileLength) {
    this.place = place;
    this.front = front;
    this.file = file;
    this.fileLength = fileLength;
  }

  /** A file that is left as it is. */
  static Faststart none(int file, long fileLength) {
    return new Faststart(new Span(0, 0), 0, file, fileLength);
  }

  /** Whether the head lies elsewhere in the file itself. */
  public boolean moves() {
    return place.offset() > front;
  }

  /** Where the head lies in the file itself. */
  public Span place() {
    return place;
  }

  /**
   * The file with its head in front; one that cannot be made anew stays where it is.
   *
   * @param head its bytes, of which none are kept
   */
  public Pieces pieces(ByteBuffer head) {
    if (moves()) {
      try {
        return Pieces.builder()
            .range(file, 0, front)
            .made(new Mover(head).moved())
            .range(file, front, place.offset() - front)
            .range(file, place.end(), fileLength - place.end())
            .build();
      } catch (MalformedMedia ofTracksThatNobodyPlays) {
        // As below.
      }
    }
    return Pieces.builder().range(file, 0, fileLength).build();
  }

  /** Makes the head anew, with all offsets moved. */
  private final class Mover {
    private final ByteBuffer head;
    private boolean large;
    private long shift;

    Mover(ByteBuffer head) {
      this.head = head;
    }

    /** The head with its offsets moved by its own length; that grows if they need eight bytes. */
    ByteBuffer moved() {
      shift = copied().remaining();
      if (farthest(Cursor.over(head, "head")) + shift > LARGEST) {
        large = true;
        shift = copied().remaining();
      }
      return copied();
    }

    private ByteBuffer copied() {
      BoxWriter out = new BoxWriter(head.remaining() * (large ? 2 : 1));
      copy(Cursor.over(head, "head"), out);
      return out.written();
    }

    private void copy(Cursor holder, BoxWriter out) {
      for (Box box : Box.in(holder)) {
        boolean small = box.type().equals("stco");
        if (HOLDERS.contains(box.type())) {
          out.open(box.type());
          copy(box.body(), out);
          out.close();
        } else if (small || box.type().equals("co64")) {
          offsets(box.body(), small, out);
        } else {
          out.open(box.type()).bytes(box.body().rest()).close();
        }
      }
      // What follows the last box: four zero bytes of QuickTime's.
      out.bytes(holder.rest());
    }

    private void offsets(Cursor in, boolean small, BoxWriter out) {
      out.open(small && !large ? "stco" : "co64").u32(in.u32());
      Rows rows = new Rows(in, small ? 1 : 2);
      out.u32(rows.count());
      while (rows.next()) {
        long offset = moved(small ? rows.unsigned(0) : rows.large());
        if (small && !large) {
          out.u32(offset);
        } else {
          out.u64(offset);
        }
      }
      out.close();
    }

    /**
     * Where a byte comes to lie: behind the new head and, if it was behind the old one, without it.
     */
    private long moved(long offset) {
      return offset < front
          ? offset
          : offset + shift - (offset >= place.end() ? place.length() : 0);
    }
  }

  private static long farthest(Cursor holder) {
    long farthest = 0;
    for (Box box : Box.in(holder)) {
      if (HOLDERS.contains(box.type())) {
        farthest = Math.max(farthest, farthest(box.body()));
      } else if (box.type().equals("stco")) {
        for (Rows rows = new Rows(box.body().skip(4), 1); rows.next(); ) {
          farthest = Math.max(farthest, rows.unsigned(0));
        }
      }
    }
    return farthest;
  }
}
