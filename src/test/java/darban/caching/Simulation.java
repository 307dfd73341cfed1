package darban.caching;

import darban.http.Conditions;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.Method;
import darban.http.RequestHead;
import darban.http.ResponseHead;
import darban.http.Target;
import darban.http.Version;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A cache of nothing but this room's decisions: a map, a clock that is set, and an origin that the
 * test plays. What it does with a verdict is what whoever uses the room has to do.
 */
final class Simulation {
  /** The other side. */
  interface Origin {
    /** The answer to a request, or null where the connection breaks. */
    @Nullable ResponseHead answer(RequestHead request);
  }

  /**
   * What the client gets.
   *
   * @param forwarded what the origin got for it before it was answered; null for nothing
   */
  record Answer(int status, Fields fields, @Nullable RequestHead forwarded) {
    /** Whether the origin was not asked. */
    boolean cached() {
      return forwarded == null;
    }
  }

  private static final String SCHEME = "http";

  private final CachePolicy policy;
  private final Map<CacheKey, List<StoredResponse>> stored = new HashMap<>();
  private long now = 1_800_000_000_250L;
  private long delay;

  Simulation(CachePolicy policy) {
    this.policy = policy;
  }

  long now() {
    return now;
  }

  void pass(long milliseconds) {
    now += milliseconds;
  }

  /** From now on the origin takes that long. */
  void delay(long milliseconds) {
    delay = milliseconds;
  }

  Answer request(String method, String path, Fields fields, Origin origin) {
    RequestHead request =
        new RequestHead(
            Version.HTTP_1_1, Method.of(method), Target.origin(path), "a.test", fields, null);
    CacheKey key = CacheKey.of(request, SCHEME, policy.key());
    List<StoredResponse> variants = List.copyOf(stored.getOrDefault(key, List.of()));
    return switch (Reuse.judge(request, variants, policy, now)) {
      case Verdict.Fresh(StoredResponse hit) -> answer(request, hit, null);
      case Verdict.Stale(StoredResponse hit, boolean refresh) -> {
        Answer answer = answer(request, hit, null);
        if (refresh) {
          validate(request, key, hit, 0, origin);
        }
        yield answer;
      }
      case Verdict.Validate(StoredResponse old, Forward why, long staleUntil) ->
          validate(request, key, old, staleUntil, origin);
      case Verdict.Miss miss -> fetch(request, request, key, origin);
      case Verdict.Bypass bypass -> fetch(request, request, key, origin);
      case Verdict.GatewayTimeout none -> new Answer(504, Fields.NONE, null);
    };
  }

  private Answer validate(
      RequestHead request, CacheKey key, StoredResponse old, long staleUntil, Origin origin) {
    RequestHead asking = Validation.request(request, old);
    long requested = now;
    ResponseHead response = origin.answer(asking);
    now += delay;
    if (response == null || Reuse.isFailure(response.status())) {
      return now < staleUntil ? answer(request, old, null) : failed(response, asking);
    }
    boolean judged = response.status() == 304 || request.method() == Method.HEAD;
    if (!judged) {
      return received(request, asking, key, response, requested);
    }
    Timing timing = new Timing(requested, now);
    return switch (Validation.judge(old, asking, response, timing, policy)) {
      case Validation.Outcome.Freshened(StoredResponse fresh, boolean keep) -> {
        if (keep) {
          replace(key, old, fresh);
        }
        yield answer(request, fresh, asking);
      }
      case Validation.Outcome.Sign sign -> {
        if (sign == Validation.Outcome.Sign.OUTDATED) {
          replace(key, old, old.expired(now));
        }
        yield response.status() == 304
            ? fetch(request, request, key, origin)
            : new Answer(response.status(), response.fields(), asking);
      }
    };
  }

  private Answer fetch(RequestHead request, RequestHead forwarded, CacheKey key, Origin origin) {
    long requested = now;
    ResponseHead response = origin.answer(forwarded);
    now += delay;
    return response == null
        ? failed(null, forwarded)
        : received(request, forwarded, key, response, requested);
  }

  private static Answer failed(@Nullable ResponseHead response, RequestHead forwarded) {
    return response == null
        ? new Answer(502, Fields.NONE, forwarded)
        : new Answer(response.status(), response.fields(), forwarded);
  }

  private Answer received(
      RequestHead request,
      RequestHead forwarded,
      CacheKey key,
      ResponseHead response,
      long requested) {
    Invalidation.of(request, key, response, policy.key()).ifPresent(this::invalidate);
    Timing timing = new Timing(requested, now);
    if (Storability.of(request, key, response, timing, policy)
        instanceof Storability.Store(StoredResponse whole, var part)) {
      byte[] bytes = whole.encoded();
      store(key, StoredResponse.decoded(bytes).orElseThrow());
      if (part == null && Validation.conditions(request, whole, now) == NOT_MODIFIED) {
        return new Answer(304, Validation.notModified(whole.fields()), forwarded);
      }
    }
    return new Answer(response.status(), response.fields(), forwarded);
  }

  private static final Conditions.Outcome NOT_MODIFIED = Conditions.Outcome.NOT_MODIFIED;

  private Answer answer(RequestHead request, StoredResponse hit, @Nullable RequestHead forwarded) {
    Fields.Builder answer = hit.answerFields(now);
    hit.fields()
        .all(FieldName.CONTENT_LENGTH)
        .forEach(length -> answer.add(FieldName.CONTENT_LENGTH, length));
    Fields fields = answer.build();
    if (Validation.conditions(request, hit, now) == NOT_MODIFIED) {
      return new Answer(304, Validation.notModified(fields), forwarded);
    }
    boolean part = Validation.rangeApplies(request, hit, now);
    return new Answer(part ? 206 : hit.status(), fields, forwarded);
  }

  private void store(CacheKey key, StoredResponse response) {
    List<StoredResponse> variants = stored.computeIfAbsent(key, any -> new ArrayList<>());
    variants.removeIf(each -> each.vary().sameAs(response.vary()));
    variants.add(response);
  }

  private void replace(CacheKey key, StoredResponse old, StoredResponse by) {
    List<StoredResponse> variants = stored.getOrDefault(key, List.of());
    variants.replaceAll(each -> each.equals(old) ? by : each);
  }

  private void invalidate(Invalidation what) {
    stored.keySet().removeIf(key -> what.uris().contains(key.uri()));
    stored.forEach((key, variants) -> {
      if (key.origin().equals(what.origin())) {
        variants.removeIf(each -> each.groups().stream().anyMatch(what.groups()::contains));
      }
    });
  }

  /** A field of the stored responses of {@code path}, for looking into it. */
  List<StoredResponse> stored(String path) {
    return List.copyOf(stored.getOrDefault(new CacheKey("http://a.test" + path), List.of()));
  }

  static boolean has(@Nullable RequestHead request, FieldName name) {
    return request != null && request.fields().has(name);
  }
}
