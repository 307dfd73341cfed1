package darban.caching;

import static darban.caching.Directives.ABSENT;

import darban.http.FieldName;
import darban.http.Fields;
import darban.http.HopByHop;
import darban.http.Method;
import darban.http.RequestHead;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether a stored response answers a request (RFC 9111 §4). */
public final class Reuse {
  private static final Verdict URI_MISS = new Verdict.Miss(Forward.URI_MISS);
  private static final Verdict VARY_MISS = new Verdict.Miss(Forward.VARY_MISS);
  private static final Verdict METHOD = new Verdict.Bypass(Forward.METHOD);
  private static final Verdict REQUEST = new Verdict.Bypass(Forward.REQUEST);

  private Reuse() {}

  /**
   * Judges.
   *
   * @param variants all that is stored under the request's key, in any order
   * @param now epoch milliseconds
   */
  public static Verdict judge(
      RequestHead request, List<StoredResponse> variants, CachePolicy policy, long now) {
    if (request.method() != Method.GET && request.method() != Method.HEAD) {
      return METHOD;
    }
    if (isForOriginOnly(request)) {
      return REQUEST;
    }
    RequestDirectives asked = RequestDirectives.of(request.fields(), policy.requests());
    StoredResponse stored = selected(variants, request.fields());
    if (stored == null) {
      return asked.onlyIfCached()
          ? Verdict.GatewayTimeout.ONLY_IF_CACHED
          : asked.noStore() ? REQUEST : variants.isEmpty() ? URI_MISS : VARY_MISS;
    }
    if (asked == RequestDirectives.NONE
        && !stored.freshness().noCache()
        && stored.freshness().isFresh(now)) {
      return new Verdict.Fresh(stored);
    }
    return judge(asked, stored, now);
  }

  /**
   * What no stored response can answer: a request with content, one for another protocol, and one
   * whose condition is about the origin's state (RFC 9111 §4.3.2).
   */
  private static boolean isForOriginOnly(RequestHead request) {
    Fields fields = request.fields();
    String length = fields.get(FieldName.CONTENT_LENGTH);
    return (length != null && !length.equals("0"))
        || request.protocol() != null
        || fields.has(FieldName.TRANSFER_ENCODING)
        || HopByHop.upgrade(request) != null
        || fields.has(FieldName.IF_MATCH)
        || fields.has(FieldName.IF_UNMODIFIED_SINCE);
  }

  /**
   * Of the stored responses that the request selects the one made last (RFC 9111 §4.1), or null.
   */
  public static @Nullable StoredResponse selected(List<StoredResponse> variants, Fields request) {
    StoredResponse best = null;
    for (int i = 0; i < variants.size(); i++) {
      StoredResponse each = variants.get(i);
      if (each.vary().matches(request) && (best == null || isLater(each, best))) {
        best = each;
      }
    }
    return best;
  }

  private static boolean isLater(StoredResponse a, StoredResponse b) {
    return a.date() != b.date()
        ? a.date() > b.date()
        : a.freshness().received() > b.freshness().received();
  }

  private static Verdict judge(RequestDirectives asked, StoredResponse stored, long now) {
    if (asked.noStore()) {
      return REQUEST;
    }
    Freshness freshness = stored.freshness();
    if (isRefused(asked, freshness, now)) {
      return validate(asked, stored, Forward.REQUEST);
    }
    if (freshness.noCache()) {
      return validate(asked, stored, Forward.STALE);
    }
    long remaining = freshness.remaining(now);
    if (remaining > 0) {
      return remaining >= asked.minFresh() * 1000
          ? new Verdict.Fresh(stored)
          : validate(asked, stored, Forward.REQUEST);
    }
    if (asked.maxStale() != ABSENT
        && freshness.stale().onDemand()
        && -remaining <= asked.maxStale() * 1000) {
      return new Verdict.Stale(stored, false);
    }
    if (freshness.usableWhileRevalidated(now) && asked.minFresh() == ABSENT) {
      return new Verdict.Stale(stored, true);
    }
    return validate(asked, stored, Forward.STALE);
  }

  /** RFC 9111 §5.2.1.1, §5.2.1.4; RFC 8246 §2.1: a mere reload leaves what is immutable. */
  private static boolean isRefused(RequestDirectives asked, Freshness freshness, long now) {
    if (asked.noCache()) {
      return true;
    }
    boolean left = freshness.immutable() && freshness.isFresh(now);
    // Zero asks for validation even of what arrived within this millisecond.
    return asked.maxAge() != ABSENT
        && !left
        && (asked.maxAge() == 0 || freshness.age(now) > asked.maxAge() * 1000);
  }

  private static Verdict validate(RequestDirectives asked, StoredResponse stored, Forward why) {
    if (asked.onlyIfCached()) {
      return Verdict.GatewayTimeout.ONLY_IF_CACHED;
    }
    return new Verdict.Validate(stored, why, staleUntil(asked, stored.freshness(), why));
  }

  /** Who asked for validation gets no stale answer in its place, unless he asked for that too. */
  private static long staleUntil(RequestDirectives asked, Freshness freshness, Forward why) {
    long wished =
        asked.staleIfError() != ABSENT && freshness.stale().onDemand()
            ? freshness.staleFrom() + asked.staleIfError() * 1000
            : 0;
    return why == Forward.REQUEST ? wished : Math.max(wished, freshness.usableOnErrorUntil());
  }

  /** Whether a response with that status is a failure in whose place a stale answer may be used. */
  public static boolean isFailure(int status) {
    return Statuses.failed(status);
  }
}
