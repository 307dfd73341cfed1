package darban.listen;

import com.sun.management.UnixOperatingSystemMXBean;
import io.netty.util.internal.PlatformDependent;
import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.AtomicLong;
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

  private final Supplier<Level> descriptors;
  private final Supplier<Level> memory;
  private final AtomicLong room = new AtomicLong(Long.MAX_VALUE);
  private volatile State state = State.EASY;

  /** The pressure of these, not looked at yet. */
  public Pressure(Supplier<Level> descriptors, Supplier<Level> memory) {
    this.descriptors = descriptors;
    this.memory = memory;
  }

  /** The pressure of this process. */
  public static Pressure ofProcess() {
    return new Pressure(Pressure::ownDescriptors, Pressure::ownMemory);
  }

  private static Level ownDescriptors() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? new Level(unix.getOpenFileDescriptorCount(), unix.getMaxFileDescriptorCount())
        : new Level(0, 0);
  }

  private static Level ownMemory() {
    return new Level(PlatformDependent.usedDirectMemory(), PlatformDependent.maxDirectMemory());
  }

  /** What is done now. */
  public State state() {
    return state;
  }

  /**
   * Whether there is room for one more connection, which is counted at once: between two looks more
   * may come than there are descriptors.
   */
  public boolean admits() {
    return state == State.EASY && room.decrementAndGet() >= 0;
  }

  /** Looks how things stand. Slow where there are many descriptors: not on an event loop. */
  public State look() {
    Level open = descriptors.get();
    double share = Math.max(open.share(), memory.get().share());
    if (share < LOW || (share < HIGH && state == State.EASY)) {
      state = State.EASY;
    } else {
      state = state == State.EASY ? State.SHEDDING : State.REFUSING;
    }
    // A client's connection may need one to an origin.
    room.set(open.most <= 0 ? Long.MAX_VALUE : (long) (open.most * HIGH - open.used) / 2);
    return state;
  }
}
