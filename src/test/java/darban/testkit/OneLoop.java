package darban.testkit;

import darban.base.Ticker;
import darban.flow.Loop;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** An event loop with nothing on it but what a test puts there. Closed by the test's class. */
public final class OneLoop implements AutoCloseable {
  private final Vertx vertx =
      TestTransport.chosen().vertx(new VertxOptions().setEventLoopPoolSize(1));
  private final Context context = vertx.getOrCreateContext();
  private final Loop loop;

  /** A loop whose clock is {@code ticker}. */
  public OneLoop(Ticker ticker) {
    loop = new Loop(context, ticker);
  }

  /** The loop. */
  public Loop loop() {
    return loop;
  }

  /** The context of the loop. */
  public Context context() {
    return context;
  }

  /** What {@code task} returns or throws on the loop. */
  public <T extends @Nullable Object> T on(Callable<T> task) throws Exception {
    CompletableFuture<T> result = new CompletableFuture<>();
    context.runOnContext(any -> {
      try {
        result.complete(task.call());
      } catch (Throwable thrown) {
        result.completeExceptionally(thrown);
      }
    });
    try {
      return result.get(30, TimeUnit.SECONDS);
    } catch (ExecutionException thrown) {
      if (thrown.getCause() instanceof Exception exception) {
        throw exception;
      }
      throw thrown;
    }
  }

  /** Runs {@code task} on the loop. */
  public void run(Runnable task) throws Exception {
    on(() -> {
      task.run();
      return true;
    });
  }

  @Override
  public void close() {
    try {
      run(loop::close);
      Await.result(vertx.close());
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
