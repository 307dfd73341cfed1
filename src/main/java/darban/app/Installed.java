package darban.app;

import darban.admin.AdminServer;
import darban.demo.DemoOrigin;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a configuration in force has running beside the listeners. Immutable.
 *
 * @param graph what serves requests
 * @param demo the demo origin, or null
 * @param admin the control plane, or null
 */
record Installed(Graph graph, @Nullable DemoOrigin demo, @Nullable AdminServer admin) {
  Configuration configuration() {
    return graph.configuration();
  }

  /** Another is in force; what it has not kept of this is let go. */
  Future<@Nullable Void> retire(Changeover.Result by, Future<@Nullable Void> elders) {
    Installed next = by.now();
    Future<?> last = Future.join(elders, by.last());
    Future<@Nullable Void> graphGone = graph.retire(next.graph, last);
    List<Future<?>> all = new ArrayList<>(List.of(graphGone));
    if (demo != null && demo != next.demo) {
      // It may have requests to answer still.
      all.add(graphGone.transform(any -> demo.close()));
    }
    if (admin != null && admin != next.admin) {
      all.add(admin.retire());
    }
    return Future.join(all).mapEmpty();
  }

  /** Ends everything now. */
  Future<@Nullable Void> close() {
    return graph
        .close()
        .transform(any -> admin == null ? Future.<Void>succeededFuture() : admin.close())
        .transform(any -> demo == null ? Future.<Void>succeededFuture() : demo.close())
        .mapEmpty();
  }
}
