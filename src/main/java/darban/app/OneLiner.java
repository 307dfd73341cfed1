package darban.app;

import darban.config.ConfigFile;
import java.nio.file.Path;

/**
 * A configuration out of options: written as the file it would be and read like one, so that what
 * is wrong is told in the same words.
 */
final class OneLiner {
  private OneLiner() {}

  /** Runs the configuration {@code yaml}; {@code name} stands for its file in messages. */
  static int run(String name, String yaml) {
    ConfigFile.Result<Configuration> read =
        ConfigFile.parse(Path.of(name), yaml, Configuration.SHAPE, variable -> null);
    read.problems().forEach(System.err::println);
    return read.isGood()
        ? new Running(java.util.Objects.requireNonNull(read.value()), null, false).run()
        : Main.FAILED;
  }

  /** A text between quotes, in YAML and JSON alike. */
  static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (char c : text.replace("${", "$${").toCharArray()) {
      if (c == '"' || c == '\\') {
        quoted.append('\\');
      }
      quoted.append(c < 0x20 ? "\\u%04x".formatted((int) c) : String.valueOf(c));
    }
    return quoted.append('"').toString();
  }
}
