package darban.store;

import darban.base.Failure;
import darban.base.Kind;
import darban.flow.Body;
import darban.flow.Loop;
import darban.flow.Sink;
import darban.http.Fields;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A part of a {@link Content} as a body: what is there at once, the rest as it comes. Event loop of
 * its client; woken from others. The content is held from {@link #of} until the reader has ended.
 */
public final class ContentReader extends Body.Stream {
  /** Who fetches what is missing. */
  public interface Fetcher {
    /**
     * Begins to fetch {@code [from, to)}, or a part of it that holds {@code from}: feeds that are
     * made before it returns. On the reader's loop.
     *
     * @return whether it does
     */
    boolean fetch(long from, long to);

    /** Fetches nothing: what is missing is an error. */
    Fetcher NONE = (from, to) -> false;
  }

  private final Content content;
  private final Loop loop;
  private final long from;
  private final long to;
  private final Fetcher fetcher;
  private final AtomicBoolean woken = new AtomicBoolean();
  private volatile long position;
  private @Nullable Sink sink;
  private Body.@Nullable Stream run;
  private boolean paused;
  private boolean pumping;
  // What went before, such as a head, waits for a flush too.
  private boolean unflushed = true;
  private boolean over;
  private @Nullable Failure lastFailure;
  private @Nullable Runnable next;
  private long nearby;
  private @Nullable LongConsumer lags;
  private long asked;
  private boolean waiting;

  private ContentReader(Content content, Loop loop, long from, long to, Fetcher fetcher) {
    this.content = content;
    this.loop = loop;
    this.from = from;
    this.to = to;
    this.position = from;
    this.fetcher = fetcher;
  }

  /**
   * A reader of {@code [from, to)}, or null when the content was given up meanwhile.
   *
   * @param to {@link Long#MAX_VALUE} for the end, where that is not known yet
   */
  public static @Nullable ContentReader of(
      Content content, Loop loop, long from, long to, Fetcher fetcher) {
    ContentReader reader = new ContentReader(content, loop, from, to, fetcher);
    return content.join(reader) ? reader : null;
  }

  /**
   * Who is told how long bytes took from the origin to this reader, in nanoseconds, where it waited
   * for them: others are slow themselves. Before it is opened.
   *
   * @param asked since when its client waits for the first of them
   */
  public void tell(LongConsumer lags, long asked) {
    this.lags = lags;
    this.asked = asked;
  }

  /**
   * What is to happen once no more than {@code left} bytes are left to be read, unless whoever
   * reads has left before. Before it is opened.
   */
  public void near(long left, Runnable then) {
    next = then;
    nearby = left;
  }

  private void look(Runnable then) {
    if (to - position <= nearby) {
      next = null;
      // Not amid what is being delivered.
      loop.execute(() -> {
        if (!over || position >= to) {
          then.run();
        }
      });
    }
  }

  private void tellLag() {
    if (lags != null) {
      long now = loop.nanos();
      long lag = position == from ? content.arrivals().lag(asked, now) : -1;
      lag = lag < 0 && waiting ? now - content.arrivals().last() : lag;
      if (lag >= 0) {
        lags.accept(lag);
      }
    }
    waiting = false;
  }

  long position() {
    return position;
  }

  @Override
  public long length() {
    if (to != Long.MAX_VALUE) {
      return to - from;
    }
    long whole = content.length();
    return whole < 0 ? -1 : whole - from;
  }

  @Override
  public void open(Sink sink) {
    this.sink = sink;
    if (next != null) {
      look(next);
    }
    pump();
  }

  @Override
  public void pause() {
    paused = true;
    if (run != null) {
      run.pause();
    }
  }

  @Override
  public void resume() {
    if (paused) {
      paused = false;
      if (run != null) {
        run.resume();
      }
      pump();
    }
  }

  @Override
  public void cancel(Failure why) {
    if (!over) {
      Body.Stream reading = run;
      run = null;
      leave(false);
      if (reading != null) {
        reading.cancel(why);
      }
    }
  }

  private void leave(boolean ended) {
    over = true;
    content.leave(this, ended);
  }

  /** Something changed. Any thread. */
  void wake() {
    if (loop.eventLoop().inEventLoop() && !pumping) {
      // At once, though another thread may have asked for it to be done later.
      pump();
    } else if (woken.compareAndSet(false, true)) {
      loop.execute(this::look);
    }
  }

  private void look() {
    woken.set(false);
    pump();
  }

  /** What would have brought bytes from {@code start} up to {@code end} broke. Any thread. */
  void feedBroke(long start, long end, Failure why) {
    loop.execute(() -> {
      // What was only given up, since nobody else read it, can be fetched again.
      if (position >= start && position < end && why.kind() != Kind.CLIENT_GONE) {
        lastFailure = why;
      }
      pump();
    });
  }

  private void pump() {
    if (pumping || sink == null) {
      return;
    }
    pumping = true;
    while (!over && !paused && run == null) {
      Next next = content.next(position, to);
      if (next instanceof Next.Piece(ByteBuf bytes)) {
        tellLag();
        advance(bytes);
        sink.data(bytes);
      } else if (!take(next)) {
        break;
      }
    }
    pumping = false;
    // A head goes out together with the first bytes of a run.
    boolean soon = run != null && position == from;
    if (unflushed && !over && !soon) {
      flush();
    }
  }

  /** What was delivered goes out; feeds that wait for readers hear of it, and of who is new. */
  private void flush() {
    unflushed = false;
    java.util.Objects.requireNonNull(sink).flush();
    content.moved();
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // written by its loop only, read by others
  private void advance(ByteBuf bytes) {
    position += bytes.readableBytes();
    unflushed = true;
    if (next != null) {
      look(next);
    }
  }

  /** Acts on anything but a piece; whether there may be more to do at once. */
  private boolean take(Next next) {
    Sink so = java.util.Objects.requireNonNull(sink);
    switch (next) {
      case Next.Piece piece -> throw new IllegalStateException();
      case Next.Run found -> {
        run = found.slice().stream(loop);
        run.open(new RunSink(so));
        return true;
      }
      case Next.Doubtful(SliceFile file, int slice) -> {
        file.verify(slice, right -> loop.execute(this::pump));
        return false;
      }
      case Next.Broken broken -> failed(broken.why());
      case Next.Sign sign -> {
        switch (sign) {
          case END -> {
            leave(true);
            so.end(Fields.NONE);
          }
          case MISSING -> fetch();
          // Whoever brings it wakes us.
          case LATER -> waiting = true;
        }
      }
    }
    return false;
  }

  private void fetch() {
    if (lastFailure != null) {
      failed(lastFailure);
      return;
    }
    // Somebody else's feed may have brought it just now.
    if (fetcher.fetch(position, to) || content.isToBeHad(position)) {
      wake();
    } else {
      failed(Failure.of(Kind.RESPONSE_INCOMPLETE, "a part is missing"));
    }
  }

  private void failed(Failure why) {
    if (!over) {
      leave(false);
      java.util.Objects.requireNonNull(sink).fail(why);
    }
  }

  /** Passes a run of the file on; its end is ours only if nothing follows. */
  private final class RunSink implements Sink {
    private final Sink to;

    RunSink(Sink to) {
      this.to = to;
    }

    @Override
    public void data(ByteBuf bytes) {
      advance(bytes);
      to.data(bytes);
    }

    @Override
    public void flush() {
      ContentReader.this.flush();
    }

    @Override
    public void end(Fields trailers) {
      run = null;
      pump();
    }

    /** What cannot be read any more can still be fetched anew. */
    @Override
    public void fail(Failure why) {
      run = null;
      content.lose(position);
      pump();
    }
  }
}
