package darban.caching;

import static darban.caching.Directives.ABSENT;

import darban.caching.ResponseDirectives.Flag;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.HttpDate;
import darban.http.Lists;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How long a stored response may be used (RFC 9111 §4.2), worked out when it is stored. All spans
 * are in milliseconds.
 *
 * @param received when its head arrived, epoch milliseconds
 * @param initialAge its age at that time (corrected_initial_age)
 * @param lifetime the age from which on it is stale
 * @param noCache whether it is never used without validation
 * @param immutable whether a client that only reloads is answered without validation (RFC 8246)
 * @param stale how it may be used when stale
 */
public record Freshness(
    long received,
    long initialAge,
    long lifetime,
    boolean noCache,
    boolean immutable,
    Stale stale) {

  /**
   * Use beyond the lifetime.
   *
   * @param whileRevalidate how long while it is validated in the background (RFC 5861 §3)
   * @param ifError how long when the origin fails (RFC 5861 §4, RFC 9111 §4.2.4)
   * @param onDemand whether a request may ask for it by max-stale (RFC 9111 §5.2.1.2)
   */
  public record Stale(long whileRevalidate, long ifError, boolean onDemand) {
    private static final Stale NEVER = new Stale(0, 0, false);
  }

  /** The age in milliseconds (RFC 9111 §4.2.3). A clock that was set back does not make younger. */
  public long age(long now) {
    return initialAge + Math.max(0, now - received);
  }

  /** Whether the lifetime is not over. */
  public boolean isFresh(long now) {
    return age(now) < lifetime;
  }

  /** What is left of the lifetime in milliseconds; negative when it is over. */
  public long remaining(long now) {
    return lifetime - age(now);
  }

  /** Whether it may be used now while it is validated in the background. */
  public boolean usableWhileRevalidated(long now) {
    return !noCache && -remaining(now) < stale.whileRevalidate;
  }

  /** Until when it may be used if the origin fails, epoch milliseconds; 0 for not at all. */
  public long usableOnErrorUntil() {
    return noCache || stale.ifError == 0 ? 0 : staleFrom() + stale.ifError;
  }

  /** When its lifetime ends, epoch milliseconds. */
  public long staleFrom() {
    return received - initialAge + lifetime;
  }

  /** The same, but stale from {@code now} on, as when it was invalidated softly. */
  public Freshness expired(long now) {
    return isFresh(now)
        ? new Freshness(received, initialAge, age(now), noCache, immutable, stale)
        : this;
  }

  /** What a response with {@code fields}, Age and Date included, says. */
  static Freshness of(
      int status,
      Fields fields,
      ResponseDirectives directives,
      Timing timing,
      CachePolicy.Times policy) {
    long date = dateOf(fields, timing.received());
    boolean noCache = directives.has(Flag.NO_CACHE);
    long age = initialAge(fields, date, timing);
    Duration ours = policy.negative().get(status);
    // What is ours to say counts from when it came: a part of a second is no time for Date.
    long told =
        ours != null && !isExplicit(fields, directives)
            ? age + ours.toMillis()
            : lifetime(status, fields, directives, date, policy);
    return new Freshness(
        timing.received(),
        age,
        Math.min(told, age + policy.most().toMillis()),
        noCache,
        directives.has(Flag.IMMUTABLE),
        noCache ? Stale.NEVER : stale(status, directives, policy));
  }

  private static long initialAge(Fields fields, long date, Timing timing) {
    // Date has whole seconds: without the cut every response would look up to a second old.
    long apparent = Math.max(0, timing.received() / 1000 - date / 1000) * 1000;
    long delay = Math.max(0, timing.received() - timing.requested());
    return Math.max(apparent, ageValue(fields) * 1000 + delay);
  }

  /** Age in seconds (RFC 9111 §5.1): the first member of the list; 0 where that is no number. */
  private static long ageValue(Fields fields) {
    String value = fields.get(FieldName.AGE);
    if (value == null) {
      return 0;
    }
    List<String> members = Lists.members(value);
    return members.isEmpty() ? 0 : Math.max(0, Directives.seconds(members.getFirst()));
  }

  private static long lifetime(
      int status,
      Fields fields,
      ResponseDirectives directives,
      long date,
      CachePolicy.Times policy) {
    if (directives.lifetime() != ABSENT) {
      return directives.lifetime() * 1000;
    }
    if (!directives.targeted() && fields.has(FieldName.EXPIRES)) {
      List<String> lines = fields.all(FieldName.EXPIRES);
      long expires = lines.size() == 1 ? time(lines.getFirst(), date) : -1;
      return Math.max(0, expires - date);
    }
    if (!Statuses.heuristic(status) && !directives.has(Flag.PUBLIC)) {
      return 0;
    }
    long modified = time(fields.get(FieldName.LAST_MODIFIED), date);
    return modified >= 0 && modified < date
        ? Math.min((date - modified) / 10, policy.heuristicMost().toMillis())
        : Statuses.heuristic(status) ? policy.fallback().toMillis() : 0;
  }

  /** Whether the response itself says how long it is fresh, not a heuristic or the policy. */
  static boolean isExplicit(Fields fields, ResponseDirectives directives) {
    return directives.lifetime() != ABSENT
        || (!directives.targeted() && fields.has(FieldName.EXPIRES));
  }

  /**
   * RFC 9111 §4.2.4. s-maxage forbids stale use like proxy-revalidate, but not that which the
   * response itself allows beside it: the two are sent together for just that. An old failure is no
   * better than a new one.
   */
  private static Stale stale(int status, ResponseDirectives directives, CachePolicy.Times policy) {
    if (directives.has(Flag.MUST_REVALIDATE) || directives.has(Flag.PROXY_REVALIDATE)) {
      return Stale.NEVER;
    }
    boolean open = !directives.hasSharedLifetime();
    return new Stale(
        window(directives.staleWhileRevalidate(), open, policy.staleWhileRevalidate().toMillis()),
        Statuses.failed(status)
            ? 0
            : window(directives.staleIfError(), open, policy.staleIfError().toMillis()),
        open);
  }

  private static long window(long seconds, boolean open, long otherwise) {
    return seconds != ABSENT ? seconds * 1000 : open ? otherwise : 0;
  }

  /** The Date of a response, or when it was received (RFC 9110 §6.6.1); epoch milliseconds. */
  static long dateOf(Fields fields, long received) {
    long date = time(fields.get(FieldName.DATE), received);
    return date < 0 ? received : date;
  }

  /** Epoch milliseconds of a date; -1 where it is none, or before 1970. */
  static long time(@Nullable String date, long now) {
    return date == null
        ? -1
        : HttpDate.parse(date, Instant.ofEpochMilli(now)).map(Instant::toEpochMilli).orElse(-1L);
  }
}
