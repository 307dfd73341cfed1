package darban.media.mp4;

import darban.media.Cursor;
import darban.media.MalformedMedia;
import darban.media.Pieces;
import darban.media.Span;
import java.nio.ByteBuffer;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A progressive file as it would be with its head in front, so that players need no second request:
 * same length but for larger offsets, the head moved and made anew, all else are parts of the file.
 * Any thread.
 */
public final class Faststart {
  private static final Set<String> HOLDERS = Set.of("moov", "trak", "mdia", "minf", "stbl");
  private static final long LARGEST = 0xffff_ffffL;

  private final Span place;
  private final long front;
  private final int file;
  private final long fileLength;
  private @Nullable ByteBuffer head;
  private @Nullable Pieces pieces;

  /**
   * The file with its head in front.
   *
   * @param head its bytes
   * @param place where they are
   * @param front bytes that stay in front of the head: those of {@code ftyp}
   * @param file what the file is called in the pieces
   * @param fileLength all of it
   */
  Faststart(ByteBuffer head, Span place, long front, int file, long fileLength) {
    this.place = place;
    this.front = front;
    this.file = file;
    this.fileLength = fileLength;
    this.head = moves() ? head : null;
  }

  /** A file that is left as it is. */
  static Faststart none(int file, long fileLength) {
    return new Faststart(ByteBuffer.allocate(0), new Span(0, 0), 0, file, fileLength);
  }

  /** Whether the head lies elsewhere in the file itself. */
  public boolean moves() {
    return place.offset() > front;
  }

  /** Roughly how many bytes of memory this takes. */
  public long weight() {
    return moves() ? place.length() : 0;
  }

  /**
   * The file with its head in front. Worker threads: the head is made when it is first asked for,
   * since most viewers are sent segments. A head that cannot be made stays where it is.
   */
  public synchronized Pieces pieces() {
    Pieces made = pieces;
    if (made == null) {
      made = made();
      pieces = made;
      head = null;
    }
    return made;
  }

  private Pieces made() {
    Pieces.Builder all = Pieces.builder();
    if (head != null) {
      try {
        return all.range(file, 0, front)
            .made(new Mover(head).moved())
            .range(file, front, place.offset() - front)
            .range(file, place.end(), fileLength - place.end())
            .build();
      } catch (MalformedMedia ofTracksThatNobodyPlays) {
        all = Pieces.builder();
      }
    }
    return all.range(file, 0, fileLength).build();
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
      if (small) {
        int[] offsets = numbers(in);
        out.u32(offsets.length);
        for (int offset : offsets) {
          put(moved(Integer.toUnsignedLong(offset)), out);
        }
      } else {
        long count = counted(in, 8);
        out.u32(count);
        for (long i = 0; i < count; i++) {
          out.u64(moved(in.u64()));
        }
      }
      out.close();
    }

    private void put(long offset, BoxWriter out) {
      if (large) {
        out.u64(offset);
      } else {
        out.u32(offset);
      }
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
        for (int offset : numbers(box.body().skip(4))) {
          farthest = Math.max(farthest, Integer.toUnsignedLong(offset));
        }
      }
    }
    return farthest;
  }

  private static long counted(Cursor in, int bytesEach) {
    long count = in.u32();
    if (count * bytesEach > in.remaining()) {
      throw new MalformedMedia("a table of offsets is shorter than its " + count + " entries");
    }
    return count;
  }

  /** All of a table at once: one by one they would take several times as long. */
  private static int[] numbers(Cursor in) {
    int[] numbers = new int[(int) counted(in, 4)];
    in.ints(numbers, 0, numbers.length);
    return numbers;
  }
}
