package darban.caching;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What of a query belongs to the key. Names are compared as they are sent, undecoded and with
 * regard to case; a pattern with a {@code *} at its end stands for all names that begin so.
 *
 * @param kept which parameters stay
 * @param patterns the names it speaks of
 * @param sorted whether the order of parameters does not matter; equal names keep theirs
 */
public record QueryPolicy(Kept kept, List<String> patterns, boolean sorted) {
  /** Which parameters stay. */
  public enum Kept {
    ALL,
    NONE,
    NAMED,
    OTHERS
  }

  /** As it was sent. */
  public static final QueryPolicy WHOLE = new QueryPolicy(Kept.ALL, List.of(), false);

  /** None of it. */
  public static final QueryPolicy DROPPED = new QueryPolicy(Kept.NONE, List.of(), false);

  /** Names that are known not to change what is served. */
  public enum Known {
    /** Added by those who count visitors. */
    TRACKING(
        "utm_*",
        "gclid",
        "gclsrc",
        "dclid",
        "gbraid",
        "wbraid",
        "fbclid",
        "msclkid",
        "yclid",
        "twclid",
        "ttclid",
        "igshid",
        "mc_cid",
        "mc_eid",
        "_ga",
        "_gl",
        "_hsenc",
        "_hsmi",
        "mkt_tok",
        "vero_id",
        "oly_anon_id",
        "oly_enc_id"),
    /** Whose visit it is. */
    SESSION("sid", "session", "sessionid", "session_id", "jsessionid", "phpsessid"),
    /** By what right; only for routes where the gateway itself has checked it. */
    TOKEN("token", "access_token", "auth", "sig", "signature", "expires", "exp", "hdnts", "hdnea"),
    /** What a player reports (CTA-5004). */
    CMCD("CMCD");

    private final List<String> patterns;

    Known(String... patterns) {
      this.patterns = List.of(patterns);
    }

    /** The names, as patterns. */
    public List<String> patterns() {
      return patterns;
    }
  }

  public QueryPolicy {
    patterns = List.copyOf(patterns);
  }

  /** All but those that match. */
  public static QueryPolicy dropping(List<String> patterns) {
    return new QueryPolicy(Kept.OTHERS, patterns, false);
  }

  /** Only those that match. */
  public static QueryPolicy keeping(List<String> patterns) {
    return new QueryPolicy(Kept.NAMED, patterns, false);
  }

  /** Without a known set too. A policy that keeps only named ones does not change. */
  public QueryPolicy without(Known set) {
    return switch (kept) {
      case NONE, NAMED -> this;
      case ALL, OTHERS ->
          new QueryPolicy(
              Kept.OTHERS,
              Stream.concat(patterns.stream(), set.patterns().stream()).toList(),
              sorted);
    };
  }

  /** The same where the order does not matter. */
  public QueryPolicy inAnyOrder() {
    return new QueryPolicy(kept, patterns, true);
  }

  /** What of {@code query} belongs to the key; null where nothing of it does. */
  public @Nullable String apply(@Nullable String query) {
    if (query == null || kept == Kept.NONE) {
      return null;
    }
    if (kept == Kept.ALL && !sorted) {
      return query;
    }
    List<String> parameters = new ArrayList<>(Arrays.asList(query.split("&", -1)));
    parameters.removeIf(parameter -> !stays(parameter));
    if (parameters.isEmpty()) {
      return null;
    }
    if (sorted) {
      parameters.sort((a, b) -> name(a).compareTo(name(b)));
    }
    return parameters.stream().collect(Collectors.joining("&"));
  }

  private boolean stays(String parameter) {
    return switch (kept) {
      case ALL -> true;
      case NONE -> false;
      case NAMED -> matches(name(parameter));
      case OTHERS -> !matches(name(parameter));
    };
  }

  private boolean matches(String name) {
    for (String pattern : patterns) {
      int stem = pattern.length() - 1;
      if (pattern.endsWith("*")
          ? name.startsWith(pattern.substring(0, stem))
          : name.equals(pattern)) {
        return true;
      }
    }
    return false;
  }

  private static String name(String parameter) {
    int equals = parameter.indexOf('=');
    return equals < 0 ? parameter : parameter.substring(0, equals);
  }
}
