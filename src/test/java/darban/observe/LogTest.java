package darban.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.observe.LogConfig.Form;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogTest {
  private static LogRecord event(Level level, String message) {
    LogRecord event = new LogRecord(level, message);
    event.setInstant(Instant.parse("2026-01-02T03:04:05.678901Z"));
    event.setLoggerName("darban");
    return event;
  }

  @ParameterizedTest
  @CsvSource({"SEVERE, error", "WARNING, warn ", "INFO, info ", "FINE, debug"})
  void text_timeLevelMessage(String level, String word) {
    String line = Log.formatter(Form.TEXT).format(event(Level.parse(level), "salam\nGET /\r\n"));
    assertEquals("2026-01-02T03:04:05.678Z " + padded(word) + " salam\\nGET /\\r\\n\n", line);
  }

  private static String padded(String word) {
    return String.format("%-5s", word.strip());
  }

  @Test
  void json_oneObjectALine() {
    LogRecord event = event(Level.WARNING, "a \"b\"\n{0}");
    event.setParameters(new Object[] {"c"});
    event.setThrown(new IllegalStateException("boom"));
    String line = Log.formatter(Form.JSON).format(event);
    assertEquals(1, line.lines().count());
    JsonObject read = new JsonObject(line);
    assertEquals("2026-01-02T03:04:05.678Z", read.getString("ts"));
    assertEquals("warn", read.getString("level"));
    assertEquals("darban", read.getString("logger"));
    assertEquals("a \"b\"\nc", read.getString("msg"));
    assertTrue(read.getString("thrown").startsWith("java.lang.IllegalStateException: boom\n"));
  }
}
