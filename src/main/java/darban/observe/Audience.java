package darban.observe;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Who watches a stream or a film: whoever asked for something of it of late. Any thread. */
public final class Audience {
  private static final long WATCHING = 15_000_000_000L;

  private final Map<Integer, Long> seen = new ConcurrentHashMap<>();
  private final int most;

  /** Nobody yet; more than {@code most} are not told apart. */
  public Audience(int most) {
    this.most = most;
  }

  /** A viewer, told apart by a number of his, asks for something. */
  public void seen(int viewer, long nanos) {
    if (seen.size() < most || seen.containsKey(viewer)) {
      seen.put(viewer, nanos);
    }
  }

  /** Since when nobody has asked for anything, or the time given where nobody ever did. */
  public long silentSince(long began) {
    return seen.values().stream()
        .mapToLong(Long::longValue)
        .reduce(began, (a, b) -> b - a > 0 ? b : a);
  }

  /** How many there are. */
  public int size() {
    return seen.size();
  }

  /** Forgets those who have left. */
  public void tick(long nanos) {
    seen.values().removeIf(last -> nanos - last > WATCHING);
  }
}
