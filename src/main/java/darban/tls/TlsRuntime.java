package darban.tls;

import darban.base.Ticker;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * What this room takes from the process it runs in. Immutable, any thread; closes nothing.
 *
 * @param vertx whose timers and workers are used
 * @param engine the TLS library for TCP
 * @param ticker the time
 * @param random for keys and serial numbers
 * @param poll how often files are looked at for change; 500 ms is a good value
 * @param log what the operator should read
 */
public record TlsRuntime(
    Vertx vertx, Engine engine, Ticker ticker, SecureRandom random, Duration poll, TlsLog log) {

  /**
   * Runs tasks that block, on the workers of Vert.x, in the order they came: a task may wait for
   * one handed over before it.
   */
  Executor workers() {
    return task ->
        vertx.executeBlocking(
            () -> {
              task.run();
              return true;
            },
            false);
  }
}
