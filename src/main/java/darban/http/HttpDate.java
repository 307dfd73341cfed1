package darban.http;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Dates of HTTP (RFC 9110 §5.6.7). All three forms are read, in any case of letters; only the first
 * is written. Whatever else is no date.
 */
public final class HttpDate {
  private static final String MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec";
  private static final String[] DAY_NAMES = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
  private static final String[] MONTH_NAMES = {
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
  };

  private static final Pattern IMF =
      Pattern.compile(
          "[a-z]{3}, (\\d\\d) ([a-z]{3}) (\\d{4}) (\\d\\d):(\\d\\d):(\\d\\d) gmt",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern RFC_850 =
      Pattern.compile(
          "[a-z]{6,9}, (\\d\\d)-([a-z]{3})-(\\d\\d) (\\d\\d):(\\d\\d):(\\d\\d) gmt",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern ASCTIME =
      Pattern.compile(
          "[a-z]{3} ([a-z]{3}) ([ \\d]\\d) (\\d\\d):(\\d\\d):(\\d\\d) (\\d{4})",
          Pattern.CASE_INSENSITIVE);

  private HttpDate() {}

  /**
   * The fixed form: {@code Sun, 06 Nov 1994 08:49:37 GMT}, of years from 0 to 9999. By hand, since
   * a formatter with names in it reads the JDK's tables of languages first.
   */
  public static String format(Instant instant) {
    LocalDateTime time = LocalDateTime.ofEpochSecond(instant.getEpochSecond(), 0, ZoneOffset.UTC);
    StringBuilder text = new StringBuilder("Sun, 06 Nov 1994 08:49:37 GMT".length());
    text.append(DAY_NAMES[time.getDayOfWeek().ordinal()]).append(", ");
    digits(text, time.getDayOfMonth()).append(' ');
    text.append(MONTH_NAMES[time.getMonthValue() - 1]).append(' ');
    digits(digits(text, time.getYear() / 100), time.getYear() % 100).append(' ');
    digits(text, time.getHour()).append(':');
    digits(text, time.getMinute()).append(':');
    return digits(text, time.getSecond()).append(" GMT").toString();
  }

  private static StringBuilder digits(StringBuilder text, int twoDigits) {
    return text.append((char) ('0' + twoDigits / 10)).append((char) ('0' + twoDigits % 10));
  }

  /**
   * Reads a date; empty when it has none of the three forms.
   *
   * @param now decides the century of a two-digit year: a date more than 50 years ahead is past
   */
  public static Optional<Instant> parse(String text, Instant now) {
    Matcher m = IMF.matcher(text);
    if (m.matches()) {
      return instant(number(m, 3), m.group(2), number(m, 1), m, 4);
    }
    m = RFC_850.matcher(text);
    if (m.matches()) {
      int thisYear = LocalDate.ofInstant(now, ZoneOffset.UTC).getYear();
      int year = thisYear / 100 * 100 + number(m, 3);
      return instant(year > thisYear + 50 ? year - 100 : year, m.group(2), number(m, 1), m, 4);
    }
    m = ASCTIME.matcher(text);
    if (m.matches()) {
      int day = Integer.parseInt(m.group(2).strip());
      return instant(number(m, 6), m.group(1), day, m, 3);
    }
    return Optional.empty();
  }

  private static int number(Matcher m, int group) {
    return Integer.parseInt(m.group(group));
  }

  private static Optional<Instant> instant(
      int year, String monthName, int day, Matcher m, int timeGroup) {
    int at = MONTHS.indexOf(monthName.toLowerCase(Locale.ROOT));
    if (at < 0 || at % 3 != 0) {
      return Optional.empty();
    }
    int second = number(m, timeGroup + 2);
    try {
      LocalDateTime time =
          LocalDateTime.of(
              year,
              at / 3 + 1,
              day,
              number(m, timeGroup),
              number(m, timeGroup + 1),
              // A leap second (RFC 9110 §5.6.7) counts as the second before it.
              second == 60 ? 59 : second);
      return Optional.of(time.toInstant(ZoneOffset.UTC));
    } catch (DateTimeException noSuchDate) {
      return Optional.empty();
    }
  }
}
