package darban.app;

import darban.observe.AccessLog;
import darban.observe.LogConfig;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The access log as it runs. Any thread. */
final class OpenLog implements Part {
  private final House house;
  private final LogConfig.Access config;
  private final AccessLog log;

  /** Opens its file: not on an event loop. */
  OpenLog(House house, LogConfig.Access config) {
    this.house = house;
    this.config = config;
    try {
      this.log = new AccessLog(config, house.output(), Logger.getLogger("darban")::warning);
    } catch (IOException e) {
      throw new UncheckedIOException("the access log cannot be opened: " + e.getMessage(), e);
    }
  }

  /** Whether it is what {@code config} would make. */
  boolean is(LogConfig.Access config) {
    return this.config.equals(config);
  }

  AccessLog log() {
    return log;
  }

  @Override
  public void retire() {
    // Lines of what is under way are still to come.
  }

  @Override
  public Future<@Nullable Void> close() {
    return house.vertx().executeBlocking(this::closeNow, false);
  }

  /** Writes what is left. */
  @Nullable Void closeNow() {
    log.close();
    return null;
  }
}
