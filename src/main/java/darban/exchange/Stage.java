package darban.exchange;

import io.vertx.core.Future;

/** One step of a pipeline, before and after what follows. One per event loop or stateless. */
public interface Stage {
  /** Proceeds by {@code next}, answers by itself, or fails; never returns null. */
  Future<Reply> handle(Exchange exchange, Endpoint next);
}
