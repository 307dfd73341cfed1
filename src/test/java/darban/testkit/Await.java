package darban.testkit;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Waits for what must come true, and no longer than needed. */
public final class Await {
  private Await() {}

  /** The value of {@code future}, or its failure thrown; within half a minute. */
  public static <T extends @Nullable Object> T result(Future<T> future) throws Exception {
    try {
      return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw failed;
    } catch (TimeoutException late) {
      throw new AssertionError("not within 30 s", late);
    }
  }

  /** Looks until {@code condition} holds; fails with {@code otherwise} after {@code most}. */
  public static void until(Duration most, Callable<Boolean> condition, Callable<String> otherwise)
      throws Exception {
    long deadline = System.nanoTime() + most.toNanos();
    while (!condition.call()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError(otherwise.call());
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
    }
  }
}
