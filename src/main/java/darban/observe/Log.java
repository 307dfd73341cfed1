package darban.observe;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Collectors;

/**
 * The application log on standard error, through the JDK's logging so that libraries end up in it
 * too. One line an event; what a stranger sent is escaped.
 */
public final class Log {
  private Log() {}

  /**
   * Lets libraries know where to log, before the first of them is touched: each would look for
   * other loggers first, through all jars, and there are none.
   */
  public static void adoptLibraries() {
    System.setProperty(
        "vertx.logger-delegate-factory-class-name", "io.vertx.core.logging.JULLogDelegateFactory");
    io.netty.util.internal.logging.InternalLoggerFactory.setDefaultFactory(
        io.netty.util.internal.logging.JdkLoggerFactory.INSTANCE);
    io.micrometer.common.util.internal.logging.InternalLoggerFactory.setDefaultFactory(
        io.micrometer.common.util.internal.logging.JdkLoggerFactory.INSTANCE);
  }

  /** Sets up the log of this process. */
  public static void setUp(LogConfig config) {
    Logger root = Logger.getLogger("");
    for (Handler old : root.getHandlers()) {
      root.removeHandler(old);
    }
    Handler handler = new ConsoleHandler();
    handler.setLevel(Level.ALL);
    handler.setFormatter(formatter(config.form()));
    root.addHandler(handler);
    root.setLevel(libraries(config.level()));
    Logger.getLogger("darban").setLevel(own(config.level()));
  }

  /** Writes lines of that form. */
  static Formatter formatter(LogConfig.Form form) {
    return form == LogConfig.Form.JSON ? new Json() : new Text();
  }

  private static Level own(LogConfig.Level level) {
    return switch (level) {
      case ERROR -> Level.SEVERE;
      case WARN -> Level.WARNING;
      case INFO -> Level.INFO;
      case DEBUG -> Level.FINE;
    };
  }

  /** Libraries tell more than an operator wants to know. */
  private static Level libraries(LogConfig.Level level) {
    return level == LogConfig.Level.DEBUG ? Level.INFO : Level.WARNING;
  }

  private static String word(Level level) {
    if (level.intValue() >= Level.SEVERE.intValue()) {
      return "error";
    }
    if (level.intValue() >= Level.WARNING.intValue()) {
      return "warn";
    }
    return level.intValue() >= Level.INFO.intValue() ? "info" : "debug";
  }

  private static Instant time(LogRecord event) {
    return event.getInstant().truncatedTo(ChronoUnit.MILLIS);
  }

  private static String trace(Throwable thrown) {
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  /** {@code 2026-01-02T03:04:05.678Z warn message}. */
  private static final class Text extends Formatter {
    @Override
    public String format(LogRecord event) {
      String line =
          String.format(
              Locale.ROOT,
              "%s %-5s %s%n",
              time(event),
              word(event.getLevel()),
              JsonLine.shown(formatMessage(event)));
      return event.getThrown() == null ? line : line + indented(trace(event.getThrown()));
    }
  }

  /** So that no line of it, whatever a message says, looks like one of the log. */
  private static String indented(String trace) {
    return trace
        .lines()
        .map(line -> "\t" + JsonLine.shown(line.replace("\t", "  ")) + "\n")
        .collect(Collectors.joining());
  }

  /** The same as an object. */
  private static final class Json extends Formatter {
    @Override
    public String format(LogRecord event) {
      JsonLine line = new JsonLine();
      line.text("ts", time(event).toString());
      line.text("level", word(event.getLevel()));
      line.text("logger", event.getLoggerName());
      line.text("msg", formatMessage(event));
      line.text("thrown", event.getThrown() == null ? null : trace(event.getThrown()));
      return line.end();
    }
  }
}
