package darban.serve.media;

import java.util.Map;

/**
 * The libraries of a configuration, by name. Immutable, any thread.
 *
 * @param byName all of them
 */
public record Libraries(Map<String, Library> byName) {
  public Libraries {
    byName = Map.copyOf(byName);
  }

  /** The library of that name, which the configuration has. */
  Library named(String name) {
    Library library = byName.get(name);
    if (library == null) {
      throw new IllegalArgumentException("no library " + name);
    }
    return library;
  }
}
