package darban.live;

import java.util.Map;

/**
 * The hubs of a configuration, by name. Immutable, any thread.
 *
 * @param byName all of them
 */
public record Hubs(Map<String, Hub> byName) {
  public Hubs {
    byName = Map.copyOf(byName);
  }

  /** The hub of that name, which the configuration has. */
  public Hub named(String name) {
    Hub hub = byName.get(name);
    if (hub == null) {
      throw new IllegalArgumentException("no live hub " + name);
    }
    return hub;
  }
}
