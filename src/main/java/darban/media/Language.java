package darban.media;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.MissingResourceException;

/** Codes of languages, as containers have them, brought to the tags of BCP 47. Pure. */
public final class Language {
  /** Not known. */
  public static final String UNKNOWN = "und";

  private static final Map<String, String> SHORT = new HashMap<>();

  static {
    for (String two : Locale.getISOLanguages()) {
      SHORT.putIfAbsent(Locale.of(two).getISO3Language(), two);
    }
    // ISO 639-2's older, bibliographic codes.
    String old =
        "alb sq arm hy baq eu bur my chi zh cze cs dut nl fre fr geo ka ger de gre el ice is"
            + " mac mk mao mi may ms per fa rum ro slo sk tib bo wel cy";
    String[] words = old.split(" ");
    for (int i = 0; i < words.length; i += 2) {
      SHORT.put(words[i], words[i + 1]);
    }
  }

  private Language() {}

  /** The tag of a code of two or three letters, or of a tag; {@link #UNKNOWN} of nothing. */
  public static String tag(String code) {
    if (code.isBlank()) {
      return UNKNOWN;
    }
    String lower = code.toLowerCase(Locale.ROOT);
    return lower.length() == 3 ? SHORT.getOrDefault(lower, lower) : code;
  }

  /** The code of three letters of a tag, as MP4 wants it; {@link #UNKNOWN} if there is none. */
  public static String threeLetters(String tag) {
    try {
      String code = Locale.forLanguageTag(tag).getISO3Language();
      return code.length() == 3 ? code : UNKNOWN;
    } catch (MissingResourceException notIso) {
      return UNKNOWN;
    }
  }
}
