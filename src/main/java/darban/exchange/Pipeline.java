package darban.exchange;

import darban.base.Failure;
import darban.base.Kind;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The stages of a route and its endpoint, joined into one. The order is that of {@link Phase}, and
 * stands in {@link #of} and nowhere else.
 */
public final class Pipeline implements Endpoint {
  private static final List<Phase> ORDER =
      List.of(
          Phase.CORS,
          Phase.PACE,
          Phase.LIMIT,
          Phase.GATE,
          Phase.PLAYER,
          Phase.SIGNED,
          Phase.REWRITE,
          Phase.CACHE,
          Phase.MANIFEST,
          Phase.COMPRESS,
          Phase.FORWARDED);

  private final Endpoint first;

  private Pipeline(Endpoint first) {
    this.first = first;
  }

  /** The pipeline of these stages, at most one a phase, and {@code endpoint}. */
  public static Pipeline of(Map<Phase, Stage> stages, Endpoint endpoint) {
    Endpoint next = checked(Phase.ENDPOINT, endpoint);
    for (Phase phase : ORDER.reversed()) {
      Stage stage = stages.get(phase);
      if (stage != null) {
        Endpoint following = next;
        next = checked(phase, exchange -> stage.handle(exchange, following));
      }
    }
    return new Pipeline(next);
  }

  /** Makes a failure of whatever a step does that it must not: throw, or return nothing. */
  private static Endpoint checked(Phase phase, Endpoint step) {
    return exchange -> {
      try {
        @Nullable Future<Reply> reply = step.serve(exchange);
        return reply != null
            ? reply
            : Future.failedFuture(Failure.of(Kind.INTERNAL, "no answer from " + phase));
      } catch (RuntimeException thrown) {
        return Future.failedFuture(Failure.from(thrown));
      }
    };
  }

  @Override
  public Future<Reply> serve(Exchange exchange) {
    return first.serve(exchange);
  }
}
