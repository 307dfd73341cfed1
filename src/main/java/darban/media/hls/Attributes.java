package darban.media.hls;

import darban.media.MalformedMedia;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An attribute list of a tag (RFC 8216bis §4.2), kept as it was written: a changed value leaves all
 * others as they were, unknown ones too. Immutable, any thread.
 */
public final class Attributes {
  /** None. */
  public static final Attributes NONE = new Attributes("");

  private final String raw;
  private final List<Entry> entries;

  /** Where an attribute stands: its value is from {@code start} to {@code end}, quotes included. */
  private record Entry(String name, int start, int end) {}

  private Attributes(String raw) {
    this.raw = raw;
    this.entries = entries(raw);
  }

  /** Reads a list, one character a byte as {@link HlsPlaylist} has them. */
  static Attributes read(String raw) {
    return raw.isEmpty() ? NONE : new Attributes(raw);
  }

  private static List<Entry> entries(String raw) {
    List<Entry> entries = new ArrayList<>(8);
    int at = 0;
    while (at < raw.length()) {
      int equals = raw.indexOf('=', at);
      if (equals < 0) {
        break;
      }
      String name = raw.substring(at, equals).strip();
      int end = valueEnd(raw, equals + 1);
      entries.add(new Entry(name, equals + 1, end));
      at = end + 1;
    }
    return List.copyOf(entries);
  }

  private static int valueEnd(String raw, int start) {
    int from = start;
    if (start < raw.length() && raw.charAt(start) == '"') {
      int quote = raw.indexOf('"', start + 1);
      from = quote < 0 ? raw.length() : quote;
    }
    int comma = raw.indexOf(',', from);
    return comma < 0 ? raw.length() : comma;
  }

  /** The value as it is written, without quotes around it. */
  public Optional<String> get(String name) {
    for (Entry entry : entries) {
      if (entry.name.equals(name)) {
        String value = raw.substring(entry.start, entry.end).strip();
        boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
        String bare = quoted ? value.substring(1, value.length() - 1) : value;
        return Optional.of(HlsPlaylist.decoded(bare));
      }
    }
    return Optional.empty();
  }

  /** The value, or nothing as an empty text. */
  public String text(String name) {
    return get(name).orElse("");
  }

  /** Whether the value is YES. */
  public boolean yes(String name) {
    return text(name).equals("YES");
  }

  /** A whole number; {@code otherwise} if there is none. */
  public long number(String name, long otherwise) {
    String value = text(name);
    if (value.isEmpty()) {
      return otherwise;
    }
    if (value.length() > 18 || !value.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw new MalformedMedia("playlist: " + name + " is not a number");
    }
    return Long.parseLong(value);
  }

  /** A number of seconds in microseconds; {@code otherwise} if there is none. */
  public long micros(String name, long otherwise) {
    String value = text(name);
    return value.isEmpty() ? otherwise : Micros.parse(value);
  }

  /** A decimal number; {@code otherwise} if there is none. */
  public double decimal(String name, double otherwise) {
    String value = text(name);
    return value.isEmpty() ? otherwise : (double) Micros.parse(value) / Micros.SECOND;
  }

  /** The same with another value of an attribute that is there. */
  Attributes replaced(String name, String value) {
    for (Entry entry : entries) {
      if (entry.name.equals(name)) {
        String changed = raw.substring(0, entry.start) + quoted(value) + raw.substring(entry.end);
        return new Attributes(changed);
      }
    }
    return this;
  }

  /** The same with an attribute of that value, whether it was there or not. */
  Attributes with(String name, String value) {
    return get(name).isPresent()
        ? replaced(name, value)
        : new Attributes(raw + (raw.isBlank() ? "" : ",") + name + '=' + quoted(value));
  }

  private static String quoted(String value) {
    String safe = value.replace("\"", "%22").replace("\n", "%0A").replace("\r", "%0D");
    return '"' + HlsPlaylist.encoded(safe) + '"';
  }

  /** A list to be filled. */
  public static Builder builder() {
    return new Builder();
  }

  /** As the tag has it. */
  @Override
  public String toString() {
    return HlsPlaylist.decoded(raw);
  }

  /** As the tag has it, one character a byte. */
  String raw() {
    return raw;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Attributes attributes && raw.equals(attributes.raw);
  }

  @Override
  public int hashCode() {
    return raw.hashCode();
  }

  /** Writes a list. What is empty or not known is left out. Confined to one thread. */
  public static final class Builder {
    private final StringBuilder out = new StringBuilder();

    private Builder() {}

    private Builder put(String name, String value) {
      out.append(out.isEmpty() ? "" : ",").append(name).append('=').append(value);
      return this;
    }

    /** A text in quotes, unless it is empty. */
    public Builder quoted(String name, String value) {
      return value.isEmpty() ? this : put(name, Attributes.quoted(value));
    }

    /** A word of an enumeration or another value without quotes, unless it is empty. */
    public Builder word(String name, String value) {
      return value.isEmpty() ? this : put(name, value);
    }

    /** YES, or nothing. */
    public Builder yes(String name, boolean yes) {
      return yes ? put(name, "YES") : this;
    }

    /** Says no too: VLC takes any track for the usual one of which it is not said. */
    public Builder yesOrNo(String name, boolean yes) {
      return put(name, yes ? "YES" : "NO");
    }

    /** A whole number, unless it is negative. */
    public Builder number(String name, long value) {
      return value < 0 ? this : put(name, Long.toString(value));
    }

    /** Seconds, unless they are negative. */
    public Builder micros(String name, long value) {
      return value < 0 ? this : put(name, Micros.text(value));
    }

    /** A number with three digits behind the point, unless it is 0. */
    public Builder decimal(String name, double value) {
      return value <= 0
          ? this
          : put(
              name,
              BigDecimal.valueOf(value)
                  .setScale(3, java.math.RoundingMode.HALF_UP)
                  .toPlainString());
    }

    /** What was put in. */
    public Attributes build() {
      return read(out.toString());
    }
  }

  /** Bytes of a text of ours. */
  static byte[] bytes(String raw) {
    return raw.getBytes(StandardCharsets.ISO_8859_1);
  }
}
