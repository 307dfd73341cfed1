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

  /** {@code next} is in force; what it has not kept of this is let go. */
  Future<@Nullable Void> retire(Installed next, Future<@Nullable Void> elders) {
    List<Future<?>> all = new ArrayList<>(List.of(graph.retire(next.graph, elders)));
    if (demo != null && demo != next.demo) {
      all.add(demo.close());
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
