package darban.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads a configuration: text, included files, variables, shape, names. Bad input is never thrown,
 * it comes back as problems. Any thread.
 */
public final class ConfigFile {
  private ConfigFile() {}

  /**
   * What came of a reading. Immutable.
   *
   * @param value the configuration; null when there is an error among the problems
   * @param problems all errors and warnings, by file and line
   */
  public record Result<T>(@Nullable T value, List<Problem> problems) {
    /** Whether the configuration can be used, perhaps with warnings. */
    public boolean isGood() {
      return value != null;
    }
  }

  /**
   * Reads a file.
   *
   * @param shape what the file must be as a whole
   * @param environment the value of a variable, or null
   */
  public static <T> Result<T> read(
      Path file, Shape<T> shape, Function<String, @Nullable String> environment) {
    return result(shape, environment, sources -> sources.read(file));
  }

  /**
   * Reads a text.
   *
   * @param name stands for the file in messages; relative paths start at its directory
   */
  public static <T> Result<T> parse(
      Path name, String text, Shape<T> shape, Function<String, @Nullable String> environment) {
    return result(shape, environment, sources -> sources.read(name, text));
  }

  private static <T> Result<T> result(
      Shape<T> shape,
      Function<String, @Nullable String> environment,
      Function<Sources, Node.Mapping> reader) {
    Problems problems = new Problems();
    Sources sources = new Sources(new Variables(environment), problems);
    Node.Mapping root = reader.apply(sources);
    if (!sources.isComplete()) {
      // What seems to be missing may stand in the file that could not be read.
      problems.settle(root.at());
    }
    Optional<T> value = shape.read(root, problems);
    if (sources.isComplete()) {
      problems.resolve();
    }
    return new Result<>(problems.failed() ? null : value.orElse(null), problems.sorted());
  }
}
