package darban.store;

import darban.base.Failure;
import darban.base.Kind;
import darban.flow.Body;
import darban.flow.Loop;
import darban.flow.Sink;
import darban.http.Fields;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One origin body on its way into a {@link Content}, from an offset on. What it brings is kept,
 * first in memory, then in the content's file; where there is none, or it cannot be written, it
 * merely passes by: pieces are let go when every reader has them, and the slowest sets the pace.
 *
 * <p>It is a sink on the event loop of its source; its numbers are guarded by the content's lock.
 * The content is held until it is over.
 */
public final class Feed implements Sink {
  private static final int BATCH = 256 * 1024;
  private static final int MOST_BATCHED = 4 * BATCH;

  private final Content content;
  private final long start;
  private final long end;
  private final boolean resumable;
  private final Window window;
  private final Written written;
  private boolean passing;
  private boolean writing;
  private boolean needed;
  private boolean ended;
  private boolean waiting;
  private volatile boolean over;
  private volatile @Nullable Loop loop;
  private volatile Body.@Nullable Stream from;
  private volatile @Nullable Consumer<@Nullable Failure> listener;

  Feed(Content content, long start, long end, boolean resumable, boolean passing) {
    this.content = content;
    this.start = start;
    this.end = end;
    this.resumable = resumable;
    this.passing = passing;
    this.window = new Window(start);
    this.written = new Written(start);
  }

  /**
   * Begins to take {@code body}. On the body's loop.
   *
   * @param listener told once when it is over: with null when everything is where it belongs
   */
  public void start(Loop loop, Body body, Consumer<@Nullable Failure> listener) {
    synchronized (this) {
      this.loop = loop;
      this.listener = listener;
    }
    if (over) {
      // Whoever wanted it left before it came.
      Failure why = Failure.of(Kind.CLIENT_GONE, "nobody waits for it");
      body.discard(why);
      listener.accept(why);
      return;
    }
    switch (body) {
      case Body.None none -> end(Fields.NONE);
      case Body.Bytes bytes -> {
        data(bytes.buffer());
        end(Fields.NONE);
      }
      case Body.File file -> stream(file.slice().stream(loop));
      case Body.Stream stream -> stream(stream);
    }
  }

  private void stream(Body.Stream stream) {
    from = stream;
    if (over) {
      stream.cancel(Failure.of(Kind.CLIENT_GONE, "nobody waits for it"));
    } else {
      stream.open(this);
    }
  }

  /** There will be no body: whoever was to bring it could not. Any thread. */
  public void cannotStart(Failure why) {
    broke(why);
  }

  // As a sink, on the loop

  @Override
  public void data(ByteBuf bytes) {
    if (over || ended || (end >= 0 && window.to() + bytes.readableBytes() > end)) {
      bytes.release();
      if (!over && !ended) {
        giveUp(Failure.of(Kind.RESPONSE_MALFORMED, "the origin sent more than asked"));
      }
      return;
    }
    content.arrivals().note(Objects.requireNonNull(loop).nanos());
    Body.Stream source = from;
    if (!append(bytes) && source != null) {
      source.pause();
    }
  }

  @Override
  public void flush() {
    // Readers were told with each piece.
  }

  @Override
  public void end(Fields trailers) {
    if (over || ended) {
      return;
    }
    if (end >= 0 && window.to() < end) {
      broke(Failure.of(Kind.RESPONSE_INCOMPLETE, "the origin sent too little"));
    } else {
      ended();
    }
  }

  @Override
  public void fail(Failure why) {
    if (!ended) {
      broke(why);
    }
  }

  /** Whether it may bring more now. */
  private boolean append(ByteBuf bytes) {
    List<ByteBuf> batch;
    boolean more;
    boolean enough;
    synchronized (content) {
      if (!content.has(this)) {
        bytes.release();
        return true;
      }
      long before = window.to();
      window.add(bytes);
      passing |= !content.keeps(window.size());
      dropPassed();
      dropWritten();
      enough = (content.isRead() && isIdle()) || comesToWhatOthersHave(before);
      batch = enough ? List.of() : nextBatch(false);
      more = mayGoOn();
      waiting = !more && !enough;
    }
    if (enough) {
      enough();
      return true;
    }
    write(batch);
    content.tellReaders(ContentReader::wake);
    return more;
  }

  /** Whether it is in a slice now from which on others have the same. Under the lock. */
  private boolean comesToWhatOthersHave(long before) {
    SliceFile file = content.file();
    return resumable
        && !passing
        && file != null
        && before / file.sliceBytes() != window.to() / file.sliceBytes()
        && content.othersHave(this, window.to());
  }

  /** Ends before its end: what came is kept, and the rest can be had otherwise. */
  private void enough() {
    ended();
    Body.Stream source = from;
    if (source != null) {
      source.cancel(Failure.of(Kind.CLIENT_GONE, "nobody needs the rest"));
    }
  }

  /** The source has no more; whether that is right, for the whole. */
  private void ended() {
    List<ByteBuf> batch;
    synchronized (content) {
      ended = true;
      content.lengthIs(window.to());
      if (!passing && content.file() == null) {
        content.wholeIs(window.joined());
      }
      seal();
      batch = nextBatch(true);
    }
    write(batch);
    finishIfDone();
    content.tellReaders(ContentReader::wake);
  }

  // Going on and stopping

  /** Under the lock. */
  private boolean mayGoOn() {
    long read = content.readers().slowestOf(this);
    if (passing) {
      return read == Long.MAX_VALUE || window.to() - read < content.bounds().unwritten();
    }
    if (content.file() != null && unwritten() > content.bounds().unwritten()) {
      return false;
    }
    long fastest = content.readers().fastestOf(this);
    needed |= fastest >= 0;
    // What nobody needs goes on if it is near its end, and is given up otherwise.
    return !resumable || fastest < 0 || window.to() - fastest <= content.bounds().ahead();
  }

  /** Whether it is of interest how far readers are. Under the lock. */
  boolean waitsForReaders() {
    return waiting || passing;
  }

  /** A reader got further: perhaps the source may go on now, or it is over. Any thread. */
  void readersMoved() {
    boolean goOn;
    synchronized (content) {
      dropPassed();
      goOn = waiting && mayGoOn();
      waiting &= !goOn;
    }
    Loop on = loop;
    Body.Stream source = from;
    if (goOn && on != null && source != null) {
      on.execute(source::resume);
    }
    finishIfDone();
  }

  private void dropPassed() {
    if (passing) {
      window.dropBefore(content.readers().slowestOf(this));
    }
  }

  /** What is written stays for who comes to it next, as long as there is room. Under the lock. */
  private void dropWritten() {
    boolean room = window.size() <= content.bounds().unwritten();
    long wanted = room ? content.readers().slowestIn(this) : Long.MAX_VALUE;
    window.dropBefore(Math.min(wanted, written.to()));
  }

  /** Bytes that are here and not on disk. Under the lock. */
  private long unwritten() {
    return window.to() - written.to();
  }

  /**
   * Whether nobody needs it any more, and so much is missing that it is not worth while to go on
   * for nobody. Under the lock.
   */
  boolean isIdle() {
    // Who asked for it may not read yet while others, elsewhere, do.
    boolean left = !content.isRead() || (needed && content.readers().fastestOf(this) < 0);
    long missing = end < 0 ? Long.MAX_VALUE : end - window.to();
    return left && !ended && (passing || missing > content.bounds().ahead());
  }

  /** Whether a reader at {@code at} needs what it brings: it is behind it, or waits for it. */
  boolean isFor(long at) {
    return !resumable || isNear(at, content.bounds().ahead());
  }

  /** Stops the source. Any thread. */
  void giveUp(Failure why) {
    Loop on = loop;
    Body.Stream source = from;
    boolean runs;
    synchronized (content) {
      runs = !ended;
    }
    if (runs && on != null && source != null) {
      on.execute(() -> source.cancel(why));
    }
    broke(why);
  }

  /** It ends before its end; readers that wait for what it would have brought are told. */
  private void broke(Failure why) {
    if (content.remove(this, resumable ? null : why)) {
      long till = end < 0 ? Long.MAX_VALUE : end;
      content.tellReaders(reader -> reader.feedBroke(start, till, why));
      over(why);
      content.release();
    }
  }

  /** It ends when all it brought is where it belongs. */
  private void finishIfDone() {
    boolean done;
    synchronized (content) {
      boolean placed = content.file() == null || (!writing && written.to() == window.to());
      done = ended && (passing ? window.size() == 0 || !content.isRead() : placed);
    }
    if (done && content.remove(this, null)) {
      over(null);
      content.release();
    }
  }

  private void over(@Nullable Failure why) {
    Consumer<@Nullable Failure> tell;
    synchronized (this) {
      tell = over ? null : listener;
      over = true;
    }
    Loop on = loop;
    if (on != null && tell != null) {
      on.execute(() -> tell.accept(why));
    }
  }

  // Onto the disk

  /**
   * What to write next: nothing while a write is under way or too little has gathered. Under the
   * lock.
   */
  private List<ByteBuf> nextBatch(boolean all) {
    long enough = Math.min(BATCH, content.bounds().unwritten() / 2);
    boolean ready = unwritten() >= enough || (all && unwritten() > 0);
    if (passing || writing || !ready || content.file() == null) {
      return List.of();
    }
    writing = true;
    return window.pieces(written.to(), MOST_BATCHED);
  }

  private void write(List<ByteBuf> batch) {
    if (!batch.isEmpty()) {
      long n = batch.stream().mapToLong(ByteBuf::readableBytes).sum();
      SliceFile file = Objects.requireNonNull(content.file());
      file.write(written.to(), batch, failed -> written(n, failed));
    }
  }

  /** A batch is on disk, or will never be: then the rest passes by. */
  private void written(long n, @Nullable Throwable failed) {
    List<ByteBuf> batch;
    boolean useless;
    synchronized (content) {
      writing = false;
      passing |= failed != null;
      useless = passing && !content.isRead();
      if (failed == null) {
        written.add(n);
        dropWritten();
        seal();
      }
      dropPassed();
      batch = nextBatch(ended);
    }
    if (useless) {
      giveUp(Failure.of(Kind.INTERNAL, "cannot write to the disk cache"));
    }
    write(batch);
    finishIfDone();
    content.tellReaders(ContentReader::wake);
    content.moved();
  }

  /** Counts the slices that are complete now. Under the lock. */
  private void seal() {
    SliceFile file = content.file();
    if (file != null && !passing) {
      written.seal(file, content.length());
    }
  }

  // What it has, under the lock

  boolean resumable() {
    return resumable;
  }

  /** Where it ends; -1 for wherever the source does. */
  long end() {
    return end;
  }

  /** Whether it keeps nothing, and let go of what a newcomer would need. */
  boolean hasPassed() {
    return passing && window.from() > start && !resumable;
  }

  boolean isPassing() {
    return passing;
  }

  /** A buffer with what is held from {@code at} on, up to {@code to}; null if it is not here. */
  @Nullable ByteBuf held(long at, long to) {
    return window.piece(at, to);
  }

  /** Whether a reader at {@code at} gets its bytes from here. */
  boolean serves(long at) {
    return at >= window.from();
  }

  /** Whether the byte at {@code at} will come soon; if it can be had otherwise. */
  boolean brings(long at) {
    // As far as the end of the last slice that it completes.
    return at >= window.from() && isWithin(at, content.bounds().ahead());
  }

  /** Whether the slice that begins at {@code at} will be complete soon, or can be had otherwise. */
  boolean completes(long at) {
    return !passing && written.isOpen(at) && isWithin(at, 0);
  }

  private boolean isWithin(long at, int margin) {
    boolean within = ended ? at < window.to() : end < 0 || at < end;
    return within && (!resumable || isNear(at, margin));
  }

  private boolean isNear(long at, int margin) {
    return at - window.to() <= 2L * content.bounds().ahead() + margin;
  }

  /** Where what was written from {@code at} on, and is in no slice yet, ends; else {@code at}. */
  long durableFrom(long at) {
    return written.from(at);
  }

  /** What was written at {@code at}, and is in no slice yet, cannot be read back. */
  void lose(long at) {
    written.lose(at);
  }

  void letGo() {
    window.clear();
  }
}
