package darban.flow;

import darban.base.Ticker;
import darban.http.HttpDate;
import darban.wire.HeadWriter;
import darban.wire.HpackReader;
import darban.wire.HpackWriter;
import darban.wire.QpackReader;
import darban.wire.QpackWriter;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One event loop and what everything on it shares: the clock, scratch memory, the watch over
 * deadlines. Nothing of it may be touched from another thread, apart from {@link #execute}. Closed
 * by the verticle that made it.
 *
 * <p>Deadlines are not timers: each watched object looks at its own, twice a second. A keep-alive
 * connection thus costs no timer per request, and ten thousand idle ones cost well under a
 * millisecond a second.
 */
public final class Loop implements AutoCloseable {
  private static final long TICK_MILLIS = 500;
  private static final int SCRATCH = 128 * 1024;

  private final ContextInternal context;
  private final EventLoop eventLoop;
  private final Transport transport;
  private final Ticker ticker;
  private final HeadWriter headWriter = new HeadWriter();
  private final HpackWriter hpackWriter = new HpackWriter();
  private final HpackReader hpackReader = new HpackReader();
  private final QpackReader qpackReader = new QpackReader();
  private final QpackWriter qpackWriter = new QpackWriter();
  private final byte[] scratch = new byte[SCRATCH];
  private final Pipes pipes = new Pipes();
  private final List<Watched> watched = new ArrayList<>();
  private final ScheduledFuture<?> ticking;
  private long lagNanos;
  private long lastTick;
  private volatile long held;
  private String date;

  /** The loop of {@code context}, which must be an event-loop context. */
  public Loop(Context context, Ticker ticker) {
    this.context = (ContextInternal) context;
    this.eventLoop = this.context.nettyEventLoop();
    this.transport = Transport.of(this.context.owner());
    this.ticker = ticker;
    this.date = HttpDate.format(ticker.now());
    this.lastTick = ticker.nanos();
    this.ticking =
        eventLoop.scheduleAtFixedRate(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void tick() {
    long now = ticker.nanos();
    lagNanos = Math.max(0, now - lastTick - TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS));
    lastTick = now;
    date = HttpDate.format(ticker.now());
    long sum = 0;
    // Backwards, since a watched object may leave while it is looked at.
    for (int i = watched.size() - 1; i >= 0; i--) {
      if (i < watched.size()) {
        sum += watched.get(i).held();
        look(watched.get(i), now);
      }
    }
    held = sum;
  }

  /** A bug in one watched object must not end the watch over all others. */
  private void look(Watched each, long now) {
    try {
      each.tick(now);
    } catch (RuntimeException bug) {
      context.reportException(bug);
    }
  }

  /** Starts to look at {@code w} twice a second. */
  public void watch(Watched w) {
    if (w.watchIndex() < 0) {
      w.watchIndex(watched.size());
      watched.add(w);
    }
  }

  /** Stops looking at {@code w}. */
  public void unwatch(Watched w) {
    int index = w.watchIndex();
    if (index < 0) {
      return;
    }
    Watched last = watched.removeLast();
    if (last != w) {
      watched.set(index, last);
      last.watchIndex(index);
    }
    w.watchIndex(-1);
  }

  /** Nanoseconds that only ever grow. */
  public long nanos() {
    return ticker.nanos();
  }

  /** The clocks. */
  public Ticker ticker() {
    return ticker;
  }

  /** The value of a Date field, at most half a second old. */
  public String date() {
    return date;
  }

  /** How late the last tick was: what the loop's work delayed it by. */
  public long lagNanos() {
    return lagNanos;
  }

  /** Bytes outside the heap that waited on this loop at the last tick; from any thread. */
  public long held() {
    return held;
  }

  /** The array heads are written into; free for use within one call. */
  public HeadWriter headWriter() {
    return headWriter;
  }

  /** The array field sections of HTTP/2 are written into; free for use within one call. */
  public HpackWriter hpackWriter() {
    return hpackWriter;
  }

  /** What reads field sections of HTTP/2; free for use within one call. */
  public HpackReader hpackReader() {
    return hpackReader;
  }

  /** What reads field sections of HTTP/3; free for use within one call. */
  public QpackReader qpackReader() {
    return qpackReader;
  }

  /** The array field sections of HTTP/3 are written into; free for use within one call. */
  public QpackWriter qpackWriter() {
    return qpackWriter;
  }

  /** Memory for use within one call: 128 KiB. */
  public byte[] scratch() {
    return scratch;
  }

  /** Pipes for tunnels. */
  Pipes pipes() {
    return pipes;
  }

  /** Netty's side of the loop. */
  public EventLoop eventLoop() {
    return eventLoop;
  }

  /** The Vert.x context of the loop. */
  public ContextInternal context() {
    return context;
  }

  /** The Vert.x instance of the loop. */
  public Vertx vertx() {
    return context.owner();
  }

  /** How the loop learns what its sockets can do. */
  public Transport transport() {
    return transport;
  }

  /** Runs {@code task} on the loop later; from any thread. */
  public void execute(Runnable task) {
    eventLoop.execute(task);
  }

  /** Stops the watch. What is watched still must be closed by its owner. */
  @Override
  public void close() {
    ticking.cancel(false);
    pipes.close();
  }
}
