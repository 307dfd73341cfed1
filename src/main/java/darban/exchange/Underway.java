package darban.exchange;

import darban.base.Failure;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import org.jspecify.annotations.Nullable;

/**
 * Counts the exchanges of one configuration that are under way on one event loop, so that its parts
 * can be let go of when there are none. Event loop.
 */
public final class Underway implements Observer {
  private final Observer next;
  private final Promise<@Nullable Void> none = Promise.promise();
  private int count;
  private boolean last;

  /** None yet; {@code next} hears of each too. */
  public Underway(Observer next) {
    this.next = next;
  }

  /** Completes when none is under way; no request may begin from now on. */
  public Future<@Nullable Void> none() {
    last = true;
    look();
    return none.future();
  }

  private void look() {
    if (last && count == 0) {
      none.tryComplete();
    }
  }

  @Override
  public void began(Exchange exchange) {
    count++;
    next.began(exchange);
  }

  @Override
  public void tunnels(Exchange exchange) {
    next.tunnels(exchange);
  }

  @Override
  public void ended(Exchange exchange, @Nullable Failure why) {
    count--;
    next.ended(exchange, why);
    look();
  }

  @Override
  public void refused(Peer peer, Failure why, String start) {
    next.refused(peer, why, start);
  }
}
