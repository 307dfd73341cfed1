package darban.serve.media;

import java.text.Normalizer;
import java.util.List;
import java.util.Locale;

/**
 * Words that are looked for in names as people type them: without regard to case, accents and the
 * ways in which Arabic and Persian keyboards differ. Immutable, any thread.
 */
final class Search {
  private static final int LONGEST = 200;

  private final List<String> words;

  /** A search for all words of {@code text}. */
  Search(String text) {
    String all = plain(text.substring(0, Math.min(LONGEST, text.length())));
    this.words = List.of(all.strip().split("\\s+"));
  }

  /** Whether an item has them, in its name or in those of its folders. */
  boolean finds(Item item) {
    String path = plain(item.path());
    return words.stream().allMatch(path::contains);
  }

  static String plain(String text) {
    String apart = Normalizer.normalize(text, Normalizer.Form.NFKD).toLowerCase(Locale.ROOT);
    StringBuilder out = new StringBuilder(apart.length());
    for (int i = 0; i < apart.length(); i++) {
      char c = apart.charAt(i);
      if (Character.getType(c) != Character.NON_SPACING_MARK) {
        out.append(letter(c));
      }
    }
    return out.toString();
  }

  private static char letter(char c) {
    if (Character.isDigit(c)) {
      return (char) ('0' + Character.digit(c, 10));
    }
    return switch (c) {
      case 'ي', 'ى' -> 'ی';
      case 'ك' -> 'ک';
      case 'ة' -> 'ه';
      case 'ـ', '\u200c', '\u200d', '.', '_', '-', '/' -> ' ';
      default -> c;
    };
  }
}
