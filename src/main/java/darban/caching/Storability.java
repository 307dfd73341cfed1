package darban.caching;

import darban.caching.ResponseDirectives.Flag;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.HopByHop;
import darban.http.HttpDate;
import darban.http.Method;
import darban.http.Ranges;
import darban.http.RequestHead;
import darban.http.ResponseHead;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether a response may be stored (RFC 9111 §3), and as what. */
public sealed interface Storability {
  /**
   * It may.
   *
   * @param response what is to be stored besides the content; that of the whole where it is partial
   * @param part which bytes of the whole the content is (206); null for all of it
   */
  record Store(StoredResponse response, Ranges.@Nullable Part part) implements Storability {}

  /** It may not. */
  enum Refused implements Storability {
    /** The method's answers are not stored. */
    METHOD,
    /** The status answers this request alone. */
    STATUS,
    /** The request asks for it ({@code no-store}). */
    REQUEST,
    /** The response asks for it ({@code no-store}). */
    NO_STORE,
    /** The response is for one user. */
    PRIVATE,
    /** The request had Authorization, and the response does not say that others may have it. */
    AUTHORIZATION,
    /** No other request, or too many kinds of them, would select it. */
    VARY,
    /** It sets a cookie. */
    COOKIE,
    /** A part that can be combined with no other. */
    PARTIAL,
    /** Too large. */
    SIZE,
    /** More labels than are kept in mind. */
    LABELS,
    /** It is never fresh and cannot be validated. */
    USELESS
  }

  /** Judges the final response to {@code request}; {@code key} is that of its target. */
  static Storability of(
      RequestHead request, CacheKey key, ResponseHead response, Timing timing, CachePolicy policy) {
    ResponseDirectives directives = ResponseDirectives.of(response.fields());
    Refused refused = refused(request, key, response, directives, policy);
    if (refused != null) {
      return refused;
    }
    Optional<Vary> vary =
        Vary.of(request.fields(), response.fields(), policy.admission().varyMost());
    if (vary.isEmpty()) {
      return Refused.VARY;
    }
    ResponseHead kept =
        new ResponseHead(response.status(), kept(response, directives, timing, policy));
    Freshness freshness =
        Freshness.of(response.status(), response.fields(), directives, timing, policy.times());
    StoredResponse stored = new StoredResponse(kept, vary.get(), freshness);
    if (response.status() == 206) {
      return partial(request, stored, policy);
    }
    return accepted(stored, policy);
  }

  /**
   * What becomes of {@code stored} when its head is now {@code merged}. Where that may not be
   * stored it answers the one request that validated it, and what was stored stays.
   */
  static Validation.Outcome freshened(
      StoredResponse stored,
      RequestHead request,
      ResponseHead merged,
      Timing timing,
      CachePolicy policy) {
    ResponseDirectives directives = ResponseDirectives.of(merged.fields());
    Optional<Vary> vary = Vary.of(request.fields(), merged.fields(), policy.admission().varyMost());
    StoredResponse updated =
        new StoredResponse(
            new ResponseHead(merged.status(), kept(merged, directives, timing, policy)),
            vary.orElse(stored.vary()),
            Freshness.of(merged.status(), merged.fields(), directives, timing, policy.times()));
    boolean keep =
        vary.isPresent()
            && !forbidden(merged.status(), directives)
            && !directives.has(Flag.PRIVATE)
            && !setsCookie(
                merged.fields(), Freshness.isExplicit(merged.fields(), directives), policy)
            && !(request.fields().has(FieldName.AUTHORIZATION) && !forAll(directives))
            && !RequestDirectives.of(request.fields(), policy.requests()).noStore()
            && accepted(updated, policy) instanceof Store;
    return new Validation.Outcome.Freshened(updated, keep);
  }

  private static Storability accepted(StoredResponse stored, CachePolicy policy) {
    if (!Labels.withinBounds(stored.tags())) {
      return Refused.LABELS;
    }
    boolean usable = stored.freshness().lifetime() > 0 && !stored.freshness().noCache();
    if (!usable && !stored.hasValidator()) {
      return Refused.USELESS;
    }
    String length = stored.fields().get(FieldName.CONTENT_LENGTH);
    return fits(length, policy.admission().maxObject()) ? new Store(stored, null) : Refused.SIZE;
  }

  private static boolean fits(@Nullable String length, long most) {
    if (length == null) {
      return true;
    }
    try {
      return Long.parseLong(length) <= most;
    } catch (NumberFormatException beyondEveryBound) {
      return false;
    }
  }

  private static @Nullable Refused refused(
      RequestHead request,
      CacheKey key,
      ResponseHead response,
      ResponseDirectives directives,
      CachePolicy policy) {
    Fields fields = response.fields();
    boolean explicit = Freshness.isExplicit(fields, directives);
    if (request.method() != Method.GET
        && !(explicit && answersGet(request, key, response, policy))) {
      return Refused.METHOD;
    }
    if (!Statuses.storable(response.status())) {
      return Refused.STATUS;
    }
    if (RequestDirectives.of(request.fields(), policy.requests()).noStore()) {
      return Refused.REQUEST;
    }
    if (forbidden(response.status(), directives)) {
      return Refused.NO_STORE;
    }
    if (directives.has(Flag.PRIVATE)) {
      return Refused.PRIVATE;
    }
    if (request.fields().has(FieldName.AUTHORIZATION) && !forAll(directives)) {
      return Refused.AUTHORIZATION;
    }
    if (!explicit && !directives.has(Flag.PUBLIC) && !isKnownCacheable(response.status(), policy)) {
      return Refused.USELESS;
    }
    return setsCookie(fields, explicit, policy) ? Refused.COOKIE : null;
  }

  /** RFC 9110 §9.3.3: a POST whose answer is what a GET of its own target would bring. */
  private static boolean answersGet(
      RequestHead request, CacheKey key, ResponseHead response, CachePolicy policy) {
    String location = response.fields().get(FieldName.CONTENT_LOCATION);
    return request.method() == Method.POST
        && policy.admission().post()
        && response.status() == 200
        && location != null
        && key.resolve(location, policy.key()).filter(key.uri()::equals).isPresent();
  }

  /** RFC 9111 §5.2.2.3, §5.2.2.5. */
  private static boolean forbidden(int status, ResponseDirectives directives) {
    return directives.has(Flag.MUST_UNDERSTAND)
        ? !Statuses.understood(status)
        : directives.has(Flag.NO_STORE);
  }

  /** RFC 9111 §3.5. */
  private static boolean forAll(ResponseDirectives directives) {
    return directives.has(Flag.PUBLIC)
        || directives.has(Flag.MUST_REVALIDATE)
        || directives.hasSharedLifetime();
  }

  private static boolean isKnownCacheable(int status, CachePolicy policy) {
    return Statuses.heuristic(status) || policy.times().negative().containsKey(status);
  }

  private static boolean setsCookie(Fields fields, boolean explicit, CachePolicy policy) {
    return fields.has(FieldName.SET_COOKIE)
        && switch (policy.admission().cookies()) {
          case EXPLICIT -> !explicit;
          case REFUSE -> true;
          case STRIP -> false;
        };
  }

  /** RFC 9111 §3.1. */
  private static Fields kept(
      ResponseHead response, ResponseDirectives directives, Timing timing, CachePolicy policy) {
    Set<FieldName> withheld = directives.withheld();
    boolean cookies = policy.admission().cookies() != CachePolicy.Cookies.STRIP;
    Fields.Builder fields =
        HopByHop.endToEnd(response.fields())
            .filtered(name ->
                name != FieldName.AGE
                    && name != FieldName.CACHE_STATUS
                    && name != FieldName.PROXY_AUTHENTICATION_INFO
                    && (cookies || name != FieldName.SET_COOKIE)
                    && !withheld.contains(name));
    if (Freshness.time(response.fields().get(FieldName.DATE), timing.received()) < 0) {
      fields.set(FieldName.DATE, HttpDate.format(Instant.ofEpochMilli(timing.received())));
    }
    return fields.build();
  }

  /**
   * Of the fields of a response those that only the one who asked gets: what {@code no-cache} and
   * {@code private} name (RFC 9111 §5.2.2.4, §5.2.2.7), and what caches on the way did this time.
   */
  public static Fields forWhoAsked(Fields response) {
    Set<FieldName> withheld = ResponseDirectives.of(response).withheld();
    return withheld.isEmpty() && !response.has(FieldName.CACHE_STATUS)
        ? Fields.NONE
        : HopByHop.endToEnd(response)
            .filtered(name -> name == FieldName.CACHE_STATUS || withheld.contains(name))
            .build();
  }

  /** RFC 9111 §3.3: as a part of the whole, whose head is made of that of the part. */
  private static Storability partial(RequestHead request, StoredResponse part, CachePolicy policy) {
    Optional<ContentRange> range =
        Optional.ofNullable(part.fields().get(FieldName.CONTENT_RANGE))
            .flatMap(ContentRange::parse);
    // In answer to If-Range the head may lack what describes the whole (RFC 9110 §15.3.7).
    if (range.isEmpty()
        || !part.hasStrongValidator()
        || request.fields().has(FieldName.IF_RANGE)
        || !range.get().agreesWith(part.fields().get(FieldName.CONTENT_LENGTH))) {
      return Refused.PARTIAL;
    }
    Fields fields =
        part.fields().toBuilder()
            .remove(FieldName.CONTENT_RANGE)
            .setIfAbsent(FieldName.ACCEPT_RANGES, "bytes")
            .set(FieldName.CONTENT_LENGTH, Long.toString(range.get().whole()))
            .build();
    StoredResponse whole =
        new StoredResponse(new ResponseHead(200, fields), part.vary(), part.freshness());
    return accepted(whole, policy) instanceof Store
        ? new Store(whole, range.get().part())
        : accepted(whole, policy);
  }
}
