package darban.media.dash;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Addresses that differ in a number or a time (ISO/IEC 23009-1 §5.3.9.4.4). Immutable, any thread.
 *
 * @param fixed what is the same in all of them: one more than there are widths
 * @param widths of what stands between: it has zeros in front up to that
 * @param timed whether it is a time
 */
record UrlTemplate(List<String> fixed, List<Integer> widths, boolean timed) {
  private static final Pattern IDENTIFIER =
      Pattern.compile("\\$(RepresentationID|Bandwidth|Number|Time|)(?:%0(1[0-8]|[1-9])d)?\\$");

  /** With a scheme, or a host. */
  private static final Pattern ABSOLUTE = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:|//");

  private static final Pattern ROOT = Pattern.compile("(?:[A-Za-z][A-Za-z0-9+.-]*:)?//[^/?#]*");

  private static final String ESCAPED = "$$";

  /** Digits that any number has room for. */
  private static final int LONGEST = 18;

  UrlTemplate {
    fixed = List.copyOf(fixed);
    widths = List.copyOf(widths);
  }

  /**
   * What is known of a representation put into a template: number and time are left to be told.
   * Empty where it needs what is not known.
   */
  static Optional<String> filled(String template, String id, OptionalLong bandwidth) {
    if (IDENTIFIER.matcher(template).replaceAll("").indexOf('$') >= 0) {
      return Optional.empty(); // parts of segments, or no template
    }
    String filled =
        IDENTIFIER
            .matcher(template)
            .replaceAll(found -> Matcher.quoteReplacement(value(found, id, bandwidth)));
    boolean lacking =
        (id.isEmpty() && template.contains("$RepresentationID"))
            || (bandwidth.isEmpty() && template.contains("$Bandwidth"));
    return lacking ? Optional.empty() : Optional.of(filled);
  }

  private static String value(MatchResult found, String id, OptionalLong bandwidth) {
    return switch (found.group(1)) {
      case "RepresentationID" -> escaped(id);
      case "Bandwidth" -> padded(bandwidth.orElse(0), width(found));
      default -> found.group();
    };
  }

  /** A text as a template in which it stands for itself. */
  static String escaped(String text) {
    return text.replace("$", ESCAPED);
  }

  /** The only address of a template in which nothing varies; empty if something does. */
  static Optional<String> address(String filled) {
    String address = filled.replace(ESCAPED, "");
    return address.indexOf('$') >= 0 ? Optional.empty() : Optional.of(filled.replace(ESCAPED, "$"));
  }

  /** Of a template that is filled; empty where nothing varies in it, or both number and time. */
  static Optional<UrlTemplate> of(String filled) {
    List<String> fixed = new ArrayList<>();
    List<Integer> widths = new ArrayList<>();
    List<String> names = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    int from = 0;
    Matcher matcher = IDENTIFIER.matcher(filled);
    while (matcher.find()) {
      text.append(filled, from, matcher.start());
      from = matcher.end();
      if (matcher.group(1).isEmpty()) {
        text.append('$');
        continue;
      }
      fixed.add(text.toString());
      text.setLength(0);
      widths.add(width(matcher));
      names.add(matcher.group(1));
    }
    fixed.add(text.append(filled, from, filled.length()).toString());
    return names.stream().distinct().count() == 1
        ? Optional.of(new UrlTemplate(fixed, widths, names.getFirst().equals("Time")))
        : Optional.empty();
  }

  private static int width(MatchResult identifier) {
    return identifier.group(2) == null ? 1 : Integer.parseInt(identifier.group(2));
  }

  private static String padded(long value, int width) {
    String digits = Long.toString(value);
    return "0".repeat(Math.max(0, width - digits.length())) + digits;
  }

  /** The address with that number or time. */
  String address(long value) {
    StringBuilder out = new StringBuilder(fixed.getFirst());
    for (int i = 0; i < widths.size(); i++) {
      out.append(padded(value, widths.get(i))).append(fixed.get(i + 1));
    }
    return out.toString();
  }

  /**
   * The address that {@code reference} means to who reads it at {@code base}; with dots in it if
   * they have some.
   */
  static String joined(String base, String reference) {
    if (reference.isEmpty() || base.isEmpty() || ABSOLUTE.matcher(reference).lookingAt()) {
      return reference.isEmpty() ? base : reference;
    }
    Matcher root = ROOT.matcher(base);
    String host = root.lookingAt() ? root.group() : "";
    if (reference.startsWith("/")) {
      return host + reference;
    }
    int query = base.indexOf('?');
    int slash = base.lastIndexOf('/', query < 0 ? base.length() : query);
    String folder = base.substring(0, Math.max(slash + 1, host.length()));
    return folder.length() > host.length() || host.isEmpty()
        ? folder + reference
        : folder + '/' + reference;
  }

  /** The number or time of an address; empty if it is none of these. */
  OptionalLong value(String address) {
    int start = fixed.getFirst().length();
    int end =
        widths.size() == 1 ? address.length() - fixed.getLast().length() : digits(address, start);
    if (start >= end
        || !address.startsWith(fixed.getFirst())
        || digits(address, start) < end
        || end - start > LONGEST) {
      return OptionalLong.empty();
    }
    long value = Long.parseLong(address, start, end, 10);
    // Which settles zeros in front, what stands behind, and that all that varies is the same.
    return address(value).equals(address) ? OptionalLong.of(value) : OptionalLong.empty();
  }

  /** Where the digits that begin at {@code from} end. */
  private static int digits(String text, int from) {
    int end = from;
    while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
      end++;
    }
    return end;
  }

  /** The folder in which all of them are, or in folders of which. */
  String folder() {
    String first = fixed.getFirst();
    return first.substring(0, first.lastIndexOf('/') + 1);
  }
}
