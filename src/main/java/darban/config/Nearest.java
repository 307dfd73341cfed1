package darban.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds the word that was probably meant. */
final class Nearest {
  private static final int LONGEST = 64;

  private Nearest() {}

  /** A hint that asks for the word that was probably meant, or else {@code otherwise}. */
  static String hint(String word, Collection<String> candidates, String otherwise) {
    return to(word, candidates)
        .map(near -> "did you mean " + Problem.quote(near) + "?")
        .orElse(otherwise);
  }

  /** The candidate closest to {@code word}, if one is close enough to suggest. */
  private static Optional<String> to(String word, Collection<String> candidates) {
    String bare = bare(word);
    if (bare.isEmpty() || bare.length() > LONGEST) {
      return Optional.empty();
    }
    return candidates.stream()
        .filter(candidate -> distance(bare, bare(candidate)) <= reach(bare, bare(candidate)))
        .min(
            Comparator.<String>comparingInt(candidate -> distance(bare, bare(candidate)))
                .thenComparing(Comparator.naturalOrder()));
  }

  /** A third of the letters may differ; a beginning of three letters or more is enough too. */
  private static int reach(String word, String candidate) {
    boolean beginning = word.length() >= 3 && candidate.startsWith(word);
    return beginning ? Integer.MAX_VALUE : Math.max(word.length(), candidate.length()) / 3;
  }

  /** Letters and digits in lower case: {@code maxObject} and {@code max_object} are one word. */
  private static String bare(String word) {
    StringBuilder out = new StringBuilder(word.length());
    String lower = word.toLowerCase(Locale.ROOT);
    for (int i = 0; i < lower.length(); i++) {
      if (Character.isLetterOrDigit(lower.charAt(i))) {
        out.append(lower.charAt(i));
      }
    }
    return out.toString();
  }

  /** Insertions, deletions, replacements and swaps of neighbours between two words. */
  private static int distance(String a, String b) {
    if (Math.abs(a.length() - b.length()) > Math.max(a.length(), b.length()) / 2) {
      return a.length() + b.length();
    }
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        cost[i][j] = i == 0 ? j : j == 0 ? i : step(cost, a, b, i, j);
      }
    }
    return cost[a.length()][b.length()];
  }

  private static int step(int[][] cost, String a, String b, int i, int j) {
    int replaced = cost[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
    int best = Math.min(replaced, Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
    boolean swapped =
        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
    return swapped ? Math.min(best, cost[i - 2][j - 2] + 1) : best;
  }
}
