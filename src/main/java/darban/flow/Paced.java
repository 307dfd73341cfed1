package darban.flow;

import darban.base.Failure;
import darban.http.Fields;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A body that goes no faster than it should: at first as much as it may at once, then at a rate;
 * what its reader did not take for a while may come at once again. Its source is held back, so that
 * no more than one piece of that waits here. Event loop; the source ends with it.
 */
public final class Paced extends Body.Stream implements Sink {
  /** Pieces are not smaller than what goes in that time, but for the last. */
  private static final long STEP_NANOS = 50_000_000;

  private final Loop loop;
  private final Body.Stream body;
  private final double burst;
  private final double perNano;
  private final Deque<ByteBuf> waiting = new ArrayDeque<>();
  private double tokens;
  private long counted;
  private @Nullable Sink sink;
  private @Nullable Fields trailers;
  private @Nullable ScheduledFuture<?> timer;
  private boolean paused;
  private boolean heldBack;
  private boolean over;

  /**
   * The bytes of {@code body}.
   *
   * @param burst bytes that may go at once
   * @param bytesPerSecond from then on
   */
  public Paced(Loop loop, Body.Stream body, long burst, long bytesPerSecond) {
    this.loop = loop;
    this.body = body;
    this.burst = (double) burst;
    this.perNano = (double) bytesPerSecond / 1e9;
    this.tokens = (double) burst;
  }

  @Override
  public long length() {
    return body.length();
  }

  @Override
  public boolean unframed() {
    return body.unframed();
  }

  @Override
  public void open(Sink reader) {
    sink = reader;
    counted = loop.nanos();
    body.open(this);
  }

  @Override
  public void pause() {
    paused = true;
    hold();
  }

  @Override
  public void resume() {
    paused = false;
    go();
  }

  @Override
  public void cancel(Failure why) {
    finish();
    body.cancel(why);
  }

  // From the source

  @Override
  public void data(ByteBuf bytes) {
    if (over) {
      bytes.release();
      return;
    }
    waiting.add(bytes);
    go();
  }

  @Override
  public void flush() {
    if (sink != null && !over) {
      sink.flush();
    }
  }

  @Override
  public void end(Fields fields) {
    trailers = fields;
    go();
  }

  @Override
  public void fail(Failure why) {
    Sink reader = sink;
    boolean told = !over && reader != null;
    finish();
    if (told && reader != null) {
      reader.fail(why);
    }
  }

  // On its way

  private void go() {
    Sink reader = sink;
    if (reader == null || over) {
      return;
    }
    boolean sent = false;
    for (int most = allowed(); !paused && !over && most > 0; most = allowed()) {
      reader.data(taken(most));
      sent = true;
    }
    if (sent && !over) {
      reader.flush();
    }
    if (over || paused) {
      return;
    }
    if (!waiting.isEmpty()) {
      hold();
      later();
    } else if (trailers != null) {
      Fields last = trailers;
      finish();
      reader.end(last);
    } else if (heldBack) {
      heldBack = false;
      body.resume();
    }
  }

  /** How many of the bytes that wait may go now. */
  private int allowed() {
    ByteBuf next = waiting.peek();
    if (next == null) {
      return 0;
    }
    long now = loop.nanos();
    tokens = Math.min(burst, tokens + (double) (now - counted) * perNano);
    counted = now;
    int most = (int) Math.min(tokens, next.readableBytes());
    boolean worth = most == next.readableBytes() || most >= perNano * STEP_NANOS;
    return worth ? most : 0;
  }

  private ByteBuf taken(int bytes) {
    ByteBuf next = waiting.element();
    tokens -= bytes;
    return bytes == next.readableBytes() ? waiting.remove() : next.readRetainedSlice(bytes);
  }

  private void hold() {
    if (!heldBack && trailers == null && !over) {
      heldBack = true;
      body.pause();
    }
  }

  private void later() {
    if (timer == null) {
      timer =
          loop.eventLoop()
              .schedule(
                  () -> {
                    timer = null;
                    go();
                  },
                  STEP_NANOS,
                  TimeUnit.NANOSECONDS);
    }
  }

  private void finish() {
    over = true;
    waiting.forEach(ByteBuf::release);
    waiting.clear();
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }
}
