package darban.observe;

import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What is watched of late, a hundred at most, so that nobody makes series without end: for one more
 * that goes which nobody has asked for longest, and should it come again it counts from nothing.
 * Any thread; only those who add one wait for each other.
 *
 * @param <K> what it is known by
 * @param <T> what is counted of it
 */
public final class Titles<K, T> {
  private static final int MOST = 100;

  /** Whoever asks sooner again writes nothing that other threads read. */
  private static final long FINE = 100_000_000L;

  private final Map<K, Held<T>> all = new ConcurrentHashMap<>();
  private final Maker<K, T> maker;

  /** None yet; {@code maker} makes what counts. */
  public Titles(Maker<K, T> maker) {
    this.maker = maker;
  }

  /** What is counted of something that was not known at {@code nanos}. */
  @FunctionalInterface
  public interface Maker<K, T> {
    /** Nothing yet. */
    T make(K key, long nanos);
  }

  private static final class Held<T> {
    private final T what;
    private volatile long asked;

    Held(T what, long nanos) {
      this.what = what;
      this.asked = nanos;
    }

    T asked(long nanos) {
      if (nanos - asked > FINE) {
        asked = nanos;
      }
      return what;
    }
  }

  /** That of {@code key}, new if it is not known; it is asked for now. */
  public T of(K key, long nanos) {
    Held<T> known = all.get(key);
    return known == null ? added(key, nanos) : known.asked(nanos);
  }

  private synchronized T added(K key, long nanos) {
    Held<T> known = all.get(key);
    if (known != null) {
      return known.asked(nanos);
    }
    if (all.size() >= MOST) {
      all.entrySet().stream()
          .max(Comparator.comparingLong(each -> nanos - each.getValue().asked))
          .ifPresent(oldest -> all.remove(oldest.getKey()));
    }
    Held<T> added = new Held<>(maker.make(key, nanos), nanos);
    all.put(key, added);
    return added.what;
  }

  /** That of {@code key}, if it is known. */
  public @Nullable T known(K key) {
    Held<T> known = all.get(key);
    return known == null ? null : known.what;
  }

  /** Each of them, in no order. */
  public void forEach(BiConsumer<K, T> each) {
    all.forEach((key, held) -> each.accept(key, held.what));
  }
}
