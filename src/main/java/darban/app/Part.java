package darban.app;

import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * A running part of a configuration. The next configuration keeps it where it says the same of it;
 * else it is retired when the next one is in force, and closed when nothing is under way in it any
 * more. Any thread.
 */
interface Part {
  /** Holds on to nothing that what is under way does not need. */
  void retire();

  /** Ends. */
  Future<@Nullable Void> close();
}
