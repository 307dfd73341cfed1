package darban.caching;

import darban.http.FieldName;
import darban.http.Lists;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Field values in a form in which those of the same meaning are equal (RFC 9111 §4.1): white space
 * around members for all lists, and for codings and languages also case, order and weights.
 */
final class Normal {
  private Normal() {}

  private record Weighted(String name, int thousandths) {
    @Override
    public String toString() {
      return name + ';' + thousandths;
    }
  }

  private static final Comparator<Weighted> BY_WEIGHT =
      Comparator.comparingInt(Weighted::thousandths).reversed().thenComparing(Weighted::name);

  static String of(FieldName name, String value) {
    if (name == FieldName.ACCEPT_ENCODING || name == FieldName.ACCEPT_LANGUAGE) {
      return weighted(value);
    }
    return String.join(",", Lists.members(value));
  }

  private static String weighted(String value) {
    List<Weighted> members = new ArrayList<>();
    for (String member : Lists.members(value)) {
      int semicolon = member.indexOf(';');
      String name = (semicolon < 0 ? member : member.substring(0, semicolon)).strip();
      int weight = semicolon < 0 ? 1000 : thousandths(member.substring(semicolon + 1).strip());
      if (weight < 0) {
        return String.join(",", Lists.members(value));
      }
      String lower = name.toLowerCase(Locale.ROOT);
      // RFC 9110 §8.4.1.3: the two are one.
      members.add(new Weighted(lower.equals("x-gzip") ? "gzip" : lower, weight));
    }
    members.sort(BY_WEIGHT);
    return members.stream().map(Weighted::toString).collect(Collectors.joining(","));
  }

  /** The weight of {@code q=0.5} (RFC 9110 §12.4.2), or -1 where it is none. */
  private static int thousandths(String parameter) {
    if (!parameter.regionMatches(true, 0, "q=", 0, 2)) {
      return -1;
    }
    String number = parameter.substring(2);
    if (number.isEmpty() || number.length() > 5 || number.charAt(0) > '1') {
      return -1;
    }
    int weight = 0;
    for (int i = 0; i < 5; i++) {
      char c = i < number.length() ? number.charAt(i) : i == 1 ? '.' : '0';
      if (i == 1 ? c != '.' : c < '0' || c > '9') {
        return -1;
      }
      weight = i == 1 ? weight : weight * 10 + (c - '0');
    }
    return weight <= 1000 ? weight : -1;
  }
}
