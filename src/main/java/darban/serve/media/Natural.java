package darban.serve.media;

import java.util.Comparator;

/**
 * The order in which people look for names: folders first, {@code Part 2} before {@code Part 10}.
 */
final class Natural {
  static final Comparator<Item> ORDER =
      Comparator.comparing((Item item) -> !item.isFolder())
          .thenComparing(Item::path, Natural::compare);

  private Natural() {}

  static int compare(String one, String two) {
    int i = 0;
    int j = 0;
    while (i < one.length() && j < two.length()) {
      char a = one.charAt(i);
      char b = two.charAt(j);
      if (isDigit(a) && isDigit(b)) {
        int endOne = end(one, i);
        int endTwo = end(two, j);
        int order = number(one.substring(i, endOne), two.substring(j, endTwo));
        if (order != 0) {
          return order;
        }
        i = endOne;
        j = endTwo;
        continue;
      }
      int order = Character.compare(Character.toLowerCase(a), Character.toLowerCase(b));
      if (order != 0) {
        return order;
      }
      i++;
      j++;
    }
    int rest = (one.length() - i) - (two.length() - j);
    return rest != 0 ? rest : one.compareTo(two);
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static int end(String text, int from) {
    int end = from;
    while (end < text.length() && isDigit(text.charAt(end))) {
      end++;
    }
    return end;
  }

  /** Of any length. */
  private static int number(String one, String two) {
    String a = one.replaceFirst("^0+(?=.)", "");
    String b = two.replaceFirst("^0+(?=.)", "");
    return a.length() != b.length() ? a.length() - b.length() : a.compareTo(b);
  }
}
