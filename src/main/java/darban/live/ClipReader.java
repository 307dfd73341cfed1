package darban.live;

import darban.base.Failure;
import darban.flow.Body;
import darban.flow.FileSlice;
import darban.flow.Loop;
import darban.flow.Sink;
import darban.http.Fields;
import io.netty.buffer.ByteBuf;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A part of a {@link Clip} as a body: what is there at once, the rest as it comes. Event loop of
 * its viewer; woken from others. The clip is held from {@link #of} until the reader has ended.
 */
public final class ClipReader extends Body.Stream {
  private final Clip clip;
  private final Loop loop;
  private final long from;
  private final long to;
  private final StreamCounters counters;
  private final AtomicBoolean woken = new AtomicBoolean();
  private long position;
  private @Nullable Sink sink;
  private Body.@Nullable Stream run;
  private boolean paused;
  private boolean pumping;
  private boolean waiting;
  private boolean over;

  private ClipReader(Clip clip, Loop loop, long from, long to, StreamCounters counters) {
    this.clip = clip;
    this.loop = loop;
    this.from = from;
    this.to = to;
    this.position = from;
    this.counters = counters;
  }

  /**
   * A reader of {@code [from, to)}, or null when the clip was given up meanwhile.
   *
   * @param to {@link Long#MAX_VALUE} for the end, wherever that is
   */
  public static @Nullable ClipReader of(
      Clip clip, Loop loop, long from, long to, StreamCounters counters) {
    ClipReader reader = new ClipReader(clip, loop, from, to, counters);
    return clip.join(reader) ? reader : null;
  }

  @Override
  public long length() {
    if (to != Long.MAX_VALUE) {
      return to - from;
    }
    long whole = clip.length();
    return whole < 0 ? -1 : whole - from;
  }

  @Override
  public void open(Sink sink) {
    this.sink = sink;
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
      stopRun(why);
      end();
    }
  }

  private void stopRun(Failure why) {
    Body.Stream reading = run;
    run = null;
    if (reading != null) {
      reading.cancel(why);
    }
  }

  private void end() {
    over = true;
    clip.leave(this);
  }

  /** There is more. Any thread. */
  void wake() {
    if (woken.compareAndSet(false, true)) {
      loop.execute(() -> {
        woken.set(false);
        pump();
      });
    }
  }

  /** It is too slow: what it holds is needed. Any thread. */
  void cut(Failure why) {
    loop.execute(() -> {
      if (!over) {
        stopRun(why);
        end();
        if (sink != null) {
          sink.fail(why);
        }
      }
    });
  }

  private void pump() {
    if (pumping || over || sink == null) {
      return;
    }
    pumping = true;
    boolean flush = !waiting;
    while (!over && !paused && run == null) {
      Clip.Next next = clip.next(position, to);
      if (next instanceof Clip.Next.Piece(ByteBuf bytes)) {
        deliver(bytes, sink);
        flush = true;
      } else {
        stop(next);
        break;
      }
    }
    pumping = false;
    if (flush && !over) {
      sink.flush();
    }
  }

  private void deliver(ByteBuf bytes, Sink so) {
    if (waiting) {
      // Only who was waiting tells how long the way was: others are slow themselves.
      waiting = false;
      counters.lag(loop.nanos() - clip.touched());
    }
    position += bytes.readableBytes();
    counters.sent().add(bytes.readableBytes());
    so.data(bytes);
  }

  private void stop(Clip.Next next) {
    Sink so = Objects.requireNonNull(sink);
    switch (next) {
      case Clip.Next.Piece piece -> throw new IllegalStateException();
      case Clip.Next.Run(FileSlice slice) -> {
        run = slice.stream(loop);
        run.open(new RunSink(so));
      }
      case Clip.Next.Broken(Failure why) -> {
        end();
        so.fail(why);
      }
      case Clip.Next.Sign sign -> {
        if (sign == Clip.Next.Sign.END) {
          end();
          so.end(Fields.NONE);
        } else {
          waiting = true;
        }
      }
    }
  }

  /** Passes what lies on disk on; its end is ours only if nothing follows. */
  private final class RunSink implements Sink {
    private final Sink to;

    RunSink(Sink to) {
      this.to = to;
    }

    @Override
    public void data(ByteBuf bytes) {
      position += bytes.readableBytes();
      counters.sent().add(bytes.readableBytes());
      to.data(bytes);
    }

    @Override
    public void flush() {
      to.flush();
    }

    @Override
    public void end(Fields trailers) {
      run = null;
      // Not from within the pump that opened it: that goes on by itself.
      loop.execute(ClipReader.this::pump);
    }

    @Override
    public void fail(Failure why) {
      run = null;
      ClipReader.this.end();
      to.fail(why);
    }
  }
}
