package darban.serve.media;

import darban.exchange.Endpoint;
import darban.exchange.Reply;
import darban.flow.Counted;
import java.util.Map;
import java.util.Objects;

/**
 * The libraries of a configuration as one event loop sees them. Immutable.
 *
 * @param byName all of them
 * @param origins of those whose films are behind one: asks it, through the cache
 */
public record Libraries(Map<String, Library> byName, Map<String, Endpoint> origins) {
  public Libraries {
    byName = Map.copyOf(byName);
    origins = Map.copyOf(origins);
  }

  /**
   * An origin behind the cache: what it sends is counted by who counts that for the exchange that
   * it is sent for, which of several is that of the first.
   */
  public static Endpoint counted(Endpoint origin) {
    return exchange ->
        origin
            .serve(exchange)
            .map(reply ->
                exchange.fetched() != null && reply instanceof Reply.Message message
                    ? new Reply.Message(
                        message.status(),
                        message.fields(),
                        Counted.of(message.body(), exchange.fetched()))
                    : reply);
  }

  /** The library of that name, which the configuration has. */
  Library named(String name) {
    return Objects.requireNonNull(byName.get(name), name);
  }

  /** What its films are asked for by. */
  Endpoint origin(String name) {
    return Objects.requireNonNull(origins.get(name), name);
  }
}
