package darban.exchange;

import darban.base.Failure;
import org.jspecify.annotations.Nullable;

/** Who hears of exchanges for logs and metrics. Any event loop; must not block. */
public interface Observer {
  /** A request's head came. */
  void began(Exchange exchange);

  /** The exchange has become a tunnel. */
  void tunnels(Exchange exchange);

  /** The exchange is over; {@code why} if it did not end well. */
  void ended(Exchange exchange, @Nullable Failure why);

  /** Bytes came that were no acceptable request. */
  void refused(Peer peer, Failure why, String start);
}
