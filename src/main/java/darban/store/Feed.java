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
 * <p>It is a sink on the event loop of its source, and told of readers and of the disk by any
 * thread; how far it is ({@link Progress}) is guarded by the content's lock. The content is held
 * until it is over.
 */
public final class Feed implements Sink {
  private final Content content;
  private final Progress progress;
  private volatile boolean over;
  private volatile @Nullable Loop loop;
  private volatile Body.@Nullable Stream from;
  private volatile @Nullable Consumer<@Nullable Failure> listener;

  Feed(Content content, long start, long end, boolean resumable, boolean passing) {
    this.content = content;
    this.progress = new Progress(content, start, end, resumable, passing);
  }

  /** It will start; {@code listener} is told on {@code loop} if it is over before. */
  public void asked(Loop loop, Consumer<@Nullable Failure> listener) {
    synchronized (this) {
      this.loop = loop;
      this.listener = listener;
    }
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
    long end = progress.end();
    boolean ended = progress.isEnded();
    if (over || ended || (end >= 0 && progress.to() + bytes.readableBytes() > end)) {
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
    if (over || progress.isEnded()) {
      return;
    }
    if (progress.end() >= 0 && progress.to() < progress.end()) {
      broke(Failure.of(Kind.RESPONSE_INCOMPLETE, "the origin sent too little"));
    } else {
      ended();
    }
  }

  @Override
  public void fail(Failure why) {
    if (!progress.isEnded()) {
      broke(why);
    }
  }

  /** Whether it may bring more now. */
  private boolean append(ByteBuf bytes) {
    List<ByteBuf> batch;
    boolean more;
    boolean enough;
    boolean waits;
    synchronized (content) {
      if (!content.has(this)) {
        bytes.release();
        return true;
      }
      long before = progress.to();
      progress.add(bytes);
      enough = progress.isEnough(before);
      batch = enough ? List.of() : progress.nextBatch();
      more = progress.goesOn(enough);
      waits = progress.waitsForDisk();
    }
    if (enough) {
      enough();
      return true;
    }
    write(batch);
    if (waits) {
      Objects.requireNonNull(content.file()).hurry();
    }
    content.tellReaders(ContentReader::wake);
    return more;
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
      progress.ended();
      batch = progress.nextBatch();
    }
    write(batch);
    finishIfDone();
    content.tellReaders(ContentReader::wake);
  }

  // Going on and stopping

  /** A reader got further: perhaps the source may go on now, or it is over. Any thread. */
  void readersMoved() {
    boolean goOn;
    synchronized (content) {
      goOn = progress.readersMoved();
    }
    Loop on = loop;
    Body.Stream source = from;
    if (goOn && on != null && source != null) {
      on.execute(source::resume);
    }
    finishIfDone();
  }

  /** Stops the source. Any thread. */
  void giveUp(Failure why) {
    Loop on = loop;
    Body.Stream source = from;
    boolean runs;
    synchronized (content) {
      runs = !progress.isEnded();
    }
    if (runs && on != null && source != null) {
      on.execute(() -> source.cancel(why));
    }
    broke(why);
  }

  /** It ends before its end; readers that wait for what it would have brought are told. */
  private void broke(Failure why) {
    if (content.remove(this, progress.resumable() ? null : why)) {
      long till = progress.end() < 0 ? Long.MAX_VALUE : progress.end();
      content.tellReaders(reader -> reader.feedBroke(progress.start(), till, why));
      over(why);
      content.release();
    }
  }

  /** It ends when all it brought is where it belongs. */
  private void finishIfDone() {
    boolean done;
    synchronized (content) {
      done = progress.isDone();
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

  private void write(List<ByteBuf> batch) {
    if (!batch.isEmpty()) {
      long n = batch.stream().mapToLong(ByteBuf::readableBytes).sum();
      SliceFile file = Objects.requireNonNull(content.file());
      boolean first = progress.writtenTo() == progress.start();
      file.write(progress.writtenTo(), batch, first, failed -> written(n, failed));
    }
  }

  /** A batch is on disk, or will never be: then the rest passes by. */
  private void written(long n, @Nullable Throwable failed) {
    List<ByteBuf> batch;
    boolean useless;
    synchronized (content) {
      if (failed == null) {
        progress.written(n);
      } else {
        progress.notWritten();
      }
      useless = progress.isPassing() && !content.isRead();
      batch = progress.nextBatch();
    }
    if (useless) {
      giveUp(Failure.of(Kind.INTERNAL, "cannot write to the disk cache"));
    }
    write(batch);
    finishIfDone();
    content.tellReaders(ContentReader::wake);
    content.moved();
  }

  /** How far it is. Guarded by the content's lock. */
  Progress progress() {
    return progress;
  }

  boolean resumable() {
    return progress.resumable();
  }
}
