package darban.serve.media;

import darban.base.Failure;
import darban.base.Kind;
import darban.flow.Loop;
import darban.flow.Watched;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Turns at reading: few at a time, which hold no more memory together than there is room for; the
 * others stand in line. What a turn keeps of what it has read counts too: where that alone leaves
 * no room, the one that keeps most goes on, so that one of them comes to an end. Who reads slower
 * than anybody has patience for goes on while nobody stands in line, and gives way to those who do.
 * Any thread; nobody closes it.
 */
final class Turns {
  /** What a turn may take at least before it has to give way. */
  static final Duration TIME = Duration.ofSeconds(10);

  /** Bytes a second of what it reads that add to its time. */
  private static final long PACE = 256 << 10;

  private static final Comparator<Turn> BY_KEPT = Comparator.comparingLong(turn -> turn.kept);

  private final int places;
  private final long room;
  private final Deque<Turn> line = new ArrayDeque<>();
  private final Deque<Turn> wanting = new ArrayDeque<>();
  private int taken;
  private int rooms;
  private long held;

  /**
   * So many turns at once.
   *
   * @param room bytes that they may hold together; one that wants more has all of it for itself
   */
  Turns(int places, long room) {
    this.places = places;
    this.room = room;
  }

  /** A turn that begins on {@code loop} when there is a place. */
  Turn lineUp(Loop loop, Consumer<Turn> work) {
    Turn turn = new Turn(loop, work);
    synchronized (this) {
      line.add(turn);
      next();
    }
    return turn;
  }

  private void next() {
    while (taken < places && !line.isEmpty()) {
      taken++;
      line.remove().begin(true);
    }
    while (!wanting.isEmpty() && (rooms == 0 || held + wanting.getFirst().wanted <= room)) {
      boolean fits = held + wanting.getFirst().wanted <= room;
      Turn turn = fits ? wanting.getFirst() : Collections.max(wanting, BY_KEPT);
      wanting.remove(turn);
      rooms++;
      held += turn.wanted;
      turn.loop.execute(turn::granted);
    }
  }

  private synchronized boolean awaited() {
    return !line.isEmpty() || !wanting.isEmpty();
  }

  private synchronized void want(Turn turn, long bytes) {
    turn.wanted = bytes;
    wanting.add(turn);
    next();
  }

  private synchronized void closed(long bytes) {
    rooms--;
    held -= bytes;
    next();
  }

  private synchronized void keep(Turn turn, long bytes) {
    held += bytes - turn.kept;
    turn.kept = bytes;
  }

  private synchronized void over(Turn turn) {
    taken--;
    held -= turn.kept;
    next();
  }

  private synchronized boolean awaits(Turn turn) {
    return line.contains(turn);
  }

  private synchronized boolean leaves(Turn turn, Deque<Turn> queue) {
    boolean left = queue.remove(turn);
    next();
    return left;
  }

  /** One turn: has a place from its beginning until it is over. Event loop, but for giving up. */
  final class Turn implements Watched {
    private final Loop loop;
    private final Consumer<Turn> work;
    private boolean placed;
    private long wanted;
    private long kept;
    private @Nullable Promise<Scratch> promise;
    private @Nullable Failure givenUp;
    private @Nullable Consumer<Failure> aborted;
    private long since;
    private long left = TIME.toNanos();
    private int watchIndex = -1;

    Turn(Loop loop, Consumer<Turn> work) {
      this.loop = loop;
      this.work = work;
    }

    private void begin(boolean place) {
      placed = place;
      loop.execute(() -> work.accept(this));
    }

    /** Why it is to end; null while it is not. */
    @Nullable Failure givenUp() {
      return givenUp;
    }

    /** Who ends what is on its way when it is not wanted any more; without, it is not ended. */
    void onGivenUp(Consumer<Failure> listener) {
      aborted = listener;
    }

    /** Room for so many bytes, to be closed before there can be other. */
    Future<Scratch> room(long bytes) {
      if (givenUp != null) {
        return Future.failedFuture(givenUp);
      }
      Promise<Scratch> asked = loop.context().promise();
      promise = asked;
      want(this, bytes);
      return asked.future();
    }

    /** It keeps so many bytes beside its room, until it is over or says otherwise. */
    void keeps(long bytes) {
      keep(this, bytes);
    }

    private void granted() {
      since = loop.nanos();
      left += (long) (wanted * 1e9 / PACE);
      loop.watch(this);
      Scratch scratch = new Scratch(wanted, this::closed);
      Promise<Scratch> asked = Objects.requireNonNull(promise);
      if (givenUp == null) {
        asked.complete(scratch);
      } else {
        scratch.close();
        asked.fail(givenUp);
      }
    }

    private void closed() {
      left -= loop.nanos() - since;
      loop.unwatch(this);
      Turns.this.closed(wanted);
    }

    @Override
    public void tick(long nanos) {
      if (nanos - since > left && awaited()) {
        ended(Failure.of(Kind.RESPONSE_TIMEOUT, "it is read too slowly, and others wait"));
      }
    }

    /**
     * Ends it, if it has not begun or what it does can be ended, unless somebody wants it yet. Any
     * thread.
     *
     * @param unwanted asked last; if it says so, it will not be wanted again
     */
    void giveUp(Failure why, BooleanSupplier unwanted) {
      loop.execute(() -> {
        if ((aborted != null || awaits(this)) && unwanted.getAsBoolean()) {
          ended(why);
        }
      });
    }

    private void ended(Failure why) {
      if (givenUp != null) {
        return;
      }
      givenUp = why;
      if (leaves(this, line)) {
        begin(false);
      } else if (leaves(this, wanting)) {
        Objects.requireNonNull(promise).fail(why);
      } else if (aborted != null) {
        aborted.accept(why);
      }
    }

    /** It is over, well or not; nothing of its room is held any more. */
    void over() {
      if (placed) {
        Turns.this.over(this);
      }
    }

    @Override
    public int watchIndex() {
      return watchIndex;
    }

    @Override
    public void watchIndex(int index) {
      watchIndex = index;
    }
  }
}
