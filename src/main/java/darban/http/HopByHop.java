package darban.http;

import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What belongs to one connection and is not forwarded (RFC 9110 §7.6.1). */
public final class HopByHop {
  private HopByHop() {}

  /** Passes the names that may be forwarded out of {@code fields}. */
  public static Predicate<FieldName> endToEnd(Fields fields) {
    if (!fields.has(FieldName.CONNECTION)) {
      return name -> !name.isHopByHop();
    }
    List<FieldName> named =
        fields.all(FieldName.CONNECTION).stream()
            .flatMap(value -> Lists.members(value).stream())
            .filter(HopByHop::isToken)
            .map(FieldName::of)
            .toList();
    return name -> !name.isHopByHop() && (isFraming(name) || !named.contains(name));
  }

  /** A sender cannot have these dropped by naming them: they say what the message is. */
  private static boolean isFraming(FieldName name) {
    return name == FieldName.CONTENT_LENGTH
        || name == FieldName.HOST
        || name == FieldName.TRAILER
        || name == FieldName.EXPECT;
  }

  private static boolean isToken(String text) {
    return text.chars().allMatch(c -> c > 0x20 && c < 0x7f);
  }

  /**
   * Whether a field may come in a trailer section. Anything that frames, routes, authenticates or
   * controls is dropped (RFC 9110 §6.5.1).
   */
  public static boolean allowedInTrailer(FieldName name) {
    return !name.isHopByHop()
        && name != FieldName.CONTENT_LENGTH
        && name != FieldName.HOST
        && name != FieldName.TRAILER
        && name != FieldName.EXPECT
        && name != FieldName.AUTHORIZATION
        && name != FieldName.COOKIE
        && name != FieldName.SET_COOKIE
        && name != FieldName.CONTENT_ENCODING
        && name != FieldName.CONTENT_TYPE
        && name != FieldName.CONTENT_RANGE
        && name != FieldName.RANGE
        && name != FieldName.CACHE_CONTROL
        && name != FieldName.AGE
        && name != FieldName.VARY
        && name != FieldName.LOCATION
        && name != FieldName.MAX_FORWARDS
        && name != FieldName.VIA
        && name != FieldName.FORWARDED
        && !name.lower().startsWith("x-forwarded-")
        && !name.lower().startsWith("if-");
  }

  /** The protocol that a request asks to upgrade to, or null when it does not ask. */
  public static @Nullable String upgrade(RequestHead head) {
    return head.version() == Version.HTTP_1_1
            && head.fields().hasToken(FieldName.CONNECTION, "upgrade")
        ? head.fields().joined(FieldName.UPGRADE)
        : null;
  }
}
