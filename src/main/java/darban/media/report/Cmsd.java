package darban.media.report;

import darban.http.FieldName;
import darban.http.Structured;
import darban.http.Structured.Bare;
import darban.http.Structured.Bool;
import darban.http.Structured.Item;
import darban.http.Structured.Member;
import darban.http.Structured.Text;
import darban.http.Structured.Token;
import darban.http.Structured.Whole;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a server tells players with its answer (Common Media Server Data, CTA-5006): what the object
 * is, which stays true in a cache, and how the server fares, which each one on the way adds to.
 * Confined to one thread while it is filled.
 */
public final class Cmsd {
  /** What the object is. */
  public static final FieldName STATIC = FieldName.of("CMSD-Static");

  /** How servers on the way fare. */
  public static final FieldName DYNAMIC = FieldName.of("CMSD-Dynamic");

  private final Map<String, Bare> values = new LinkedHashMap<>();

  private Cmsd() {}

  /** Nothing told yet. */
  public static Cmsd begin() {
    return new Cmsd();
  }

  /** What an origin told of an object; nothing where it is spelled wrongly. */
  public static Cmsd ofStatic(String value) {
    Cmsd told = new Cmsd();
    Map<String, Member> members = Structured.dictionary(value).orElse(Map.of());
    members.forEach((key, member) -> {
      if (member instanceof Item item) {
        told.values.put(key, item.value());
      }
    });
    return told;
  }

  private Cmsd put(String key, Bare value) {
    values.put(key, value);
    return this;
  }

  /** Of what kind the object is, as CMCD spells it: {@code v}, {@code a}, {@code m} … */
  public Cmsd objectType(String token) {
    return put("ot", new Token(token));
  }

  /** HLS ({@code h}) or DASH ({@code d}). */
  public Cmsd streamingFormat(String token) {
    return put("sf", new Token(token));
  }

  /** Live, or a recording. */
  public Cmsd live(boolean live) {
    return put("st", new Token(live ? "l" : "v"));
  }

  /** How long the object is played, in milliseconds. */
  public Cmsd duration(long millis) {
    return put("d", new Whole(millis));
  }

  /** Its bit rate in kbit/s. */
  public Cmsd bitrate(long kbps) {
    return put("br", new Whole(kbps));
  }

  /** When its first byte was there, in milliseconds since 1970. */
  public Cmsd available(long millis) {
    return put("at", new Whole(millis));
  }

  /** How long the request was held until the object was there, in milliseconds. */
  public Cmsd held(long millis) {
    return put("ht", new Whole(millis));
  }

  /** What will be asked for next, relative to this object and escaped. */
  public Cmsd nextObject(String uri) {
    return put("nor", new Text(uri));
  }

  /** What the server takes the connection for, in kbit/s. */
  public Cmsd estimatedThroughput(long kbps) {
    return put("etp", new Whole(kbps));
  }

  /** How long a byte takes to the player and back, in milliseconds. */
  public Cmsd roundTrip(long millis) {
    return put("rtt", new Whole(millis));
  }

  /** How long it took until there was something to send, in milliseconds. */
  public Cmsd responseDelay(long millis) {
    return put("rd", new Whole(millis));
  }

  /** The server has more to do than it can. */
  public Cmsd duress() {
    return put("du", Bool.TRUE);
  }

  /** A number that was told. */
  public OptionalLong number(String key) {
    return values.get(key) instanceof Whole(long value)
        ? OptionalLong.of(value)
        : OptionalLong.empty();
  }

  /** A text that was told. */
  public Optional<String> text(String key) {
    return switch (values.get(key)) {
      case Text text -> Optional.of(text.value());
      case Token token -> Optional.of(token.value());
      case null, default -> Optional.empty();
    };
  }

  /** The value of {@link #STATIC}; empty if nothing was told. */
  public String staticValue() {
    Map<String, Member> members = new LinkedHashMap<>();
    values.forEach((key, value) -> members.put(key, new Item(value)));
    return Structured.write(members);
  }

  /** The value of {@link #DYNAMIC} that a server called {@code name} adds, as a line of its own. */
  public String dynamicValue(String name) {
    return Structured.write(List.of(new Item(new Text(name), values)));
  }
}
