package darban.store;

import darban.base.Failure;
import darban.base.Ticker;
import darban.flow.Loop;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Requests to origins that more than one client waits for: the first flies, the others follow until
 * the head of the answer is there. Any thread.
 */
public final class Flights {
  /** What a flight brought. */
  public sealed interface Landing {
    /** An entry that may be read; it was asked for at {@code since}, as {@link Store#now} says. */
    record Stored(Entry entry, long since) implements Landing {}

    /** The origin failed; an entry for those who may have it although it is stale. */
    record Stale(Entry entry, long since) implements Landing {}

    /** It was not needed: the store has more than when it began. */
    record Here() implements Landing {}

    /** Nothing that anybody else may have: each goes on its own. */
    record Alone() implements Landing {}

    /** No answer. */
    record Failed(Failure why) implements Landing {}
  }

  /** One who waits. */
  private record Follower(Loop loop, Consumer<Landing> listener) {}

  private final LoneKeys lone;
  private final Map<String, Flight> flying = new ConcurrentHashMap<>();

  Flights(Ticker ticker) {
    lone = new LoneKeys(ticker);
  }

  /**
   * Joins the flight for {@code id}, or starts it.
   *
   * @return the flight if the caller is the first and is to do the work; else null, and {@code
   *     listener} will hear of the landing on {@code loop}
   */
  public @Nullable Flight lead(String id, Loop loop, Consumer<Landing> listener) {
    while (true) {
      Flight mine = new Flight(id);
      Flight other = flying.putIfAbsent(id, mine);
      if (other == null) {
        return mine;
      }
      if (other.join(new Follower(loop, listener))) {
        return null;
      }
      // It landed this moment.
      flying.remove(id, other);
    }
  }

  /**
   * Whether the answer for {@code key} will be for one client only, as far as the last ones tell:
   * nobody waits for that.
   */
  public boolean isLone(Key key) {
    return lone.contains(key);
  }

  /** The answer was for one client only. */
  public void markLone(Key key) {
    lone.lone(key);
  }

  /** The answer is for all. */
  public void markShared(Key key) {
    lone.shared(key);
  }

  /** One request. */
  public final class Flight {
    private final String id;
    private @Nullable List<Follower> followers = new ArrayList<>(2);

    private Flight(String id) {
      this.id = id;
    }

    private synchronized boolean join(Follower follower) {
      if (followers == null) {
        return false;
      }
      followers.add(follower);
      return true;
    }

    /** Ends without a landing if nobody follows; whether it did. */
    public boolean abandon() {
      synchronized (this) {
        if (followers == null || !followers.isEmpty()) {
          return false;
        }
        followers = null;
      }
      flying.remove(id, this);
      return true;
    }

    /** Tells those who follow, once. From now on others start a flight of their own. */
    public void land(Landing landing) {
      List<Follower> told;
      synchronized (this) {
        told = followers == null ? List.of() : followers;
        followers = null;
      }
      flying.remove(id, this);
      told.forEach(each -> each.loop().execute(() -> each.listener().accept(landing)));
    }
  }
}
