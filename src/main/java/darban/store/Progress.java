package darban.store;

import io.netty.buffer.ByteBuf;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far a feed is: which part of the content it brings, what of that it holds in memory, what is
 * in the file, and whether it may go on. Bytes, and offsets into the content.
 *
 * <p>Guarded by the content's lock. {@link #to} and {@link #isEnded} change on the loop of the
 * feed's source only, which may ask for them without.
 */
final class Progress {
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
  private long borrowed;

  /**
   * Nothing came yet.
   *
   * @param end -1 for wherever the source ends
   * @param resumable whether what it does not bring can be fetched later
   * @param passing whether what comes is kept nowhere
   */
  Progress(Content content, long start, long end, boolean resumable, boolean passing) {
    this.content = content;
    this.start = start;
    this.end = end;
    this.resumable = resumable;
    this.passing = passing;
    this.window = new Window(start);
    this.written = new Written(start);
  }

  long start() {
    return start;
  }

  /** Where it ends; -1 for wherever the source does. */
  long end() {
    return end;
  }

  /** The offset behind the newest byte. */
  long to() {
    return window.to();
  }

  boolean resumable() {
    return resumable;
  }

  boolean isPassing() {
    return passing;
  }

  boolean isEnded() {
    return ended;
  }

  // What happens

  /** Takes a piece, which it owns from now on. */
  void add(ByteBuf piece) {
    window.add(piece);
    passing |= !content.keeps(window.size());
    dropPassed();
    dropWritten();
    account();
  }

  /** The source has no more. */
  void ended() {
    ended = true;
    content.lengthIs(window.to());
    if (!passing && content.file() == null) {
      content.wholeIs(window.joined());
    }
    seal();
  }

  /**
   * What to write next, from {@link #writtenTo} on, which the caller owns: nothing while a write is
   * under way or too little has gathered.
   */
  List<ByteBuf> nextBatch() {
    long enough = Math.min(BATCH, content.bounds().unwritten() / 2);
    boolean ready = unwritten() >= enough || (ended && unwritten() > 0);
    if (passing || writing || !ready || content.file() == null) {
      return List.of();
    }
    writing = true;
    return window.pieces(written.to(), MOST_BATCHED);
  }

  /** The offset behind the last byte that is written; it stays while a write is under way. */
  long writtenTo() {
    return written.to();
  }

  /** A batch of {@code n} bytes is on disk. */
  void written(long n) {
    writing = false;
    written.add(n);
    dropWritten();
    seal();
    dropPassed();
    account();
  }

  /** A batch will never be on disk: it and the rest passes by. */
  void notWritten() {
    writing = false;
    passing = true;
    dropPassed();
    account();
  }

  /** A reader got further; whether the source, which waited for that, may go on now. */
  boolean readersMoved() {
    dropPassed();
    account();
    boolean goOn = waiting && mayGoOn();
    waiting &= !goOn;
    return goOn;
  }

  /** What was written at {@code at}, and is in no slice yet, cannot be read back. */
  void lose(long at) {
    written.lose(at);
  }

  /** Lets go of all that is in memory. */
  void letGo() {
    window.clear();
    account();
  }

  private void dropPassed() {
    if (passing) {
      window.dropBefore(content.readers().slowestOf(this));
    }
  }

  /** What is written stays for who comes to it next, as long as there is room. */
  private void dropWritten() {
    boolean room = window.size() <= content.bounds().unwritten();
    long wanted = room ? content.readers().slowestIn(this) : Long.MAX_VALUE;
    window.dropBefore(Math.min(wanted, written.to()));
  }

  /** Bytes that are here and not on disk. */
  private long unwritten() {
    return window.to() - written.to();
  }

  /** What it holds beyond what is set aside for it comes off what all feeds share. */
  private void account() {
    long held = Math.min(window.size(), unwritten());
    long over = Math.max(0, held - content.bounds().held());
    if (over != borrowed) {
      content.bounds().backlog().add(over - borrowed);
      borrowed = over;
    }
  }

  /** Counts the slices that are complete now. */
  private void seal() {
    SliceFile file = content.file();
    if (file != null && !passing) {
      written.seal(file, content.length());
    }
  }

  // Going on and stopping

  /** Whether the source may go on; else it waits for readers, unless it brought enough. */
  boolean goesOn(boolean enough) {
    boolean more = mayGoOn();
    waiting = !more && !enough;
    return more;
  }

  private boolean mayGoOn() {
    long read = content.readers().slowestOf(this);
    if (passing) {
      return read == Long.MAX_VALUE || window.to() - read < content.bounds().unwritten();
    }
    if (lacksRoom()) {
      return false;
    }
    long fastest = content.readers().fastestOf(this);
    needed |= fastest >= 0;
    // What nobody needs goes on if it is near its end, and is given up otherwise.
    return !resumable || fastest < 0 || window.to() - fastest <= content.bounds().ahead();
  }

  /**
   * Whether too much of it waits for the disk. What all share is for the time before the disk has
   * the first of it: to keep that much all the time would be to go through memory that is in no
   * cache of the processor.
   */
  private boolean lacksRoom() {
    boolean burst = written.to() == start && content.bounds().backlog().hasRoom();
    return content.file() != null && unwritten() > content.bounds().unwritten() && !burst;
  }

  /** Whether the source was stopped until the disk has more. */
  boolean waitsForDisk() {
    return waiting && !passing && lacksRoom();
  }

  /** Whether it is of interest how far readers are. */
  boolean waitsForReaders() {
    return waiting || passing;
  }

  /**
   * Whether nobody needs more of it, or others have what follows.
   *
   * @param before where it was before the newest piece
   */
  boolean isEnough(long before) {
    return (content.isRead() && isIdle(content.bounds().rest())) || comesToWhatOthersHave(before);
  }

  /** Whether it is in a slice now from which on others have the same. */
  private boolean comesToWhatOthersHave(long before) {
    SliceFile file = content.file();
    return resumable
        && !passing
        && file != null
        && before / file.sliceBytes() != window.to() / file.sliceBytes()
        && content.othersHave(this, window.to());
  }

  /**
   * Whether nobody needs it any more, and so much is missing that it is not worth while to go on
   * for nobody.
   *
   * @param rest bytes that are worth while
   */
  boolean isIdle(long rest) {
    // Who asked for it may not read yet while others, elsewhere, do.
    boolean left = !content.isRead() || (needed && content.readers().fastestOf(this) < 0);
    long missing = end < 0 ? Long.MAX_VALUE : end - window.to();
    return left && !ended && (passing || missing > rest);
  }

  /** Whether all it brought is where it belongs. */
  boolean isDone() {
    boolean placed = content.file() == null || (!writing && written.to() == window.to());
    return ended && (passing ? window.size() == 0 || !content.isRead() : placed);
  }

  // What readers find

  /** Whether a reader at {@code at} needs what it brings: it is behind it, or waits for it. */
  boolean isFor(long at) {
    return !resumable || isNear(at, 2 * content.bounds().slice());
  }

  /** Whether it keeps nothing, and let go of what a newcomer would need. */
  boolean hasPassed() {
    return passing && window.from() > start && !resumable;
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
    return at >= window.from() && isWithin(at, 2 * content.bounds().slice());
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
    return at - window.to() <= (long) content.bounds().near() + margin;
  }

  /** Where what was written from {@code at} on, and is in no slice yet, ends; else {@code at}. */
  long durableFrom(long at) {
    return written.from(at);
  }
}
