package darban.http;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What belongs to one connection and is not forwarded (RFC 9110 §7.6.1). */
public final class HopByHop {
  /** A sender cannot have these dropped by naming them: they say what the message is. */
  private static final Set<FieldName> FRAMING =
      Set.of(FieldName.CONTENT_LENGTH, FieldName.HOST, FieldName.TRAILER, FieldName.EXPECT);

  /** What frames, routes, authenticates or controls must come before the body. */
  private static final Set<FieldName> HEAD_ONLY =
      Set.of(
          FieldName.CONTENT_LENGTH,
          FieldName.HOST,
          FieldName.TRAILER,
          FieldName.EXPECT,
          FieldName.MAX_FORWARDS,
          FieldName.RANGE,
          FieldName.CONTENT_ENCODING,
          FieldName.CONTENT_TYPE,
          FieldName.CONTENT_RANGE,
          FieldName.AUTHORIZATION,
          FieldName.WWW_AUTHENTICATE,
          FieldName.COOKIE,
          FieldName.SET_COOKIE,
          FieldName.AGE,
          FieldName.CACHE_CONTROL,
          FieldName.EXPIRES,
          FieldName.PRAGMA,
          FieldName.DATE,
          FieldName.LOCATION,
          FieldName.RETRY_AFTER,
          FieldName.VARY,
          FieldName.VIA,
          FieldName.FORWARDED,
          FieldName.X_REAL_IP);

  /** Protocols within which requests could be sent past every rule of ours. */
  private static final Set<String> TRANSPARENT = Set.of("h2c", "h2", "h3", "http", "tls");

  private HopByHop() {}

  /**
   * The fields without those that Connection names. To be done before the gateway adds any of its
   * own, or the sender could name those too.
   */
  public static Fields withoutNamed(Fields fields) {
    Set<FieldName> named = null;
    for (int i = fields.indexOf(FieldName.CONNECTION, 0);
        i >= 0;
        i = fields.indexOf(FieldName.CONNECTION, i + 1)) {
      for (String option : Lists.members(fields.value(i))) {
        FieldName name = FieldName.of(option);
        if (!name.isHopByHop() && !FRAMING.contains(name) && fields.has(name)) {
          named = named == null ? new HashSet<>() : named;
          named.add(name);
        }
      }
    }
    Set<FieldName> dropped = named;
    return dropped == null ? fields : fields.filtered(name -> !dropped.contains(name)).build();
  }

  /** The fields that may be forwarded. */
  public static Fields endToEnd(Fields fields) {
    return withoutNamed(fields).filtered(name -> !name.isHopByHop()).build();
  }

  /** Whether a field may come in a trailer section (RFC 9110 §6.5.1). */
  public static boolean allowedInTrailer(FieldName name) {
    return !name.isHopByHop()
        && !HEAD_ONLY.contains(name)
        && !name.lower().startsWith("x-forwarded-")
        && !name.lower().startsWith("if-");
  }

  /** The protocols that a request asks to upgrade to and may, or null. */
  public static @Nullable String upgrade(RequestHead head) {
    String asked = head.fields().joined(FieldName.UPGRADE);
    if (asked == null
        || head.version() != Version.HTTP_1_1
        || !head.fields().hasToken(FieldName.CONNECTION, "upgrade")) {
      return null;
    }
    String allowed =
        Lists.members(asked).stream()
            .filter(HopByHop::mayUpgradeTo)
            .collect(Collectors.joining(", "));
    return allowed.isEmpty() ? null : allowed;
  }

  /** Whether a connection may be handed over to {@code protocol}, such as {@code websocket}. */
  public static boolean mayUpgradeTo(String protocol) {
    int slash = protocol.indexOf('/');
    String name = slash < 0 ? protocol : protocol.substring(0, slash);
    return !TRANSPARENT.contains(name.strip().toLowerCase(Locale.ROOT));
  }
}
