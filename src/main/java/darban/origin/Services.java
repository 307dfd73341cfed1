package darban.origin;

import java.util.Map;

/** The services of a configuration as one event loop sees them. Event loop. */
public final class Services {
  private final Map<String, Origins> byName;

  /** These services, by name. */
  public Services(Map<String, Origins> byName) {
    this.byName = Map.copyOf(byName);
  }

  /**
   * The service of that name.
   *
   * @throws IllegalArgumentException when there is none: the configuration was not checked
   */
  public Origins named(String name) {
    Origins origins = byName.get(name);
    if (origins == null) {
      throw new IllegalArgumentException("no service " + name);
    }
    return origins;
  }
}
