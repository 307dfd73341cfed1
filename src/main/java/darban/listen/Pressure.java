package darban.listen;

import com.sun.management.UnixOperatingSystemMXBean;
import io.netty.util.internal.PlatformDependent;
import java.io.File;
import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * How close the process is to the end of its descriptors and of its memory outside the heap. From
 * nine tenths on it takes no new connections and sheds those that are idle; if that does not help,
 * it refuses requests too, until there is room again. Looked at twice a second; any thread.
 *
 * <pre>
 *   EASY ──high──► SHEDDING ──still high──► REFUSING
 *    ▲                │ low                    │ low
 *    └────────────────┴────────────────────────┘
 * </pre>
 */
public final class Pressure {
  /** What is done about it. */
  public enum State {
    /** Nothing. */
    EASY,
    /** No new connections; idle ones are closed. */
    SHEDDING,
    /** Nor any request. */
    REFUSING
  }

  /** How much there is of something that runs out, and how much of it is used. */
  public record Level(long used, long most) {
    double share() {
      return most <= 0 ? 0 : (double) used / most;
    }
  }

  private static final double HIGH = 0.90;
  private static final double LOW = 0.85;
  private static final int MOST_IN_RESERVE = 32;
  private static final File DESCRIPTORS = new File("/proc/self/fd");

  private final Supplier<Level> descriptors;
  private final Supplier<Level> memory;
  private final AtomicLong room = new AtomicLong(Long.MAX_VALUE);
  private volatile long reserve = Long.MAX_VALUE;
  private volatile State state = State.EASY;

  /** The pressure of these, not looked at yet. */
  public Pressure(Supplier<Level> descriptors, Supplier<Level> memory) {
    this.descriptors = descriptors;
    this.memory = memory;
  }

  /**
   * The pressure of this process. What the allocator holds in reserve does not count as used while
   * hardly any of it is in use.
   *
   * @param held bytes of memory outside the heap that are in use, as far as is known
   */
  public static Pressure ofProcess(LongSupplier held) {
    return new Pressure(Pressure::ownDescriptors, () -> ownMemory(held.getAsLong()));
  }

  private static Level ownDescriptors() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? new Level(openDescriptors(unix), unix.getMaxFileDescriptorCount())
        : new Level(0, 0);
  }

  /** Since Linux 6.2 the folder tells; to count ten thousand takes a hundredth of a second. */
  private static long openDescriptors(UnixOperatingSystemMXBean unix) {
    long told = DESCRIPTORS.length();
    try {
      return told > 0 ? told : unix.getOpenFileDescriptorCount();
    } catch (InternalError noneLeftToCountWith) {
      return unix.getMaxFileDescriptorCount();
    }
  }

  private static Level ownMemory(long held) {
    long most = PlatformDependent.maxDirectMemory();
    return new Level(
        held * MOST_IN_RESERVE < most ? held : PlatformDependent.usedDirectMemory(), most);
  }

  /** What is done now. */
  public State state() {
    return state;
  }

  /** Whether there are descriptors for a connection more; if not, none is to be accepted. */
  public boolean admits() {
    return room.get() > 0;
  }

  /**
   * Whether there are none even for a connection that was accepted by one event loop while another
   * took the last: a part of what is kept back is for those.
   */
  public boolean exhausted() {
    return room.get() <= -reserve;
  }

  /** Counts a connection at once: between two looks more may come than there are descriptors. */
  public void admitted() {
    room.decrementAndGet();
  }

  /** Looks how things stand. Slow where there are many descriptors: not on an event loop. */
  public State look() {
    Level open = descriptors.get();
    double share = Math.max(open.share(), memory.get().share());
    // Those who wait use nothing: that there was no room for them counts as high too.
    boolean full = room.get() <= 0;
    state =
        state == State.EASY
            ? share >= HIGH || full ? State.SHEDDING : State.EASY
            : share < LOW ? State.EASY : State.REFUSING;
    boolean unknown = open.most <= 0;
    reserve = unknown ? Long.MAX_VALUE : pairs(open.most * (1 - HIGH));
    room.set(unknown ? Long.MAX_VALUE : pairs(open.most * HIGH - open.used));
    return state;
  }

  /** A client's connection may need one to an origin. */
  private static long pairs(double descriptors) {
    return Math.round(descriptors) / 2;
  }
}
