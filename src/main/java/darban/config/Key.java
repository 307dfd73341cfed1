package darban.config;

import java.util.Optional;

/**
 * A key that a section has declared, by which its value is got from {@link Values}. Immutable.
 *
 * @param <T> its value
 */
public final class Key<T> {
  private final Reader<T> reader;

  /** Finds the value in a section. */
  interface Reader<T> {
    Optional<T> read(Node.Mapping section, Problems problems);
  }

  Key(Reader<T> reader) {
    this.reader = reader;
  }

  Optional<T> read(Node.Mapping section, Problems problems) {
    return reader.read(section, problems);
  }
}
