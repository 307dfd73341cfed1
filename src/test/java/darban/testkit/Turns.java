package darban.testkit;

import darban.base.Ticker;
import darban.flow.Loop;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.AbstractScheduledEventExecutor;
import io.netty.util.concurrent.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.internal.VertxInternal;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The work of many threads done by one, in an order that a seed decides: the same seed, the same
 * run. Each thread is a {@link Line} of tasks; a turn is one task of one of them. One thread.
 */
public final class Turns {
  private static final int RECURRENCE = 100;

  private final SplittableRandom random;
  private final Ticker ticker;
  private final List<Line> lines = new ArrayList<>();
  private @Nullable Line current;
  private long count;

  /** No lines yet; what is due later is due by {@code ticker}. */
  public Turns(SplittableRandom random, Ticker ticker) {
    this.random = random;
    this.ticker = ticker;
    seedThread(random.nextLong());
  }

  /** Libraries throw dice by the thread's own, which nobody else can seed. */
  private static void seedThread(long seed) {
    ThreadLocalRandom.current();
    try {
      Class<?> type = Class.forName("sun.misc.Unsafe");
      Field theUnsafe = type.getDeclaredField("theUnsafe");
      theUnsafe.setAccessible(true);
      Object unsafe = theUnsafe.get(null);
      Object offset =
          type.getMethod("objectFieldOffset", Field.class)
              .invoke(unsafe, Thread.class.getDeclaredField("threadLocalRandomSeed"));
      type.getMethod("putLong", Object.class, long.class, long.class)
          .invoke(unsafe, Thread.currentThread(), offset, seed);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("this JDK keeps the seed elsewhere", e);
    }
  }

  /** A thread. */
  public Line line() {
    return line(false);
  }

  /** Several threads that share what there is to do. */
  public Line lines() {
    return line(true);
  }

  private Line line(boolean anyOrder) {
    Line made = new Line(anyOrder);
    lines.add(made);
    return made;
  }

  /** An event loop, and {@code workers} for what blocks. */
  public Loop loop(VertxInternal vertx, Line workers) {
    return new Loop(
        vertx
            .contextBuilder()
            .withThreadingModel(ThreadingModel.EVENT_LOOP)
            .withEventLoop(new TurningLoop(line()))
            .withWorkerPool(vertx.wrapWorkerPool(workers))
            .build(),
        ticker);
  }

  /** Turns so far. */
  public long count() {
    return count;
  }

  /** Does one task of one line; false when none has any. */
  public boolean turn() {
    Line chosen = null;
    int ready = 0;
    for (Line each : lines) {
      each.wakeDue();
      if (!each.tasks.isEmpty() && random.nextInt(++ready) == 0) {
        chosen = each;
      }
    }
    if (chosen == null) {
      return false;
    }
    chosen.turn();
    return true;
  }

  /** Goes on until nobody has anything to do but what recurs. */
  public void settle() {
    while (turn()) {
      // Until nothing is left.
    }
  }

  /** One thread's tasks. After its end what is brought is done at once. */
  public final class Line extends AbstractExecutorService implements ScheduledExecutorService {
    private record Due(long nanos, Runnable task) {}

    private final boolean anyOrder;
    private final List<Runnable> tasks = new ArrayList<>();
    private final List<Runnable> recurring = new ArrayList<>();
    private final PriorityQueue<Due> later =
        new PriorityQueue<>(Comparator.comparingLong(Due::nanos));
    private boolean over;

    private Line(boolean anyOrder) {
      this.anyOrder = anyOrder;
    }

    private void wakeDue() {
      while (!later.isEmpty() && later.element().nanos() <= ticker.nanos()) {
        tasks.add(later.remove().task());
      }
      if (!recurring.isEmpty() && tasks.isEmpty() && random.nextInt(RECURRENCE) == 0) {
        tasks.addAll(recurring);
      }
    }

    private void turn() {
      count++;
      Runnable task = tasks.remove(anyOrder ? random.nextInt(tasks.size()) : 0);
      Line before = current;
      current = this;
      try {
        task.run();
      } finally {
        current = before;
      }
    }

    @Override
    public void execute(Runnable task) {
      if (over) {
        task.run();
      } else {
        tasks.add(task);
      }
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
      later.add(new Due(ticker.nanos() + unit.toNanos(delay), task));
      return new Scheduled(task);
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(
        Runnable task, long first, long delay, TimeUnit unit) {
      recurring.add(task);
      return new Scheduled(task);
    }

    @Override
    public <V> ScheduledFuture<V> schedule(Callable<V> task, long delay, TimeUnit unit) {
      throw new UnsupportedOperationException();
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(
        Runnable task, long first, long period, TimeUnit unit) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void shutdown() {
      recurring.clear();
      later.clear();
      over = tasks.isEmpty();
      lines.remove(this);
    }

    @Override
    public List<Runnable> shutdownNow() {
      shutdown();
      return List.of();
    }

    @Override
    public boolean isShutdown() {
      return over;
    }

    @Override
    public boolean isTerminated() {
      return over;
    }

    @Override
    public boolean awaitTermination(long most, TimeUnit unit) {
      while (!tasks.isEmpty()) {
        turn();
      }
      over = true;
      return true;
    }
  }

  /** Something to be done later, which is never called off. */
  private static final class Scheduled extends FutureTask<@Nullable Void>
      implements ScheduledFuture<@Nullable Void> {
    Scheduled(Runnable task) {
      super(task, null);
    }

    @Override
    public long getDelay(TimeUnit unit) {
      return 0;
    }

    @Override
    public int compareTo(Delayed other) {
      return 0;
    }
  }

  /** A line as Netty sees a thread. */
  private final class TurningLoop extends AbstractScheduledEventExecutor implements EventLoop {
    private final Line line;

    TurningLoop(Line line) {
      this.line = line;
    }

    @Override
    public void execute(Runnable task) {
      line.execute(task);
    }

    @Override
    public boolean inEventLoop(Thread thread) {
      return current == line;
    }

    @Override
    public @Nullable EventLoopGroup parent() {
      return null;
    }

    @Override
    public EventLoop next() {
      return this;
    }

    @Override
    public ChannelFuture register(Channel channel) {
      throw new UnsupportedOperationException();
    }

    @Override
    public ChannelFuture register(ChannelPromise promise) {
      throw new UnsupportedOperationException();
    }

    @Override
    @Deprecated
    public ChannelFuture register(Channel channel, ChannelPromise promise) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Future<?> shutdownGracefully(long quiet, long most, TimeUnit unit) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Future<?> terminationFuture() {
      throw new UnsupportedOperationException();
    }

    @Override
    @Deprecated
    public void shutdown() {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean isShuttingDown() {
      return false;
    }

    @Override
    public boolean isShutdown() {
      return false;
    }

    @Override
    public boolean isTerminated() {
      return false;
    }

    @Override
    public boolean awaitTermination(long most, TimeUnit unit) {
      return false;
    }
  }
}
