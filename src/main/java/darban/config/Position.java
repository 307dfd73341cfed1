package darban.config;

import java.nio.file.Path;
import java.util.Comparator;

/**
 * A place in a configuration file. Immutable.
 *
 * @param file the file as the user named it, or a made-up name for text that came from elsewhere
 * @param line from 1
 * @param column from 1, in characters
 */
public record Position(Path file, int line, int column) implements Comparable<Position> {
  private static final Comparator<Position> ORDER =
      Comparator.comparing(Position::file)
          .thenComparingInt(Position::line)
          .thenComparingInt(Position::column);

  /** The first character of {@code file}. */
  public static Position startOf(Path file) {
    return new Position(file, 1, 1);
  }

  /**
   * What a path written here means: a relative one starts at the directory of the file.
   *
   * @throws java.nio.file.InvalidPathException when {@code path} has a NUL in it
   */
  public Path resolve(String path) {
    return file.resolveSibling(path);
  }

  @Override
  public int compareTo(Position other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return file + ":" + line + ":" + column;
  }
}
