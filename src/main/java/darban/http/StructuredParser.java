package darban.http;

import darban.http.Structured.Bare;
import darban.http.Structured.Binary;
import darban.http.Structured.Bool;
import darban.http.Structured.Date;
import darban.http.Structured.Decimal;
import darban.http.Structured.Display;
import darban.http.Structured.InnerList;
import darban.http.Structured.Item;
import darban.http.Structured.Member;
import darban.http.Structured.Text;
import darban.http.Structured.Token;
import darban.http.Structured.Whole;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads structured fields by the algorithms of RFC 9651 §4.2. Confined to one call. */
final class StructuredParser {
  private static final char END = '\uffff';

  private final String text;
  private int at;

  private StructuredParser(String text) {
    this.text = text;
  }

  /** It is not of the form it should have; the whole field is to be ignored. */
  static final class Malformed extends Exception {
    private static final long serialVersionUID = 1;

    Malformed(String why) {
      super(why, null, false, false);
    }
  }

  interface Form<T> {
    T read(StructuredParser parser) throws Malformed;
  }

  static <T> Optional<T> read(String text, Form<T> form) {
    StructuredParser parser = new StructuredParser(text);
    try {
      parser.skip(" ");
      T value = form.read(parser);
      parser.skip(" ");
      return parser.peek() == END && parser.at == text.length()
          ? Optional.of(value)
          : Optional.empty();
    } catch (Malformed notOfThatForm) {
      return Optional.empty();
    }
  }

  Item wholeItem() throws Malformed {
    Bare value = bare();
    return new Item(value, parameters());
  }

  List<Member> wholeList() throws Malformed {
    List<Member> members = new ArrayList<>();
    while (at < text.length()) {
      members.add(member());
      if (!nextMember()) {
        break;
      }
    }
    return members;
  }

  Map<String, Member> wholeDictionary() throws Malformed {
    Map<String, Member> members = new LinkedHashMap<>();
    while (at < text.length()) {
      String key = key();
      Member value;
      if (peek() == '=') {
        at++;
        value = member();
      } else {
        value = new Item(Bool.TRUE, parameters());
      }
      members.put(key, value);
      if (!nextMember()) {
        break;
      }
    }
    return members;
  }

  /** Goes over the comma to the next member; false at the end. */
  private boolean nextMember() throws Malformed {
    skip(" \t");
    if (at == text.length()) {
      return false;
    }
    expect(',');
    skip(" \t");
    if (at == text.length()) {
      throw new Malformed("comma at the end");
    }
    return true;
  }

  private Member member() throws Malformed {
    return peek() == '(' ? innerList() : wholeItem();
  }

  private InnerList innerList() throws Malformed {
    expect('(');
    List<Item> items = new ArrayList<>();
    while (true) {
      skip(" ");
      if (peek() == ')') {
        at++;
        return new InnerList(items, parameters());
      }
      items.add(wholeItem());
      if (peek() != ' ' && peek() != ')') {
        throw new Malformed("no space between items");
      }
    }
  }

  private Map<String, Bare> parameters() throws Malformed {
    if (peek() != ';') {
      return Map.of();
    }
    Map<String, Bare> parameters = new LinkedHashMap<>();
    while (peek() == ';') {
      at++;
      skip(" ");
      String key = key();
      Bare value = Bool.TRUE;
      if (peek() == '=') {
        at++;
        value = bare();
      }
      parameters.put(key, value);
    }
    return parameters;
  }

  private String key() throws Malformed {
    int start = at;
    if (!Structured.startsKey(peek())) {
      throw new Malformed("no key");
    }
    while (Structured.continuesKey(peek())) {
      at++;
    }
    return text.substring(start, at);
  }

  private Bare bare() throws Malformed {
    char c = peek();
    return switch (c) {
      case '"' -> string();
      case ':' -> binary();
      case '?' -> bool();
      case '@' -> date();
      case '%' -> display();
      default -> {
        if (c == '-' || isDigit(c)) {
          yield number();
        }
        yield token();
      }
    };
  }

  private Token token() throws Malformed {
    int start = at;
    if (!Structured.startsToken(peek())) {
      throw new Malformed("no item");
    }
    while (Structured.continuesToken(peek())) {
      at++;
    }
    return new Token(text.substring(start, at));
  }

  private Bare number() throws Malformed {
    int start = at;
    if (peek() == '-') {
      at++;
    }
    int whole = digits();
    if (whole == 0 || whole > 15) {
      throw new Malformed("number of digits");
    }
    if (peek() != '.') {
      return new Whole(Long.parseLong(text.substring(start, at)));
    }
    at++;
    int fraction = digits();
    if (whole > 12 || fraction == 0 || fraction > 3) {
      throw new Malformed("number of digits");
    }
    return new Decimal(new BigDecimal(text.substring(start, at)));
  }

  private int digits() {
    int start = at;
    while (isDigit(peek())) {
      at++;
    }
    return at - start;
  }

  private Text string() throws Malformed {
    expect('"');
    StringBuilder out = new StringBuilder();
    while (true) {
      char c = next();
      if (c == '"') {
        return new Text(out.toString());
      }
      if (c == '\\') {
        c = next();
        if (c != '"' && c != '\\') {
          throw new Malformed("escape");
        }
      } else if (c < 0x20 || c >= 0x7f) {
        throw new Malformed("not printable ASCII");
      }
      out.append(c);
    }
  }

  private Binary binary() throws Malformed {
    expect(':');
    int end = text.indexOf(':', at);
    if (end < 0) {
      throw new Malformed("byte sequence without end");
    }
    String base64 = text.substring(at, end);
    at = end + 1;
    try {
      byte[] bytes = Base64.getDecoder().decode(base64);
      return new Binary(new String(bytes, StandardCharsets.ISO_8859_1));
    } catch (IllegalArgumentException notBase64) {
      throw new Malformed("not base64");
    }
  }

  private Bool bool() throws Malformed {
    expect('?');
    return switch (next()) {
      case '1' -> Bool.TRUE;
      case '0' -> Bool.FALSE;
      default -> throw new Malformed("boolean");
    };
  }

  private Date date() throws Malformed {
    expect('@');
    if (number() instanceof Whole(long seconds)) {
      return new Date(seconds);
    }
    throw new Malformed("date with a fraction");
  }

  private Display display() throws Malformed {
    expect('%');
    expect('"');
    ByteBuffer bytes = ByteBuffer.allocate(text.length() - at);
    for (char c = next(); c != '"'; c = next()) {
      if (c < 0x20 || c >= 0x7f) {
        throw new Malformed("not printable ASCII");
      }
      bytes.put((byte) (c == '%' ? hexDigit() << 4 | hexDigit() : c));
    }
    try {
      return new Display(StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString());
    } catch (CharacterCodingException notUtf8) {
      throw new Malformed("not UTF-8");
    }
  }

  private int hexDigit() throws Malformed {
    char c = next();
    if (c >= 'A' && c <= 'F') {
      throw new Malformed("upper-case escape");
    }
    int digit = c < 0x80 ? Character.digit(c, 16) : -1;
    if (digit < 0) {
      throw new Malformed("escape");
    }
    return digit;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private char peek() {
    return at < text.length() ? text.charAt(at) : END;
  }

  private char next() throws Malformed {
    if (at == text.length()) {
      throw new Malformed("end too soon");
    }
    return text.charAt(at++);
  }

  private void expect(char c) throws Malformed {
    if (peek() != c) {
      throw new Malformed("unexpected character");
    }
    at++;
  }

  private void skip(String characters) {
    while (at < text.length() && characters.indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }
}
