package darban.admin;

import darban.store.Selection;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;

/** What the control plane can ask of the house. Any thread. */
public interface Controls {
  /** Whether all listeners are bound and none is being drained. */
  boolean ready();

  /** What runs, in words and numbers. */
  JsonObject status();

  /** Starts to stop. */
  void stop();

  /**
   * Reads the configuration again and puts it in force.
   *
   * @return what has changed, in words; fails with what is wrong, and then nothing has
   */
  Future<String> reload();

  /**
   * Purges stored answers: they are found no more when this returns.
   *
   * @param soft whether they only become stale
   * @return how many are known to be concerned
   */
  Future<Long> purge(Selection selection, boolean soft);

  /** The numbers, in Prometheus' text format. */
  String metrics();
}
