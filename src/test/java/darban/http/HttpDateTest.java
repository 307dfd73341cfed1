package darban.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpDateTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final DateTimeFormatter WRITTEN =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Sun, 06 Nov 1994 08:49:37 GMT    | 1994-11-06T08:49:37Z
          sun, 06 nov 1994 08:49:37 gmt    | 1994-11-06T08:49:37Z
          Thu, 29 Feb 2024 23:59:59 GMT    | 2024-02-29T23:59:59Z
          Sat, 31 Dec 2016 23:59:60 GMT    | 2016-12-31T23:59:59Z
          Sunday, 06-Nov-94 08:49:37 GMT   | 1994-11-06T08:49:37Z
          Monday, 06-Nov-26 08:49:37 GMT   | 2026-11-06T08:49:37Z
          Monday, 06-Nov-76 08:49:37 GMT   | 2076-11-06T08:49:37Z
          Monday, 06-Nov-77 08:49:37 GMT   | 1977-11-06T08:49:37Z
          Sun Nov  6 08:49:37 1994         | 1994-11-06T08:49:37Z
          Sun Nov 16 08:49:37 1994         | 1994-11-16T08:49:37Z
          """)
  void parse_threeForms_sameInstant(String text, Instant instant) {
    assertEquals(Optional.of(instant), HttpDate.parse(text, NOW));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0",
        "-1",
        "1994-11-06T08:49:37Z",
        "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 06 Nov 1994 08:49:37 +0000",
        "Sun, 06 Nov 1994 08:49:37",
        "Sun, 06 Nov 1994 24:00:00 GMT",
        "Sun, 06 Nov 1994 08:60:00 GMT",
        "Sun, 06 Nov 1994 08:49:61 GMT",
        "Sun, 31 Feb 1994 08:49:37 GMT",
        "Fri, 29 Feb 2023 08:49:37 GMT",
        "Sun, 00 Nov 1994 08:49:37 GMT",
        "Sun, 06 Anf 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 GMT ",
        "Sun,06 Nov 1994 08:49:37 GMT",
        "Sun Nov 6 08:49:37 1994",
        "Sunday, 06-Nov-1994 08:49:37 GMT",
        "Sun, \u0660\u0666 Nov 1994 08:49:37 GMT",
      })
  void parse_otherText_empty(String text) {
    assertEquals(Optional.empty(), HttpDate.parse(text, NOW));
  }

  @Test
  void format_readAgain_theSameSecond() {
    assertEquals("Fri, 02 Jan 2026 03:04:05 GMT", HttpDate.format(NOW));
    Random random = new Random(31);
    for (int i = 0; i < 2_000; i++) {
      Instant instant = Instant.ofEpochSecond(random.nextLong(0, 4_000_000_000L));
      String written = HttpDate.format(instant);
      assertEquals(WRITTEN.format(instant), written);
      assertEquals(Optional.of(instant), HttpDate.parse(written, NOW));
    }
  }
}
