package darban.store;

import darban.base.Failure;
import darban.base.Kind;
import darban.flow.FileSlice;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one stored representation, whole or in the making. Feeds write it, each from an
 * offset on; readers follow, each at its own speed, and none holds a feed back beyond {@link
 * Bounds#ahead}. What a feed brings is first in memory, and readable at once; if it grows large it
 * goes to a {@link SliceFile} piece by piece, and readers that are slow find it there.
 *
 * <pre>
 *   small:  feed ─► pieces ─────────────────────────► whole (one buffer)
 *   large:  feed ─► pieces ─ write ─► slice sealed ─► file
 *                   ▲ newest           ▲ durable
 *               fast readers        slow readers
 * </pre>
 *
 * <p>Any thread: its lock is held for a few instructions at a time and never while a reader or a
 * feed is told something. Counted: the store holds it once, each reader once; when the last lets
 * go, buffers are released and the file is closed.
 */
public final class Content {
  /**
   * How much it may hold.
   *
   * @param memory bytes that stay in memory; beyond them a file is needed
   * @param unwritten bytes that may wait for the disk
   * @param ahead bytes that a feed may be ahead of the fastest reader, where it could go on later
   */
  public record Bounds(int memory, int unwritten, int ahead) {}

  /** What a reader finds at its position. */
  public sealed interface Next {
    /** Bytes; the reader owns them. */
    record Piece(ByteBuf bytes) implements Next {}

    /** Bytes of the file; the reader closes the slice. */
    record Run(FileSlice slice) implements Next {}

    /** The slice there must be verified before it is read. */
    record Doubtful(int slice) implements Next {}

    /** There is no more to come, ever. */
    record Broken(Failure why) implements Next {}

    /** The rest. */
    enum Sign implements Next {
      /** A feed will bring it. */
      LATER,
      /** No feed is under way that would. */
      MISSING,
      /** The position is the end. */
      END
    }
  }

  private final Bounds bounds;
  private final Supplier<@Nullable SliceFile> files;
  private final List<Feed> feeds = new ArrayList<>(1);
  private final List<ContentReader> readers = new ArrayList<>(2);
  private long length;
  private volatile @Nullable ByteBuf whole;
  private @Nullable SliceFile file;
  private @Nullable Failure broken;
  private boolean passing;
  private int holders = 1;

  /**
   * Nothing yet.
   *
   * @param length of the whole, or -1 while it is not known
   * @param files makes the file when one is needed; null where there is no disk or no room
   */
  public Content(Bounds bounds, long length, Supplier<@Nullable SliceFile> files) {
    this.bounds = bounds;
    this.length = length;
    this.files = files;
  }

  /** Bytes in memory, complete; {@code bytes} are owned from now on. */
  public static Content of(Bounds bounds, ByteBuf bytes) {
    Content content = new Content(bounds, bytes.readableBytes(), () -> null);
    content.whole = bytes;
    return content;
  }

  /** Bytes on disk, perhaps with slices missing; {@code file} is held from now on. */
  public static Content of(Bounds bounds, long length, SliceFile file) {
    Content content = new Content(bounds, length, () -> null);
    content.file = file;
    return content;
  }

  // Holding

  /** One holder more; false if it was given up already. */
  public synchronized boolean retain() {
    if (holders == 0) {
      return false;
    }
    holders++;
    return true;
  }

  /** One holder less. */
  public void release() {
    synchronized (this) {
      if (--holders > 0) {
        return;
      }
      if (whole != null) {
        whole.release();
        whole = null;
      }
      feeds.forEach(Feed::releaseHeld);
    }
    if (file != null) {
      file.release();
    }
  }

  // What there is

  /** Bytes of the whole, or -1 while that is not known. */
  public synchronized long length() {
    return length;
  }

  /** All of it, if it is in memory and complete: a buffer that the caller owns; else null. */
  public @Nullable ByteBuf memory() {
    ByteBuf all = whole;
    if (all == null) {
      return null;
    }
    try {
      return all.retainedDuplicate();
    } catch (io.netty.util.IllegalReferenceCountException givenUpMeanwhile) {
      return null;
    }
  }

  /** The file, if there is one. */
  public synchronized @Nullable SliceFile file() {
    return file;
  }

  /** Bytes it holds in memory when complete. */
  public synchronized int memoryBytes() {
    return whole == null ? 0 : whole.readableBytes();
  }

  /**
   * The bytes {@code [from, to)} as a part of the file, which the caller owns; null unless all of
   * them lie there and were verified.
   */
  public synchronized @Nullable FileSlice slice(long from, long to) {
    SliceFile so = file;
    if (so == null || holders == 0 || to > length) {
      return null;
    }
    int size = so.sliceBytes();
    for (long at = from / size * size; at < to; at += size) {
      int slice = (int) (at / size);
      if (!so.isPresent(slice) || !so.isVerified(slice)) {
        return null;
      }
    }
    return new FileSlice(so.file().retain(), from, to - from);
  }

  /** Whether all bytes from {@code from} up to {@code to} can be read without any feed. */
  public synchronized boolean has(long from, long to) {
    if (whole != null) {
      return true;
    }
    return file != null && firstMissing(from, to) >= to;
  }

  /** Whether everything is there. */
  public synchronized boolean complete() {
    return whole != null || (length >= 0 && file != null && firstMissing(0, length) >= length);
  }

  /**
   * The first byte from {@code from} on, before {@code to}, that is not durable; else {@code to}.
   */
  private long firstMissing(long from, long to) {
    SliceFile so = java.util.Objects.requireNonNull(file);
    int size = so.sliceBytes();
    for (long at = from / size * size; at < to; at += size) {
      if (!so.isPresent((int) (at / size))) {
        return Math.max(at, from);
      }
    }
    return to;
  }

  /**
   * The runs of slices within {@code [from, to)} that nobody brings yet, as offsets at which they
   * start and end: at most {@code most}, the last one reaching over what is there if need be.
   */
  public synchronized List<long[]> missing(long from, long to, int most) {
    List<long[]> runs = new ArrayList<>(2);
    SliceFile so = file;
    if (so == null || whole != null) {
      return runs;
    }
    int size = so.sliceBytes();
    long[] run = null;
    for (long at = from / size * size; at < to; at += size) {
      boolean wanted = !so.isPresent((int) (at / size)) && !coming(at);
      long end = Math.min(at + size, length);
      if (!wanted) {
        run = null;
        continue;
      }
      if (run == null && runs.size() == most) {
        run = runs.getLast();
      } else if (run == null) {
        run = new long[] {at, end};
        runs.add(run);
      }
      run[1] = end;
    }
    return runs;
  }

  private boolean coming(long position) {
    for (Feed feed : feeds) {
      if (feed.brings(position)) {
        return true;
      }
    }
    return false;
  }

  /** What there is at {@code position} for a reader that wants bytes up to {@code to}. */
  Next next(long position, long to) {
    synchronized (this) {
      if (position >= to || (length >= 0 && position >= length)) {
        return Next.Sign.END;
      }
      if (whole != null) {
        int from = (int) position;
        int n = (int) (Math.min(to, length) - position);
        return new Next.Piece(whole.retainedSlice(whole.readerIndex() + from, n));
      }
      for (Feed feed : feeds) {
        ByteBuf piece = feed.held(position, to);
        if (piece != null) {
          return new Next.Piece(piece);
        }
      }
      Next run = file == null ? null : run(file, position, to);
      if (run != null) {
        return run;
      }
      if (broken != null) {
        return new Next.Broken(broken);
      }
      return coming(position) ? Next.Sign.LATER : Next.Sign.MISSING;
    }
  }

  /** What lies on disk at {@code position} in one piece, or null. */
  private @Nullable Next run(SliceFile so, long position, long to) {
    int size = so.sliceBytes();
    long end = position;
    int slice = (int) (position / size);
    long most = length < 0 ? to : Math.min(to, length);
    while (end < most && so.isPresent(slice)) {
      if (!so.isVerified(slice)) {
        if (end == position) {
          return new Next.Doubtful(slice);
        }
        break;
      }
      slice++;
      end = Math.min(most, (long) slice * size);
    }
    if (end == position) {
      for (Feed feed : feeds) {
        end = Math.max(end, Math.min(most, feed.durableFrom(position)));
      }
    }
    return end == position
        ? null
        : new Next.Run(new FileSlice(so.file().retain(), position, end - position));
  }

  // Readers

  /** Counts a reader; false when it cannot be had any more. */
  boolean join(ContentReader reader) {
    synchronized (this) {
      if (holders == 0 || (passing && whole == null)) {
        return false;
      }
      holders++;
      readers.add(reader);
      return true;
    }
  }

  /** A reader got further: a feed that waited for it may go on. */
  void moved() {
    resumeFeeds();
  }

  /** A reader has enough. If none is left, feeds that have far to go yet are given up. */
  void leave(ContentReader reader) {
    List<Feed> idle = List.of();
    List<Feed> passed = List.of();
    synchronized (this) {
      readers.remove(reader);
      if (readers.isEmpty()) {
        idle = feeds.stream().filter(feed -> !feed.ended() && feed.notWorthIt()).toList();
        passed = passing ? feeds.stream().filter(Feed::ended).toList() : passed;
      }
    }
    passed.forEach(this::finished);
    idle.forEach(feed -> feed.giveUp(Failure.of(Kind.CLIENT_GONE, "nobody reads it any more")));
    resumeFeeds();
    release();
  }

  private long fastest() {
    long most = -1;
    for (ContentReader reader : readers) {
      most = Math.max(most, reader.position());
    }
    return most;
  }

  private long slowest() {
    long least = Long.MAX_VALUE;
    for (ContentReader reader : readers) {
      least = Math.min(least, reader.position());
    }
    return least;
  }

  private void wakeReaders() {
    List<ContentReader> waiting;
    synchronized (this) {
      waiting = List.copyOf(readers);
    }
    waiting.forEach(ContentReader::wake);
  }

  // Feeds

  /**
   * A feed that will bring {@code [start, end)}; {@code end} is -1 for "to wherever it ends". It
   * counts at once, so that nobody else fetches the same.
   *
   * @param resumable whether what it does not bring can be fetched later
   */
  public Feed feed(long start, long end, boolean resumable) {
    Feed feed = new Feed(this, start, end, resumable);
    synchronized (this) {
      holders++;
      feeds.add(feed);
    }
    return feed;
  }

  /** Feeds under way. */
  public synchronized int feeds() {
    return feeds.size();
  }

  Bounds bounds() {
    return bounds;
  }

  /** Takes a piece of {@code feed}; whether it may bring more now. */
  boolean append(Feed feed, ByteBuf bytes) {
    boolean more;
    List<ByteBuf> batch;
    synchronized (this) {
      if (!feeds.contains(feed)) {
        bytes.release();
        return true;
      }
      feed.hold(bytes);
      if (file == null && feed.heldBytes() > bounds.memory() && !passing) {
        file = files.get();
        passing = file == null;
        if (file != null && length >= 0) {
          file.length(length);
        }
      }
      if (passing) {
        feed.dropBefore(slowest());
      }
      batch = file == null ? List.of() : feed.nextBatch(false);
      more = mayGoOn(feed);
      feed.waiting = !more;
    }
    write(feed, batch);
    wakeReaders();
    return more;
  }

  private boolean mayGoOn(Feed feed) {
    if (passing) {
      return readers.isEmpty() || feed.position() - slowest() < bounds.unwritten();
    }
    if (file != null && feed.heldBytes() > bounds.unwritten()) {
      return false;
    }
    boolean tooFarAhead =
        feed.resumable() && !readers.isEmpty() && feed.position() - fastest() > bounds.ahead();
    return !tooFarAhead;
  }

  private void resumeFeeds() {
    List<Feed> ready = null;
    synchronized (this) {
      for (Feed feed : feeds) {
        if (passing) {
          feed.dropBefore(slowest());
        }
        if (feed.waiting && mayGoOn(feed)) {
          feed.waiting = false;
          ready = ready == null ? new ArrayList<>(1) : ready;
          ready.add(feed);
        }
      }
    }
    if (ready != null) {
      ready.forEach(Feed::goOn);
    }
  }

  private void write(Feed feed, List<ByteBuf> batch) {
    if (batch.isEmpty()) {
      return;
    }
    long n = batch.stream().mapToLong(ByteBuf::readableBytes).sum();
    SliceFile so = java.util.Objects.requireNonNull(file);
    so.write(feed.durable(), batch, failed -> written(feed, n, failed));
  }

  /** A batch is on disk, or will never be. */
  private void written(Feed feed, long n, @Nullable Throwable failed) {
    if (failed != null) {
      fail(feed, Failure.of(Kind.INTERNAL, "cannot write to the disk cache", failed));
      return;
    }
    List<ByteBuf> batch;
    SliceFile so = java.util.Objects.requireNonNull(file);
    boolean over;
    synchronized (this) {
      feed.nowDurable(n);
      sealUpTo(feed, so);
      batch = feed.nextBatch(feed.ended());
      over = feed.ended() && feed.durable() == feed.position();
    }
    if (over) {
      finished(feed);
    } else {
      write(feed, batch);
    }
    wakeReaders();
    resumeFeeds();
  }

  private void sealUpTo(Feed feed, SliceFile so) {
    int size = so.sliceBytes();
    while (true) {
      long start = feed.sealed();
      boolean last = length >= 0 && start < length && length - start <= size;
      long end = last ? length : start + size;
      if (start >= feed.durable() || feed.durable() < end) {
        return;
      }
      so.seal((int) (start / size));
      feed.sealed(end);
    }
  }

  /** The feed's source has no more; whether that is right, for the whole. */
  void ended(Feed feed) {
    List<ByteBuf> batch = List.of();
    boolean over;
    synchronized (this) {
      feed.markEnded();
      if (length < 0) {
        length = feed.position();
        if (file != null) {
          file.length(length);
        }
      }
      if (file == null && !passing && feed.start() == 0 && feed.position() == length) {
        whole = feed.joined();
      }
      if (file != null) {
        sealUpTo(feed, file);
        batch = feed.nextBatch(true);
      }
      over = file == null || (batch.isEmpty() && feed.durable() == feed.position());
    }
    write(feed, batch);
    if (over) {
      finished(feed);
    }
    wakeReaders();
  }

  private void finished(Feed feed) {
    boolean removed;
    synchronized (this) {
      // What merely passes through is held until its readers have it.
      removed = (!passing || readers.isEmpty()) && remove(feed);
    }
    feed.over(null);
    if (removed) {
      release();
    }
  }

  /** The feed broke; readers that wait for what it would have brought are told. */
  void fail(Feed feed, Failure why) {
    List<ContentReader> waiting;
    boolean first;
    synchronized (this) {
      first = remove(feed);
      if (!feed.resumable() && whole == null) {
        broken = why;
      }
      waiting = List.copyOf(readers);
    }
    if (first) {
      waiting.forEach(reader -> reader.feedFailed(feed.start(), why));
      feed.over(why);
      release();
    }
  }

  /** Gives up for good: nothing of it may be read any more beyond what was. */
  public void breakOff(Failure why) {
    List<Feed> running;
    synchronized (this) {
      broken = why;
      running = List.copyOf(feeds);
    }
    running.forEach(feed -> feed.giveUp(why));
    wakeReaders();
  }

  /** Whether it can be stored: it does not merely pass through. */
  public synchronized boolean storable() {
    return !passing && broken == null;
  }

  /** Takes the feed out; its hold on the content is the caller's to release. */
  private boolean remove(Feed feed) {
    if (!feeds.remove(feed)) {
      return false;
    }
    feed.releaseHeld();
    return true;
  }
}
