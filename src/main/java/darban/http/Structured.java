package darban.http;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Structured field values (RFC 9651): items, lists and dictionaries, read strictly and written in
 * the one canonical form. A value that exists can be written: constructors refuse the others by an
 * {@link IllegalArgumentException}. Immutable, any thread.
 */
public final class Structured {
  private static final long LARGEST = 999_999_999_999_999L;

  private Structured() {}

  /** What a list or a dictionary holds. */
  public sealed interface Member permits Item, InnerList {
    /** In the order written; a key that came twice has its last value. */
    Map<String, Bare> parameters();
  }

  /** A bare item with parameters (RFC 9651 §3.3). */
  public record Item(Bare value, Map<String, Bare> parameters) implements Member {
    public Item {
      parameters = ordered(parameters);
    }

    /** A bare item without parameters. */
    public Item(Bare value) {
      this(value, Map.of());
    }
  }

  /** A list within a list or dictionary (RFC 9651 §3.1.1). */
  public record InnerList(List<Item> items, Map<String, Bare> parameters) implements Member {
    public InnerList {
      items = List.copyOf(items);
      parameters = ordered(parameters);
    }
  }

  /** An item without its parameters. */
  public sealed interface Bare {}

  /** RFC 9651 §3.3.1: at most 15 digits. */
  public record Whole(long value) implements Bare {
    public Whole {
      require(Math.abs(value) <= LARGEST, "integer out of range");
    }
  }

  /** RFC 9651 §3.3.2: at most 12 digits before the point, three behind it. */
  public record Decimal(BigDecimal value) implements Bare {
    public Decimal {
      value = value.setScale(3, RoundingMode.HALF_EVEN).stripTrailingZeros();
      require(value.precision() - value.scale() <= 12, "decimal out of range");
    }
  }

  /** RFC 9651 §3.3.3: printable ASCII. */
  public record Text(String value) implements Bare {
    public Text {
      require(value.chars().allMatch(c -> c >= 0x20 && c < 0x7f), "string is not printable ASCII");
    }
  }

  /** RFC 9651 §3.3.4. */
  public record Token(String value) implements Bare {
    public Token {
      require(!value.isEmpty() && startsToken(value.charAt(0)), "not a token");
      require(value.chars().allMatch(c -> continuesToken((char) c)), "not a token");
    }
  }

  /** A byte sequence (RFC 9651 §3.3.5), one byte a character as in {@link Fields}. */
  public record Binary(String bytes) implements Bare {
    public Binary {
      require(bytes.chars().allMatch(c -> c < 0x100), "not bytes");
    }
  }

  /** RFC 9651 §3.3.6. */
  public record Bool(boolean value) implements Bare {
    public static final Bool TRUE = new Bool(true);
    public static final Bool FALSE = new Bool(false);
  }

  /** RFC 9651 §3.3.7: seconds since 1970, at most 15 digits. */
  public record Date(long seconds) implements Bare {
    public Date {
      require(Math.abs(seconds) <= LARGEST, "date out of range");
    }
  }

  /** Text of any language (RFC 9651 §3.3.8). */
  public record Display(String text) implements Bare {
    public Display {
      require(StandardCharsets.UTF_8.newEncoder().canEncode(text), "lone surrogate");
    }
  }

  /** Reads an item; empty when it is not one. */
  public static Optional<Item> item(String value) {
    return StructuredParser.read(value, StructuredParser::wholeItem);
  }

  /** Reads a list, all lines joined by commas; empty when it is not one. */
  public static Optional<List<Member>> list(String value) {
    return StructuredParser.read(value, StructuredParser::wholeList);
  }

  /** Reads a dictionary, all lines joined by commas; empty when it is not one. */
  public static Optional<Map<String, Member>> dictionary(String value) {
    return StructuredParser.read(value, StructuredParser::wholeDictionary);
  }

  /** The field value of a list or an item alone; empty for an empty list, which is not sent. */
  public static String write(List<? extends Member> members) {
    StringBuilder out = new StringBuilder();
    for (Member member : members) {
      out.append(out.isEmpty() ? "" : ", ");
      write(out, member);
    }
    return out.toString();
  }

  /** The field value of a dictionary; empty for an empty one, which is not sent. */
  public static String write(Map<String, ? extends Member> dictionary) {
    StringBuilder out = new StringBuilder();
    dictionary.forEach((key, member) -> {
      out.append(out.isEmpty() ? "" : ", ").append(requireKey(key));
      if (member instanceof Item(Bool(boolean yes), Map<String, Bare> parameters) && yes) {
        write(out, parameters);
      } else {
        out.append('=');
        write(out, member);
      }
    });
    return out.toString();
  }

  private static void write(StringBuilder out, Member member) {
    switch (member) {
      case Item item -> write(out, item.value());
      case InnerList list -> {
        out.append('(');
        for (int i = 0; i < list.items().size(); i++) {
          out.append(i == 0 ? "" : " ");
          write(out, list.items().get(i));
        }
        out.append(')');
      }
    }
    write(out, member.parameters());
  }

  private static void write(StringBuilder out, Map<String, Bare> parameters) {
    parameters.forEach((key, value) -> {
      out.append(';').append(key);
      if (!value.equals(Bool.TRUE)) {
        out.append('=');
        write(out, value);
      }
    });
  }

  private static void write(StringBuilder out, Bare value) {
    switch (value) {
      case Whole(long number) -> out.append(number);
      case Decimal(BigDecimal number) ->
          out.append(number.setScale(Math.max(1, number.scale())).toPlainString());
      case Text(String text) ->
          out.append('"').append(text.replace("\\", "\\\\").replace("\"", "\\\"")).append('"');
      case Token(String token) -> out.append(token);
      case Binary(String bytes) ->
          out.append(':')
              .append(
                  Base64.getEncoder().encodeToString(bytes.getBytes(StandardCharsets.ISO_8859_1)))
              .append(':');
      case Bool(boolean yes) -> out.append(yes ? "?1" : "?0");
      case Date(long seconds) -> out.append('@').append(seconds);
      case Display(String text) -> writeDisplay(out, text);
    }
  }

  private static void writeDisplay(StringBuilder out, String text) {
    out.append("%\"");
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      if (b < 0x20 || b == 0x7f || b == '%' || b == '"') {
        out.append('%')
            .append(Character.forDigit((b >> 4) & 15, 16))
            .append(Character.forDigit(b & 15, 16));
      } else {
        out.append((char) b);
      }
    }
    out.append('"');
  }

  static boolean startsKey(char c) {
    return (c >= 'a' && c <= 'z') || c == '*';
  }

  static boolean continuesKey(char c) {
    return startsKey(c) || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
  }

  static boolean startsToken(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '*';
  }

  static boolean continuesToken(char c) {
    return startsToken(c) || (c >= '0' && c <= '9') || "!#$%&'+-.^_`|~:/".indexOf(c) >= 0;
  }

  private static String requireKey(String key) {
    require(!key.isEmpty() && startsKey(key.charAt(0)), "not a key");
    require(key.chars().allMatch(c -> continuesKey((char) c)), "not a key");
    return key;
  }

  private static Map<String, Bare> ordered(Map<String, Bare> parameters) {
    if (parameters.isEmpty()) {
      return Map.of();
    }
    parameters.keySet().forEach(Structured::requireKey);
    return Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
  }

  private static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
