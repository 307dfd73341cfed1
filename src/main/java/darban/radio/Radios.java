package darban.radio;

import java.util.Map;

/**
 * The radios of a configuration. Immutable, any thread.
 *
 * @param byName as the configuration names them
 */
public record Radios(Map<String, Radio> byName) {
  public Radios {
    byName = Map.copyOf(byName);
  }

  /** The one of that name, which the configuration has. */
  public Radio named(String name) {
    Radio radio = byName.get(name);
    if (radio == null) {
      throw new IllegalArgumentException("no radio " + name);
    }
    return radio;
  }
}
