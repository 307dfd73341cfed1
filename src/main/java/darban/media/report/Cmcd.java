package darban.media.report;

import darban.http.FieldName;
import darban.http.Fields;
import darban.http.Lists;
import darban.http.Structured;
import darban.http.Structured.Bare;
import darban.http.Structured.InnerList;
import darban.http.Structured.Item;
import darban.http.Structured.Member;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * A player's report (Common Media Client Data, CTA-5004, versions 1 and 2), from a query, from
 * header fields or from a line of a posted report. What a player spells wrongly is left out, and
 * what the standard does not know is kept. Immutable, any thread.
 */
public final class Cmcd {
  /** No report. */
  public static final Cmcd NONE = new Cmcd(new TreeMap<>());

  /** Longer reports are not read. */
  public static final int LONGEST = 8192;

  private static final Map<CmcdKey.Group, FieldName> FIELDS =
      Map.of(
          CmcdKey.Group.OBJECT, FieldName.of("CMCD-Object"),
          CmcdKey.Group.REQUEST, FieldName.of("CMCD-Request"),
          CmcdKey.Group.SESSION, FieldName.of("CMCD-Session"),
          CmcdKey.Group.STATUS, FieldName.of("CMCD-Status"));
  private static final String PARAMETER = "CMCD=";

  private final Map<String, Member> values;

  private Cmcd(Map<String, Member> values) {
    this.values = Collections.unmodifiableMap(values);
  }

  /** The report in a query, as it stands in the request's target without its question mark. */
  public static Cmcd ofQuery(String query) {
    for (int at = 0; at >= 0 && at < query.length(); ) {
      int end = query.indexOf('&', at);
      if (query.startsWith(PARAMETER, at)) {
        return of(
            decoded(query.substring(at + PARAMETER.length(), end < 0 ? query.length() : end)));
      }
      at = end < 0 ? -1 : end + 1;
    }
    return NONE;
  }

  private static String decoded(String value) {
    try {
      return URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException brokenEscape) {
      return "";
    }
  }

  /** The report in header fields. */
  public static Cmcd ofFields(Fields fields) {
    StringBuilder all = new StringBuilder();
    for (FieldName name : FIELDS.values()) {
      String value = fields.joined(name);
      if (value != null) {
        all.append(all.isEmpty() ? "" : ",").append(value);
      }
    }
    return of(all.toString());
  }

  /** Whether a field carries a part of a report. */
  public static boolean isField(FieldName name) {
    return FIELDS.containsValue(name);
  }

  /** The report itself, such as a line of a posted one. */
  public static Cmcd of(String report) {
    if (report.isEmpty() || report.length() > LONGEST) {
      return NONE;
    }
    Map<String, Member> values = new TreeMap<>();
    // Member by member, so that one that is spelled wrongly does not spoil the others.
    for (String member : Lists.members(report)) {
      Structured.dictionary(member).ifPresent(values::putAll);
    }
    return values.isEmpty() ? NONE : new Cmcd(values);
  }

  /** Whether anything is reported. */
  public boolean isEmpty() {
    return values.isEmpty();
  }

  /** All of it, by key, those that the standard does not know too. */
  public Map<String, Member> all() {
    return values;
  }

  /** The version it is of. */
  public int version() {
    return Math.clamp(number(CmcdKey.VERSION).orElse(1), 1, 99);
  }

  /** A number; of several, as version 2 has them for several objects, the largest. */
  public OptionalLong number(CmcdKey key) {
    return switch (values.get(key.key())) {
      case Item item -> number(item.value());
      case InnerList list ->
          list.items().stream()
              .map(each -> number(each.value()))
              .filter(OptionalLong::isPresent)
              .mapToLong(OptionalLong::getAsLong)
              .max();
      case null -> OptionalLong.empty();
    };
  }

  private static OptionalLong number(Bare value) {
    return switch (value) {
      case Structured.Whole whole -> OptionalLong.of(whole.value());
      case Structured.Decimal decimal -> OptionalLong.of(Math.round(decimal.value().doubleValue()));
      default -> OptionalLong.empty();
    };
  }

  /** A text or a token; of several the first. */
  public Optional<String> text(CmcdKey key) {
    return switch (values.get(key.key())) {
      case Item item -> text(item.value());
      case InnerList list -> list.items().stream().findFirst().flatMap(each -> text(each.value()));
      case null -> Optional.empty();
    };
  }

  private static Optional<String> text(Bare value) {
    return switch (value) {
      case Structured.Text text -> Optional.of(text.value());
      case Structured.Token token -> Optional.of(token.value());
      default -> Optional.empty();
    };
  }

  /** Whether something is so; what is not reported is not. */
  public boolean is(CmcdKey key) {
    return values.get(key.key()) instanceof Item item && item.value().equals(Structured.Bool.TRUE);
  }

  /**
   * What will be asked for next, relative to what is asked for now, decoded: of several objects
   * all. Nothing that would lead elsewhere than below this host.
   */
  public List<String> nextObjects() {
    List<Bare> found =
        switch (values.get(CmcdKey.NEXT_OBJECT.key())) {
          case Item item -> List.of(item.value());
          case InnerList list -> list.items().stream().map(Item::value).toList();
          case null -> List.of();
        };
    return found.stream()
        .flatMap(value -> text(value).stream())
        .map(uri -> version() == 1 ? decoded(uri) : uri)
        .filter(uri -> !uri.isEmpty() && uri.indexOf(':') < 0 && !uri.startsWith("//"))
        .toList();
  }

  /** As a report is written. */
  @Override
  public String toString() {
    return Structured.write(values).replace(", ", ",");
  }

  /** As a parameter of a query. */
  public String toQuery() {
    return PARAMETER + URLEncoder.encode(toString(), StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** As header fields; what the standard does not know goes with the session. */
  public Fields toFields() {
    Fields.Builder out = Fields.builder(4);
    for (CmcdKey.Group group : CmcdKey.Group.values()) {
      Map<String, Member> of = new TreeMap<>();
      values.forEach((key, value) -> {
        if (CmcdKey.of(key).map(CmcdKey::group).orElse(CmcdKey.Group.SESSION) == group) {
          of.put(key, value);
        }
      });
      if (!of.isEmpty()) {
        out.add(java.util.Objects.requireNonNull(FIELDS.get(group)), new Cmcd(of).toString());
      }
    }
    return out.build();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Cmcd cmcd && values.equals(cmcd.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }
}
