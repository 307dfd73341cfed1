package darban.stage.cache;

import darban.testkit.Guard;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * The cache against a model of what it may answer: any order of requests, answers, purges, changes,
 * failures and crashes. The number of steps is {@code darban.model.steps}; a run is made again by
 * {@code darban.model.seed}, which each run prints.
 */
@ExtendWith(Guard.class)
class CacheModelTest {
  @TempDir Path folder;

  @Test
  void anyOrderOfEvents_neverAWrongAnswer() throws Exception {
    long seed = Long.getLong("darban.model.seed", ThreadLocalRandom.current().nextLong());
    int steps = Integer.getInteger("darban.model.steps", 3_000);
    System.out.println("cache model: " + steps + " steps, seed " + seed);
    VertxInternal vertx = (VertxInternal) Vertx.vertx();
    try {
      Play play = new Play(seed, folder, vertx);
      play.run(steps);
      System.out.println("cache model: " + play.told());
    } finally {
      darban.testkit.Await.result(vertx.close());
    }
  }
}
