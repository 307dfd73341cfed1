package darban.exchange;

import darban.flow.Loop;
import java.util.HashMap;
import java.util.Map;

/**
 * What endpoints and stages are built from on one event loop: the loop and whatever engines the
 * house has put in, by their type. Filled when a configuration is started, read while its routes
 * are built.
 */
public final class Parts {
  private final Loop loop;
  private final Map<Class<?>, Object> parts = new HashMap<>();

  /** Nothing but the loop. */
  public Parts(Loop loop) {
    this.loop = loop;
  }

  /** The loop. */
  public Loop loop() {
    return loop;
  }

  /** Puts a part in. */
  public <T> Parts put(Class<T> type, T part) {
    parts.put(type, part);
    return this;
  }

  /**
   * The part of that type.
   *
   * @throws IllegalStateException when it was not put in: the house is built in the wrong order
   */
  public <T> T get(Class<T> type) {
    Object part = parts.get(type);
    if (part == null) {
      throw new IllegalStateException("no " + type.getSimpleName() + " on this loop");
    }
    return type.cast(part);
  }
}
