package darban.store;

import darban.base.Failure;
import darban.base.Kind;
import darban.flow.Body;
import darban.flow.FileSlice;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one stored representation, whole or in the making. Feeds write it, each from an
 * offset on; readers follow, each at its own speed, and none holds a feed back beyond {@link
 * ContentBounds#ahead}. What a feed brings is first in memory, and readable at once; if it grows
 * large it goes to a {@link SliceFile} piece by piece, and readers that are slow find it there.
 *
 * <pre>
 *   small:  feed ─► window ─────────────────────────► whole (one buffer)
 *   large:  feed ─► window ─ write ─► slice sealed ─► file
 *                   ▲ newest           ▲ durable
 *               fast readers        slow readers
 * </pre>
 *
 * <p>Any thread: its lock is held for a few instructions at a time and never while a reader or a
 * feed is told something. Counted: the store holds it once, each reader and each feed once; when
 * the last lets go, buffers are released and the file is closed.
 */
public final class Content {
  private final ContentBounds bounds;
  private @Nullable Supplier<@Nullable SliceFile> files;
  private final boolean passing;
  private final DiskPlace place = new DiskPlace();
  private final Feeds feeds = new Feeds();
  private final Readers readers = new Readers();
  private final Sequences sequences = new Sequences();
  private final Arrivals arrivals = new Arrivals();
  private long length;
  private volatile @Nullable ByteBuf whole;
  private volatile @Nullable SliceFile file;
  private @Nullable Failure broken;
  private boolean passed;
  private int holders = 1;

  private Content(
      ContentBounds bounds,
      long length,
      @Nullable Supplier<@Nullable SliceFile> files,
      boolean passing) {
    this.bounds = bounds;
    this.length = length;
    this.files = files;
    this.passing = passing;
  }

  /**
   * Nothing yet.
   *
   * @param length of the whole, or -1 while it is not known
   * @param files makes the file when one is needed; null where there is no disk or no room
   */
  static Content coming(ContentBounds bounds, long length, Supplier<@Nullable SliceFile> files) {
    return new Content(bounds, length, files, false);
  }

  /** Bytes that are kept nowhere: they pass from the feed to those who read already. */
  static Content passing(ContentBounds bounds, long length) {
    return new Content(bounds, length, null, true);
  }

  /** Bytes in memory, complete; {@code bytes} are owned from now on. */
  static Content of(ContentBounds bounds, ByteBuf bytes) {
    Content content = new Content(bounds, bytes.readableBytes(), null, false);
    content.whole = bytes;
    return content;
  }

  /** Bytes on disk, perhaps with slices missing; {@code file} is held from now on. */
  static Content of(ContentBounds bounds, long length, SliceFile file) {
    Content content = new Content(bounds, length, null, false);
    content.file = file;
    return content;
  }

  ContentBounds bounds() {
    return bounds;
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
  public void release() {
    synchronized (this) {
      if (--holders > 0) {
        return;
      }
      if (whole != null) {
        whole.release();
        whole = null;
      }
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

  /** Bytes it holds in memory when complete. */
  synchronized int memoryBytes() {
    return whole == null ? 0 : whole.readableBytes();
  }

  /** Whether it lies in a file, of which parts may be missing. */
  public boolean isInFile() {
    return file != null;
  }

  /** Whether it has all or nothing, and has not all yet. */
  synchronized boolean isUnfinished() {
    return whole == null && feeds.bringAll();
  }

  /** Whether all of it will stay in memory. */
  synchronized boolean isToStay() {
    return !passing && length >= 0 && length <= bounds.memory();
  }

  /** Whether nothing of it broke or merely passed by. */
  synchronized boolean isKept() {
    return broken == null && !passed;
  }

  /** Where the disk has it. */
  DiskPlace place() {
    return place;
  }

  /**
   * The bytes {@code [from, to)} as a part of the file, which the caller owns and which holds the
   * content; null unless all of them lie there and were verified.
   *
   * @param otherwise reads from an offset on if the file fails
   */
  synchronized @Nullable FileSlice slice(
      long from, long to, LongFunction<Body.@Nullable Stream> otherwise) {
    SliceFile so = file;
    if (so == null || holders == 0 || to > length || so.firstUnverified(from, to) >= 0) {
      return null;
    }
    holders++;
    return new FileSlice(
        so.file().retain(), from, to - from, new ContentRest(this, from, otherwise));
  }

  /** Notes that a part is asked for; whether it begins where one of the latest ended. */
  public synchronized boolean continues(long from, long to) {
    return sequences.continues(from, to);
  }

  /** Whether all of {@code [from, to)} that lies in the file was verified. */
  public synchronized boolean isVerified(long from, long to) {
    SliceFile so = file;
    return so == null || holders == 0 || so.firstDoubtful(from, to) < 0;
  }

  /**
   * Makes sure of all slices in {@code [from, to)} that are there; those that are damaged are
   * missing afterwards.
   *
   * @param done told on any thread
   */
  public void verify(long from, long to, Runnable done) {
    SliceFile so = file;
    if (so == null || !retain()) {
      done.run();
    } else {
      so.verifyAll(
          from,
          to,
          () -> {
            release();
            done.run();
          });
    }
  }

  /**
   * The runs of slices within {@code [from, to)} that nobody brings yet, as offsets at which they
   * start and end: at most {@code most}, the last one reaching over what is there if need be.
   */
  public synchronized List<long[]> missing(long from, long to, int most) {
    SliceFile so = file;
    return so == null || whole != null ? List.of() : feeds.missing(so, length, from, to, most);
  }

  /** Whether a byte is there or will come; else it must be fetched. */
  synchronized boolean isToBeHad(long position) {
    SliceFile so = file;
    boolean there = so != null && so.isPresent((int) (position / so.sliceBytes()));
    return there
        || whole != null
        || feeds.bring(position)
        || feeds.durableFrom(position) > position;
  }

  // Readers

  /** What there is at {@code position} for a reader that wants bytes up to {@code to}. */
  synchronized Next next(long position, long to) {
    if (position >= to || (length >= 0 && position >= length)) {
      return Next.Sign.END;
    }
    if (whole != null) {
      int n = (int) (Math.min(to, length) - position);
      return new Next.Piece(whole.retainedSlice(whole.readerIndex() + (int) position, n));
    }
    ByteBuf piece = feeds.held(position, to);
    if (piece != null) {
      return new Next.Piece(piece);
    }
    long most = length < 0 ? to : Math.min(to, length);
    Next run = file == null ? null : Next.inFile(file, feeds, position, most);
    if (run != null) {
      return run;
    }
    if (broken != null) {
      return new Next.Broken(broken);
    }
    return feeds.bring(position) ? Next.Sign.LATER : Next.Sign.MISSING;
  }

  /** The file cannot be read there: what was there is missing from now on. */
  synchronized void lose(long position) {
    SliceFile so = file;
    if (so != null) {
      so.lose((int) (position / so.sliceBytes()));
    }
    feeds.lose(position);
  }

  /** Counts a reader; false when it cannot be had any more. */
  synchronized boolean join(ContentReader reader) {
    boolean gone = broken != null || passed || feeds.havePassed();
    if (holders == 0 || (gone && whole == null)) {
      return false;
    }
    holders++;
    readers.add(reader);
    return true;
  }

  /**
   * A reader has enough. Feeds that nobody else needs, and that have far to go, are given up.
   *
   * @param ended whether it got all that it wanted, so that what is read ahead may be wanted next
   */
  void leave(ContentReader reader, boolean ended) {
    List<Feed> idle;
    synchronized (this) {
      readers.remove(reader);
      idle = feeds.idle(ended ? bounds.rest() : bounds.slice());
    }
    idle.forEach(feed -> feed.giveUp(Failure.of(Kind.CLIENT_GONE, "nobody reads it any more")));
    moved();
    release();
  }

  /** A reader got further: feeds that waited for it may go on, or are over. */
  void moved() {
    List<Feed> concerned;
    synchronized (this) {
      concerned = feeds.waitingForReaders();
    }
    if (concerned != null) {
      concerned.forEach(Feed::readersMoved);
    }
  }

  /** Tells all who read now. */
  void tellReaders(Consumer<ContentReader> what) {
    List<ContentReader> waiting;
    synchronized (this) {
      waiting = readers.now();
    }
    waiting.forEach(what);
  }

  synchronized boolean isRead() {
    return !readers.isEmpty();
  }

  /** Under the lock. */
  Readers readers() {
    return readers;
  }

  // Feeds

  /**
   * A feed that will bring {@code [start, end)}; {@code end} is -1 for "to wherever it ends". It
   * counts at once, so that nobody else fetches the same.
   *
   * @param resumable whether what it does not bring can be fetched later
   */
  public synchronized Feed feed(long start, long end, boolean resumable) {
    Feed feed = new Feed(this, start, end, resumable, passing);
    holders++;
    feeds.add(feed);
    return feed;
  }

  /** Feeds under way. */
  synchronized int feeds() {
    return feeds.count();
  }

  /** When its bytes came. */
  public Arrivals arrivals() {
    return arrivals;
  }

  boolean has(Feed feed) {
    return feeds.has(feed);
  }

  @Nullable SliceFile file() {
    return file;
  }

  /** Whether others have, or bring, what a feed would bring from {@code from} on. */
  synchronized boolean othersHave(Progress feed, long from) {
    SliceFile so = file;
    return so != null && length >= 0 && feeds.othersHave(so, length, feed, from);
  }

  /** Whether so many bytes of one feed are kept: there is a file if they are many. */
  synchronized boolean keeps(long bytes) {
    if (file == null && bytes > bounds.memory()) {
      file = files == null ? null : files.get();
      if (file != null && length >= 0) {
        file.length(length);
      }
    }
    return file != null || bytes <= bounds.memory();
  }

  synchronized void lengthIs(long known) {
    if (length < 0) {
      length = known;
      if (file != null) {
        file.length(known);
      }
    }
  }

  synchronized void wholeIs(ByteBuf all) {
    whole = all;
    files = null; // and what it knows
  }

  /**
   * Takes a feed out; its hold on the content is the caller's to release.
   *
   * @param why nothing more will ever come; null if it may
   * @return false if it was out already
   */
  boolean remove(Feed feed, @Nullable Failure why) {
    synchronized (this) {
      if (!feeds.remove(feed)) {
        return false;
      }
      if (why != null && whole == null) {
        broken = why;
      }
      passed |= feed.progress().isPassing() && !feed.resumable();
      feed.progress().letGo();
      return true;
    }
  }
}
