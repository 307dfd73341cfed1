package darban.radio;

import darban.base.Failure;
import darban.base.Kind;
import darban.flow.Loop;
import darban.media.radio.IcyMetadata;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What a source sends, as a chain of pieces to which it adds and along which listeners go. Any
 * thread; what is of a loop is touched there only. Ends when nobody sends any more.
 */
public final class Mount {
  /**
   * A piece of sound.
   *
   * <p>Nobody holds those that all listeners have behind them.
   */
  static final class Piece {
    final byte[] bytes;

    /** Where it begins, counted from the first byte of the mount. */
    final long at;

    final IcyMetadata title;

    /** What goes before it for who begins with it. */
    final byte[] heads;

    private volatile @Nullable Piece next;

    Piece(byte[] bytes, long at, IcyMetadata title, byte[] heads) {
      this.heads = heads;
      this.bytes = bytes;
      this.at = at;
      this.title = title;
    }

    @Nullable Piece next() {
      return next;
    }

    long end() {
      return at + bytes.length;
    }
  }

  /** The listeners on one loop. */
  private static final class Room {
    private final AtomicBoolean rung = new AtomicBoolean();
    private final List<Listener> listeners = new ArrayList<>();
  }

  private static final byte[] NONE = {};

  private final String name;
  private final Map<Loop, Room> rooms = new ConcurrentHashMap<>();
  private final AtomicInteger listening = new AtomicInteger();
  private final LongAdder received = new LongAdder();
  private final LongAdder sent = new LongAdder();
  private final LongAdder slow = new LongAdder();
  private volatile RadioConfig.Hearing hearing;
  private volatile Station station;
  private volatile Piece start;
  private volatile Piece last;
  private volatile boolean over;
  private IcyMetadata title = IcyMetadata.of("");
  private @Nullable Source source;
  private long silentSince;

  Mount(String name, Station station, RadioConfig.Hearing hearing, long nanos) {
    this.silentSince = nanos;
    this.name = name;
    this.station = station;
    this.hearing = hearing;
    this.last = new Piece(NONE, 0, title, NONE);
    this.start = last;
  }

  /** The path it is under. */
  public String name() {
    return name;
  }

  /** What its source tells of it. */
  public Station station() {
    return station;
  }

  RadioConfig.Hearing hearing() {
    return hearing;
  }

  void hearing(RadioConfig.Hearing now) {
    hearing = now;
  }

  // The source

  /** Another source begins to send; fails while one does, and where it sends something else. */
  synchronized void begin(Source begins, Station tells) {
    if (source != null) {
      throw Failure.of(Kind.FORBIDDEN, "somebody sends to this mount already");
    }
    if (over || !tells.type().equals(station.type())) {
      throw Failure.of(Kind.CONFLICT, "the mount is about to end");
    }
    source = begins;
    station = tells;
  }

  /** The source sends no more. */
  synchronized void ended(Source ends, long nanos) {
    if (source == ends) {
      source = null;
      silentSince = nanos;
    }
  }

  /** What plays from now on. */
  public synchronized void title(IcyMetadata now) {
    title = now;
  }

  /** Adds to what is heard: sound of which each piece can be the first that is heard. */
  void publish(byte[] bytes) {
    publish(bytes, NONE);
  }

  /** Adds to what is heard, for those who have heard {@code heads}. */
  void publish(byte[] bytes, byte[] heads) {
    received.add(bytes.length);
    synchronized (this) {
      Piece piece = new Piece(bytes, last.end(), title, heads);
      last.next = piece;
      last = piece;
      Piece first = start;
      Piece following = first.next();
      // A new listener begins with at least the burst, if there is as much.
      while (following != null && piece.end() - following.at >= hearing.burst()) {
        first = following;
        following = first.next();
      }
      start = first;
    }
    ring();
  }

  private void ring() {
    rooms.forEach((loop, room) -> {
      if (room.rung.compareAndSet(false, true)) {
        loop.execute(() -> look(room));
      }
    });
  }

  private void look(Room room) {
    room.rung.set(false);
    // Whoever leaves does it while the others are looked at.
    for (Listener each : List.copyOf(room.listeners)) {
      each.look();
    }
  }

  // Listeners

  /** Where a new listener begins. */
  Piece start() {
    return start;
  }

  /** Bytes since the beginning. */
  long end() {
    return last.end();
  }

  boolean isOver() {
    return over;
  }

  void join(Loop loop, Listener listener) {
    listening.incrementAndGet();
    rooms.computeIfAbsent(loop, any -> new Room()).listeners.add(listener);
  }

  void leave(Loop loop, Listener listener) {
    Room room = rooms.get(loop);
    if (room != null && room.listeners.remove(listener)) {
      listening.decrementAndGet();
    }
  }

  void sent(int bytes) {
    sent.add(bytes);
  }

  void tooSlow() {
    slow.increment();
  }

  // The end

  /** Gives a silent source up; whether the mount is over. */
  boolean tick(RadioConfig config, long nanos) {
    Source quiet;
    synchronized (this) {
      quiet = source;
      if (quiet == null && nanos - silentSince > config.grace().toNanos()) {
        over = true;
      }
    }
    if (quiet != null && quiet.isSilent(config, nanos)) {
      quiet.cut(Failure.of(Kind.REQUEST_TIMEOUT, "the source is silent"));
    }
    return over;
  }

  /** Ends: listeners hear what there is, and then the end. */
  void close() {
    Source left;
    synchronized (this) {
      over = true;
      left = source;
    }
    if (left != null) {
      left.cut(Failure.of(Kind.STOPPING, "the mount ends"));
    }
    ring();
  }

  /**
   * How it does.
   *
   * @param listeners who listen now
   * @param received bytes of sources
   * @param sent bytes to listeners, titles included
   * @param slow listeners who were too slow
   */
  public record Figures(String mount, int listeners, long received, long sent, long slow) {}

  /** How it does. */
  Figures figures() {
    return new Figures(name, listening.get(), received.sum(), sent.sum(), slow.sum());
  }
}
