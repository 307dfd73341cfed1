package darban.admin;

import io.vertx.core.json.JsonObject;

/** What the control plane can ask of the house. Any thread. */
public interface Controls {
  /** Whether all listeners are bound and none is being drained. */
  boolean ready();

  /** What runs, in words and numbers. */
  JsonObject status();

  /** Starts to stop. */
  void stop();

  /** The numbers, in Prometheus' text format. */
  String metrics();
}
