package darban.live;

import darban.flow.Loop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Requests that are held until what they ask for is there: each looks again, on its own loop, when
 * something has changed. Any thread; what is of a loop is touched there only.
 */
public final class Waiting {
  private final Map<Loop, Room> rooms = new ConcurrentHashMap<>();
  private final LongConsumer times;
  private volatile boolean closed;

  /**
   * Nobody waits.
   *
   * @param times told for how many nanoseconds each request was held
   */
  Waiting(LongConsumer times) {
    this.times = times;
  }

  /** Those who wait on one loop. */
  private static final class Room {
    private final AtomicBoolean rung = new AtomicBoolean();
    private List<Held<?>> held = new ArrayList<>();

    void look(Loop loop) {
      rung.set(false);
      List<Held<?>> before = held;
      held = new ArrayList<>();
      // Whoever is answered may ask for the next at once.
      before.forEach(each -> {
        if (!each.look(loop.nanos())) {
          held.add(each);
        }
      });
    }
  }

  /** One held request. Event loop of its client. */
  public final class Held<T> {
    private final Promise<Optional<T>> promise = Promise.promise();
    private final Supplier<@Nullable T> found;
    private final long since;
    private final long until;
    private boolean over;

    private Held(Supplier<@Nullable T> found, long since, long until) {
      this.found = found;
      this.since = since;
      this.until = until;
    }

    /** What is found in the end; empty when the time is over, or nothing will come. */
    public Future<Optional<T>> future() {
      return promise.future();
    }

    /** Its client has left. */
    public void cancel() {
      over = true;
      promise.tryComplete(Optional.empty());
    }

    private boolean look(long nanos) {
      if (over) {
        return true;
      }
      T thing;
      try {
        thing = found.get();
      } catch (RuntimeException refused) {
        over = true;
        promise.tryFail(refused);
        return true;
      }
      if (thing != null || closed || nanos - until >= 0) {
        over = true;
        times.accept(nanos - since);
        promise.tryComplete(Optional.ofNullable(thing));
      }
      return over;
    }
  }

  /**
   * Holds a request until {@code found} finds what it asks for, or fails. On {@code loop}.
   *
   * @param most how long it is held, in nanoseconds
   */
  public <T> Held<T> hold(Loop loop, long most, Supplier<@Nullable T> found) {
    long now = loop.nanos();
    Held<T> held = new Held<>(found, now, now + most);
    rooms.computeIfAbsent(loop, any -> new Room()).held.add(held);
    // It may have come while nobody was here to be told.
    ring(loop);
    return held;
  }

  /** Nothing changes any more: no request is held. */
  void close() {
    closed = true;
    ring();
  }

  /** Something has changed. Any thread. */
  void ring() {
    rooms.keySet().forEach(this::ring);
  }

  private void ring(Loop loop) {
    Room room = rooms.get(loop);
    if (room != null && room.rung.compareAndSet(false, true)) {
      loop.execute(() -> room.look(loop));
    }
  }
}
