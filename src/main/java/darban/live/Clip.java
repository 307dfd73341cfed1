package darban.live;

import darban.base.Failure;
import darban.flow.FileSlice;
import darban.flow.OpenFile;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one file or segment, whole or still coming: one upload writes, any number of readers
 * follow, each at its own speed, and none holds the writer back. Bytes are copied once, into pages
 * of the clip's own, so that what it takes is known and no network buffer waits with it.
 *
 * <p>Any thread: its lock is held for a few instructions at a time, and never while a reader is
 * told something. Counted: whoever found it holds it once, each reader once; when the last lets go,
 * its pages are released.
 */
public final class Clip {
  private static final int FIRST_PAGE = 8 << 10;
  private static final int DOUBLINGS = 3;
  private static final int PAGE = FIRST_PAGE << DOUBLINGS;
  private static final long REGULAR_FROM = PAGE - FIRST_PAGE;

  private final Ledger ledger;
  private final String name;
  private final long serial;
  private final List<ByteBuf> pages = new ArrayList<>();
  private final List<ClipReader> readers = new ArrayList<>();
  private long declared;
  private long size;
  private long capacity;
  private boolean whole;
  private boolean leaving;
  private boolean tracked;
  private @Nullable Failure broken;
  private @Nullable OpenFile file;
  private long fileFrom;
  private int holders = 1;
  private volatile long touched;

  /**
   * Nothing yet; held once by whoever makes it.
   *
   * @param serial of no other clip
   * @param declared how many bytes will come, or -1
   */
  Clip(Ledger ledger, String name, long serial, long declared, long nanos) {
    this.ledger = ledger;
    this.name = name;
    this.serial = serial;
    this.declared = declared;
    this.touched = nanos;
  }

  /** What a reader finds at its position. */
  sealed interface Next {
    /** Bytes; the reader owns them. */
    record Piece(ByteBuf bytes) implements Next {}

    /** Bytes of a file; the reader closes the slice. */
    record Run(FileSlice slice) implements Next {}

    /** There is no more to come. */
    record Broken(Failure why) implements Next {}

    /** The rest. */
    enum Sign implements Next {
      LATER,
      END
    }
  }

  String name() {
    return name;
  }

  /** Told apart by it from all other clips of this process and those before it. */
  public long serial() {
    return serial;
  }

  /** When it got bytes or an end last. */
  long touched() {
    return touched;
  }

  /** Bytes it will have in the end, or -1 while that is not known. */
  public synchronized long length() {
    return whole ? size : declared;
  }

  /** Bytes there are. */
  synchronized long size() {
    return size;
  }

  /** Whether all of it is there. */
  public synchronized boolean isWhole() {
    return whole;
  }

  /** Whether no more bytes come. */
  synchronized boolean isOver() {
    return whole || broken != null;
  }

  /** Whether what came ended before its end. */
  public synchronized boolean isBroken() {
    return broken != null;
  }

  // Writing

  /** Copies {@code bytes}, which stay the caller's. */
  void append(ByteBuf bytes, long nanos) {
    synchronized (this) {
      if (whole || broken != null || holders == 0) {
        return;
      }
      int from = bytes.readerIndex();
      int left = bytes.readableBytes();
      while (left > 0) {
        int page = pageOf(size);
        if (page == pages.size()) {
          grow(page);
        }
        int at = (int) (size - startOf(page));
        int n = Math.min(left, pages.get(page).capacity() - at);
        pages.get(page).setBytes(at, bytes, from, n);
        from += n;
        left -= n;
        size += n;
      }
      touched = nanos;
    }
    wakeReaders();
  }

  private void grow(int page) {
    int bytes = FIRST_PAGE << Math.min(page, DOUBLINGS);
    pages.add(PooledByteBufAllocator.DEFAULT.directBuffer(bytes, bytes));
    capacity += bytes;
    (leaving ? ledger.leaving() : ledger.kept()).addAndGet(bytes);
  }

  private static int pageOf(long position) {
    return position >= REGULAR_FROM
        ? DOUBLINGS + (int) ((position - REGULAR_FROM) / PAGE)
        : 31 - Integer.numberOfLeadingZeros((int) (position / FIRST_PAGE) + 1);
  }

  private static long startOf(int page) {
    return page >= DOUBLINGS
        ? REGULAR_FROM + (long) (page - DOUBLINGS) * PAGE
        : (long) FIRST_PAGE * ((1 << page) - 1);
  }

  /** All of it is there. */
  void end(long nanos) {
    synchronized (this) {
      whole = broken == null;
      touched = nanos;
    }
    wakeReaders();
  }

  /** No more will come: readers who have not got all by then get a broken body. */
  void fail(Failure why, long nanos) {
    synchronized (this) {
      if (whole || broken != null) {
        return;
      }
      broken = why;
      touched = nanos;
    }
    wakeReaders();
  }

  // Reading

  /** What there is at {@code position} for a reader that wants bytes up to {@code to}. */
  synchronized Next next(long position, long to) {
    if (position >= to || (whole && position >= size)) {
      return Next.Sign.END;
    }
    if (file != null && position < size) {
      long n = Math.min(to, size) - position;
      return new Next.Run(new FileSlice(file.retain(), fileFrom + position, n));
    }
    if (position < size) {
      int page = pageOf(position);
      int at = (int) (position - startOf(page));
      long most = Math.min(Math.min(to, size) - position, pages.get(page).capacity() - at);
      return new Next.Piece(pages.get(page).retainedSlice(at, (int) most));
    }
    return broken == null ? Next.Sign.LATER : new Next.Broken(broken);
  }

  /** The bytes {@code [from, to)}, which are there. */
  byte[] copy(long from, long to) {
    byte[] bytes = new byte[(int) (to - from)];
    synchronized (this) {
      for (long at = from; at < to; ) {
        int page = pageOf(at);
        int offset = (int) (at - startOf(page));
        int n = (int) Math.min(to - at, pages.get(page).capacity() - offset);
        pages.get(page).getBytes(offset, bytes, (int) (at - from), n);
        at += n;
      }
    }
    return bytes;
  }

  /** Whether there is a box of a type in it before the first of another. */
  boolean hasBox(String type, String before) {
    byte[] head = copy(0, Math.min(size(), FIRST_PAGE));
    ByteBuffer in = ByteBuffer.wrap(head);
    for (long at = 0; at + Long.BYTES <= head.length; at += in.getInt((int) at) & 0xffff_ffffL) {
      String found = new String(head, (int) at + 4, 4, StandardCharsets.ISO_8859_1);
      if (found.equals(type) || found.equals(before) || in.getInt((int) at) < Long.BYTES) {
        return found.equals(type);
      }
    }
    return false;
  }

  /** Whether it has the same bytes as another; both are whole. */
  boolean isSame(Clip other) {
    return size() == other.size() && Arrays.equals(copy(0, size()), other.copy(0, other.size()));
  }

  synchronized boolean join(ClipReader reader) {
    if (holders == 0) {
      return false;
    }
    holders++;
    readers.add(reader);
    return true;
  }

  void leave(ClipReader reader) {
    synchronized (this) {
      readers.remove(reader);
    }
    release();
  }

  /** Ends its readers, who are too slow. */
  void cut(Failure why) {
    List<ClipReader> all;
    synchronized (this) {
      all = List.copyOf(readers);
    }
    all.forEach(reader -> reader.cut(why));
  }

  private void wakeReaders() {
    List<ClipReader> all;
    synchronized (this) {
      if (readers.isEmpty()) {
        return;
      }
      all = List.copyOf(readers);
    }
    all.forEach(ClipReader::wake);
  }

  // Holding

  /** One holder more; false if it was given up already. */
  synchronized boolean retain() {
    if (holders == 0) {
      return false;
    }
    holders++;
    return true;
  }

  /** One holder less. */
  public synchronized void release() {
    if (--holders == 0) {
      releasePages();
      if (file != null) {
        file.release();
        ledger.onDisk().addAndGet(-size);
      }
    }
  }

  private void releasePages() {
    pages.forEach(ByteBuf::release);
    pages.clear();
    (leaving ? ledger.leaving() : ledger.kept()).addAndGet(-capacity);
    capacity = 0;
  }

  /** Whether it lies on disk. */
  synchronized boolean isOnDisk() {
    return file != null;
  }

  /** Bytes of memory it takes. */
  synchronized long memory() {
    return capacity;
  }

  /** Its pages, each of which the caller owns; none when it was given up. It is whole. */
  synchronized List<ByteBuf> pages() {
    List<ByteBuf> all = new ArrayList<>(pages.size());
    for (int i = 0; i < pages.size(); i++) {
      long n = Math.min(size - startOf(i), pages.get(i).capacity());
      all.add(pages.get(i).retainedSlice(0, (int) n));
    }
    return all;
  }

  /** All of it lies in {@code to} from {@code at} on, and takes memory no more. */
  synchronized void onDisk(OpenFile to, long at) {
    if (holders > 0 && file == null) {
      file = to.retain();
      fileFrom = at;
      ledger.onDisk().addAndGet(size);
      releasePages();
    }
  }

  /** It is found no more: what finders held is let go of. */
  void giveUp() {
    synchronized (this) {
      if (!leaving) {
        leaving = true;
        ledger.kept().addAndGet(-capacity);
        ledger.leaving().addAndGet(capacity);
      }
    }
    release();
  }

  /** Whether it is found no more. */
  synchronized boolean isGivenUp() {
    return leaving;
  }

  /** A track holds a segment of it. */
  synchronized void track() {
    tracked = true;
  }

  synchronized boolean isTracked() {
    return tracked;
  }

  /** Whether anybody holds it. */
  synchronized boolean isHeld() {
    return holders > 0;
  }
}
