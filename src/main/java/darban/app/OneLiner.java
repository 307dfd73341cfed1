package darban.app;

import darban.config.ConfigFile;
import io.vertx.core.json.Json;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * A configuration out of options: written as the file it would be and read like one, so that what
 * is wrong is told in the same words.
 */
final class OneLiner {
  private OneLiner() {}

  /**
   * Runs a configuration.
   *
   * @param name stands for its file in messages
   * @param yaml the file, with a {@code %s} for each of {@code values}: texts, and what is made of
   *     them
   */
  static int run(String name, String yaml, Object... values) {
    String file = yaml.formatted(Stream.of(values).map(OneLiner::written).toArray());
    ConfigFile.Result<Configuration> read =
        ConfigFile.parse(Path.of(name), file, Configuration.SHAPE, variable -> null);
    read.problems().forEach(System.err::println);
    return read.isGood()
        ? new Running(Objects.requireNonNull(read.value()), null, false).run()
        : Main.FAILED;
  }

  /** In JSON, which is YAML; of what stands in it no variable is made. */
  private static String written(Object value) {
    return Json.encode(value).replace("${", "$${");
  }
}
