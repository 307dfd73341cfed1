package darban.caching;

import static darban.caching.Directives.ABSENT;

import darban.http.FieldName;
import darban.http.Fields;
import darban.http.Structured;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a response asks of caches: the directives of the first of {@code Darban-Cache-Control},
 * {@code CDN-Cache-Control} (RFC 9213) and {@code Cache-Control} (RFC 9111 §5.2.2) that counts.
 *
 * <p>A targeted field that is empty or no structured dictionary does not count. Of a directive that
 * comes twice the first counts (RFC 9111 §4.2.1); a lifetime that is no number means stale.
 */
final class ResponseDirectives {
  /** In the order they are looked for (RFC 9213 §2.2). */
  private static final List<FieldName> TARGETED =
      List.of(FieldName.DARBAN_CACHE_CONTROL, FieldName.CDN_CACHE_CONTROL);

  enum Flag {
    NO_STORE,
    NO_CACHE,
    PRIVATE,
    PUBLIC,
    MUST_REVALIDATE,
    PROXY_REVALIDATE,
    MUST_UNDERSTAND,
    IMMUTABLE
  }

  private final boolean targeted;
  private final Set<Flag> flags = EnumSet.noneOf(Flag.class);
  private final Set<FieldName> named = new HashSet<>();
  private long maxAge = ABSENT;
  private long sMaxage = ABSENT;
  private long staleWhileRevalidate = ABSENT;
  private long staleIfError = ABSENT;

  private ResponseDirectives(boolean targeted) {
    this.targeted = targeted;
  }

  static ResponseDirectives of(Fields fields) {
    for (FieldName field : TARGETED) {
      String value = fields.joined(field);
      Optional<Map<String, Structured.Member>> dictionary =
          value == null ? Optional.empty() : Structured.dictionary(value);
      if (dictionary.isPresent() && !dictionary.get().isEmpty()) {
        ResponseDirectives directives = new ResponseDirectives(true);
        dictionary.get().forEach(directives::targetedDirective);
        return directives;
      }
    }
    ResponseDirectives directives = new ResponseDirectives(false);
    Directives.read(fields, FieldName.CACHE_CONTROL, directives::directive);
    return directives;
  }

  /** A value of another type than the directive's own is not taken for it (RFC 9213 §2.1). */
  private void targetedDirective(String name, Structured.Member member) {
    if (!(member instanceof Structured.Item item)) {
      return;
    }
    switch (item.value()) {
      case Structured.Bool(boolean yes) -> {
        if (yes) {
          directive(name, null);
        }
      }
      case Structured.Whole(long seconds) -> directive(name, Long.toString(seconds));
      case Structured.Text(String text) ->
          directive(name, Directives.seconds(text) == ABSENT ? text : "");
      case Structured.Token(String text) -> directive(name, text);
      default -> directive(name, "");
    }
  }

  private void directive(String name, @Nullable String argument) {
    switch (name) {
      case "max-age" -> maxAge = first(maxAge, argument);
      case "s-maxage" -> sMaxage = first(sMaxage, argument);
      case "stale-while-revalidate" -> staleWhileRevalidate = first(staleWhileRevalidate, argument);
      case "stale-if-error" -> staleIfError = first(staleIfError, argument);
      case "no-store" -> flags.add(Flag.NO_STORE);
      case "no-cache" -> wholeOrNamed(Flag.NO_CACHE, argument);
      case "private" -> wholeOrNamed(Flag.PRIVATE, argument);
      case "public" -> flags.add(Flag.PUBLIC);
      case "must-revalidate" -> flags.add(Flag.MUST_REVALIDATE);
      case "proxy-revalidate" -> flags.add(Flag.PROXY_REVALIDATE);
      case "must-understand" -> flags.add(Flag.MUST_UNDERSTAND);
      case "immutable" -> flags.add(Flag.IMMUTABLE);
      default -> {
        // An extension that we do not know (RFC 9111 §5.2.3).
      }
    }
  }

  private static long first(long before, @Nullable String argument) {
    return before == ABSENT ? Math.max(0, Directives.seconds(argument)) : before;
  }

  private void wholeOrNamed(Flag whole, @Nullable String argument) {
    Directives.fieldNames(argument).ifPresentOrElse(named::addAll, () -> flags.add(whole));
  }

  boolean has(Flag flag) {
    return flags.contains(flag);
  }

  /** Whether they came in a targeted field, so that Expires has no say (RFC 9213 §2.2). */
  boolean targeted() {
    return targeted;
  }

  /** The lifetime for a shared cache in seconds (RFC 9111 §4.2.1), or {@link Directives#ABSENT}. */
  long lifetime() {
    return sMaxage == ABSENT ? maxAge : sMaxage;
  }

  /** Whether {@code s-maxage} is there, which forbids stale use (RFC 9111 §5.2.2.10). */
  boolean hasSharedLifetime() {
    return sMaxage != ABSENT;
  }

  /** Seconds (RFC 5861 §3), or {@link Directives#ABSENT}. */
  long staleWhileRevalidate() {
    return staleWhileRevalidate;
  }

  /** Seconds (RFC 5861 §4), or {@link Directives#ABSENT}. */
  long staleIfError() {
    return staleIfError;
  }

  /** The fields that {@code no-cache} or {@code private} name and a shared cache leaves out. */
  Set<FieldName> withheld() {
    return named;
  }
}
