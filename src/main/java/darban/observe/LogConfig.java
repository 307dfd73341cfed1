package darban.observe;

import static darban.config.Shapes.choice;
import static darban.config.Shapes.either;
import static darban.config.Shapes.section;
import static darban.config.Shapes.word;

import darban.config.Shape;
import darban.config.Shapes;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What is logged.
 *
 * @param level of the application log on standard error
 * @param form of the application log
 * @param access the access log; empty for none
 */
public record LogConfig(Level level, Form form, Optional<Access> access) {
  /** Warnings and notes as text, requests as JSON on standard output. */
  public static final LogConfig DEFAULT =
      new LogConfig(Level.INFO, Form.TEXT, Optional.of(new Access(Format.JSON, Optional.empty())));

  /** How much is told. */
  public enum Level {
    ERROR,
    WARN,
    INFO,
    DEBUG
  }

  /** How the application log is written. */
  public enum Form {
    TEXT,
    JSON
  }

  /** How the access log is written. */
  public enum Format {
    JSON,
    COMMON,
    COMBINED,
    SQUID
  }

  /**
   * The access log.
   *
   * @param file where to; standard output if empty
   */
  public record Access(Format format, Optional<Path> file) {
    private static final Shape<Access> SHAPE =
        section(
            "access-log",
            keys -> {
              var format =
                  keys.withDefault("format", choice(Format.class), "json", "How lines look");
              var file =
                  keys.withDefault(
                      "file",
                      either(word("-", Optional.<Path>empty()), Shapes.path().map(Optional::of)),
                      "\"-\"",
                      "Where to; `-` is standard output");
              return values -> new Access(values.get(format), values.get(file));
            });
  }

  /** The shape of the section {@code log}. */
  public static final Shape<LogConfig> SHAPE =
      section(
          "log",
          keys -> {
            var level = keys.withDefault("level", choice(Level.class), "info", "How much is told");
            var form =
                keys.withDefault("form", choice(Form.class), "text", "Of the lines on stderr");
            var access =
                keys.withDefault(
                    "access",
                    either(word("off", Optional.<Access>empty()), Access.SHAPE.map(Optional::of)),
                    "{}",
                    "The access log, or `off`");
            return values -> new LogConfig(values.get(level), values.get(form), values.get(access));
          });
}
