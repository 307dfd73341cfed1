package darban.app;

import darban.base.Ticker;
import darban.flow.Loop;
import io.vertx.core.AbstractVerticle;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The house on one event loop: deployed once for each core, it holds the loop that listeners accept
 * on, and ends it when it is undeployed.
 */
final class LoopVerticle extends AbstractVerticle {
  private final Ticker ticker;
  private final Consumer<Loop> started;
  private @Nullable Loop loop;

  LoopVerticle(Ticker ticker, Consumer<Loop> started) {
    this.ticker = ticker;
    this.started = started;
  }

  @Override
  public void start() {
    Loop made = new Loop(context, ticker);
    loop = made;
    started.accept(made);
  }

  @Override
  public void stop() {
    if (loop != null) {
      loop.close();
    }
  }
}
