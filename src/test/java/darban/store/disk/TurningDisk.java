package darban.store.disk;

import darban.testkit.FaultyFiles;
import darban.testkit.Turns;
import io.vertx.core.Future;
import java.util.concurrent.Executor;

/** Opens disk stores whose threads are lines of {@link Turns}. */
public final class TurningDisk {
  private TurningDisk() {}

  /** Opens one; {@code aside} opens and closes. */
  public static Future<DiskStore> open(
      DiskOptions options, Turns turns, Executor aside, FaultyFiles files) {
    Crew crew = new Crew(turns.line(), turns.lines(), turns.line(), aside);
    return DiskStore.open(options, crew, files::open);
  }
}
