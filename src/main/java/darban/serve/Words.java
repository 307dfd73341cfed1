package darban.serve;

import darban.http.FieldName;
import darban.http.RequestHead;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Properties;

/** What pages say, in the language of whoever reads them. Immutable, any thread. */
public final class Words {
  /** The cookie that a reader's choice is in. */
  public static final String COOKIE = "darban-language";

  private static final int SECOND = 1000;
  private static final List<Words> ALL =
      List.of(new Words("en", "English", false), new Words("fa", "فارسی", true));

  private final String language;
  private final String name;
  private final boolean rightToLeft;
  private final Properties texts = new Properties();

  private Words(String language, String name, boolean rightToLeft) {
    this.language = language;
    this.name = name;
    this.rightToLeft = rightToLeft;
    try (Reader in =
        new InputStreamReader(
            Objects.requireNonNull(Words.class.getResourceAsStream(language + ".properties")),
            StandardCharsets.UTF_8)) {
      texts.load(in);
    } catch (IOException missing) {
      throw new UncheckedIOException(missing);
    }
  }

  /** All languages there are. */
  public static List<Words> all() {
    return ALL;
  }

  /** Those for a request: by its {@code lang}, else by the reader's choice, else by the browser. */
  public static Words of(RequestHead head) {
    String chosen = Query.of(head).get("lang");
    for (String cookie : String.valueOf(head.fields().joined(FieldName.COOKIE)).split(";")) {
      if (chosen.isEmpty() && cookie.strip().startsWith(COOKIE + "=")) {
        chosen = cookie.strip().substring(COOKIE.length() + 1);
      }
    }
    String wanted = head.fields().joined(FieldName.ACCEPT_LANGUAGE);
    String first = chosen.isEmpty() ? best(wanted == null ? "" : wanted) : chosen;
    return ALL.stream().filter(each -> each.language.equals(first)).findFirst().orElse(ALL.get(0));
  }

  private static String best(String accepted) {
    try {
      List<Locale.LanguageRange> ranges = Locale.LanguageRange.parse(accepted);
      String tag = Locale.lookupTag(ranges, ALL.stream().map(Words::language).toList());
      return tag == null ? "" : tag;
    } catch (IllegalArgumentException malformed) {
      return "";
    }
  }

  /** Its tag of BCP 47. */
  public String language() {
    return language;
  }

  /** What it calls itself. */
  public String name() {
    return name;
  }

  /** How it is written: {@code rtl} or {@code ltr}. */
  public String direction() {
    return rightToLeft ? "rtl" : "ltr";
  }

  /** A text as HTML; {@code {0}} in it stands for {@code value}, whichever way that is written. */
  public String say(String key, Object value) {
    return say(key).replace("{0}", "<bdi>" + Html.escaped(value.toString()) + "</bdi>");
  }

  /** A text, escaped for HTML. */
  public String say(String key) {
    String text = texts.getProperty(key);
    if (text == null) {
      throw new IllegalArgumentException("nothing is said for " + key);
    }
    return Html.escaped(text);
  }

  /** A length of time as clocks have it: {@code 4:05}, {@code 1:04:05}. */
  public String clock(long millis) {
    long all = (millis + SECOND / 2) / SECOND;
    long hours = all / 3600;
    String text =
        hours > 0
            ? String.format(Locale.ROOT, "%d:%02d:%02d", hours, all / 60 % 60, all % 60)
            : String.format(Locale.ROOT, "%d:%02d", all / 60, all % 60);
    return digits(text);
  }

  /** Numbers in a text, in the digits of the language. */
  public String digits(String text) {
    if (!language.equals("fa")) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      out.append(c >= '0' && c <= '9' ? (char) (c - '0' + '۰') : c);
    }
    return out.toString();
  }
}
