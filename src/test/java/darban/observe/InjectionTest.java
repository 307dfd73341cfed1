package darban.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a stranger sends, a line of a log stays one line, and says what was sent. */
class InjectionTest {
  /** Forty texts that end lines, quotes or objects, or that speak to terminals and browsers. */
  static Stream<String> texts() {
    return Stream.of(
        "\n",
        "\r",
        "\r\n",
        "\n\n",
        "a\nb",
        "\n200 OK",
        "\0",
        "\1",
        "\7",
        "\b",
        "\t",
        "\u000b",
        "\f",
        "\u001b[2J",
        "\u001b]0;x\7",
        "\u001b[31mred",
        "\u007f",
        "\u0080",
        "\u0085",
        "\u009b2J",
        "\u00a0",
        "\u00ad",
        "\"",
        "\\",
        "\\\"",
        "\\n",
        "\",\"status\":200,\"x\":\"",
        "\"}\n{\"a\":\"b",
        "' --",
        "%0a",
        "%n%s%x",
        "${jndi:ldap://x}",
        "<script>",
        "]]>",
        "\u2028",
        "\u2029",
        "\u200e",
        "\u202e",
        "\ufeff",
        "\ud800");
  }

  @Test
  void texts_areForty() {
    assertEquals(40, texts().count());
  }

  /** An entry whose every text of a stranger's is {@code text}. */
  private static AccessEntry entry(String text) {
    return new AccessEntry(
        Instant.EPOCH,
        "web",
        "h1",
        "192.0.2.1",
        text,
        text,
        text,
        text,
        200,
        1,
        2,
        3,
        4,
        5,
        "*",
        "app",
        "http://127.0.0.1:1",
        1,
        "hit",
        "TLSv1.3",
        text,
        text,
        text,
        text,
        text);
  }

  @ParameterizedTest
  @MethodSource("texts")
  void accessLog_json_isOneObjectThatSaysIt(String text) {
    String line = entry(text).line(LogConfig.Format.JSON);
    assertOneLine(line);
    JsonObject read = new JsonObject(line);
    for (String key :
        new String[] {"user", "method", "host", "path", "agent", "trace_id", "err", "cmcd"}) {
      assertEquals(text, read.getString(key), key);
    }
    assertEquals(200, read.getInteger("status"));
  }

  @ParameterizedTest
  @MethodSource("texts")
  void accessLog_combined_isOneLineOfSevenFields(String text) {
    String line = entry(text).line(LogConfig.Format.COMBINED);
    assertOneLine(line);
    String quoted = "\"(?:[^\"\\\\]|\\\\.)*\"";
    assertTrue(
        line.matches(
            "192\\.0\\.2\\.1 - \\S.* \\[.*] " + quoted + " 200 2 " + quoted + " " + quoted + "\n"),
        line);
  }

  @ParameterizedTest
  @MethodSource("texts")
  void accessLog_squid_isOneLineOfTenFields(String text) {
    String line = entry(text).line(LogConfig.Format.SQUID);
    assertOneLine(line);
    assertEquals(10, line.strip().split(" +").length, line);
  }

  @ParameterizedTest
  @MethodSource("texts")
  void log_ofEitherForm_isOneLine(String text) {
    for (LogConfig.Form form : LogConfig.Form.values()) {
      Formatter formatter = Log.formatter(form);
      LogRecord said = new LogRecord(Level.INFO, "client said " + text);
      assertOneLine(formatter.format(said));
      said.setThrown(new IllegalStateException(text));
      assertPrintable(formatter.format(said));
    }
  }

  private static void assertOneLine(String line) {
    assertTrue(line.endsWith("\n"), line);
    assertFalse(line.strip().contains("\n"), line);
    assertPrintable(line);
  }

  /** Nothing in it that a terminal or a reader of lines takes for more than a character. */
  private static void assertPrintable(String text) {
    String rest = text.replace("\n\t", "").replace("\n", "");
    assertTrue(
        rest.chars()
            .allMatch(c ->
                c >= 0x20 && c != 0x7f && !(c >= 0x80 && c < 0xa0) && c != 0x2028 && c != 0x2029),
        text);
  }
}
