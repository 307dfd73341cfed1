package darban.app;

import darban.admin.AdminConfig;
import darban.admin.AdminServer;
import darban.admin.Controls;
import darban.demo.DemoOrigin;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * From one configuration to the next: opens, builds and binds all that is new, and only then puts
 * it in force, in one go. Where something cannot be had, all of it is undone and nothing has
 * changed. The first start is the change from nothing. Any thread; used once.
 *
 * <pre>
 *   graph ─► listeners ─► demo ─► admin ─┬─► commit ─► the old is let go, in its own time
 *     └─────────┴──────────┴───────┴─────┴─► undo
 * </pre>
 */
final class Changeover {
  private final House house;
  private final Controls controls;
  private final @Nullable Installed before;
  private final Configuration next;
  private final Deque<Supplier<Future<?>>> undo = new ArrayDeque<>();

  /** From {@code before}, null at the start, to {@code next}. */
  Changeover(House house, Controls controls, @Nullable Installed before, Configuration next) {
    this.house = house;
    this.controls = controls;
    this.before = before;
    this.next = next;
  }

  /**
   * What came of it.
   *
   * @param now what is in force
   * @param listeners what became of them
   * @param last completes when no request comes any more that what was before has to serve
   */
  record Result(Installed now, Listeners.Summary listeners, Future<@Nullable Void> last) {}

  /** Does it. */
  Future<Result> run() {
    boolean passwords = next.forward().basicAuth();
    return undoable(Graph.open(house, next, before == null ? null : before.graph()), Graph::undo)
        .compose(graph ->
            undoable(house.listeners().prepare(next.listeners(), passwords), Listeners.Change::undo)
                .compose(change ->
                    demo()
                        .compose(demo ->
                            admin()
                                .map(admin ->
                                    commit(
                                        new Installed(graph, demo.orElse(null), admin.orElse(null)),
                                        change)))))
        .recover(this::undone);
  }

  private <T> Future<T> undoable(Future<T> step, Function<T, Future<?>> how) {
    return step.onSuccess(done -> undo.push(() -> how.apply(done)));
  }

  private <T> Future<T> undone(Throwable why) {
    Future<?> all = Future.succeededFuture();
    for (Supplier<Future<?>> each : undo) {
      all = all.transform(any -> each.get());
    }
    return all.transform(any -> Future.failedFuture(why));
  }

  private Future<Optional<DemoOrigin>> demo() {
    if (next.demo().isEmpty()) {
      return Future.succeededFuture(Optional.empty());
    }
    if (before != null && before.configuration().demo().equals(next.demo())) {
      return Future.succeededFuture(Optional.ofNullable(before.demo()));
    }
    DemoOrigin made = new DemoOrigin(house.vertx(), next.demo().get());
    return undoable(made.start().map(made), DemoOrigin::close).map(Optional::of);
  }

  /** The control plane; that of before where it stays at its address. */
  private Future<Optional<AdminServer>> admin() {
    if (next.admin().isEmpty()) {
      return Future.succeededFuture(Optional.empty());
    }
    AdminConfig wanted = next.admin().get();
    AdminServer known = before == null ? null : before.admin();
    if (known != null && known.isAt(wanted.address())) {
      return Future.succeededFuture(Optional.of(known));
    }
    AdminServer made = new AdminServer(house.vertx(), wanted, controls);
    return undoable(made.start().map(made), AdminServer::close).map(Optional::of);
  }

  private Result commit(Installed now, Listeners.Change change) {
    Collection<String> listenedBefore = List.copyOf(house.listeners().addresses().keySet());
    now.graph().inForce();
    AdminServer admin = now.admin();
    if (admin != null) {
      admin.use(next.admin().orElseThrow());
    }
    house.listeners().control(admin == null ? null : admin.bound());
    Future<@Nullable Void> last = change.commit(now.graph()::exchanges);
    return new Result(now, change.summary(listenedBefore), last);
  }
}
