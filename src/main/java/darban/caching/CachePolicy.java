package darban.caching;

import darban.http.FieldName;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What the owner of a route says about caching where the messages leave a choice.
 *
 * @param times how long
 * @param key under what name
 * @param requests how much clients may ask for
 * @param admission what is let in
 */
public record CachePolicy(Times times, Key key, Requests requests, Admission admission) {
  /** The defaults. */
  public static final CachePolicy DEFAULT =
      new CachePolicy(Times.DEFAULT, Key.DEFAULT, Requests.DEFAULT, Admission.DEFAULT);

  /**
   * Lifetimes. None of them outweighs what a response itself says, but for {@code most}.
   *
   * @param fallback of a response of a heuristically cacheable status that says nothing and has no
   *     Last-Modified either; zero for none
   * @param negative as {@code fallback}, for these statuses and in its place
   * @param heuristicMost a tenth of the age of Last-Modified is at most that (RFC 9111 §4.2.2)
   * @param staleWhileRevalidate where the response gives none (RFC 5861 §3)
   * @param staleIfError where the response gives none (RFC 5861 §4)
   * @param most nothing is fresh for longer, whatever it says
   */
  public record Times(
      Duration fallback,
      Map<Integer, Duration> negative,
      Duration heuristicMost,
      Duration staleWhileRevalidate,
      Duration staleIfError,
      Duration most) {
    /** As good as no bound. */
    public static final Duration UNBOUNDED = Duration.ofDays(100 * 365);

    public static final Times DEFAULT =
        new Times(
            Duration.ZERO,
            Map.of(),
            Duration.ofDays(1),
            Duration.ZERO,
            Duration.ofDays(1),
            UNBOUNDED);

    public Times {
      negative = Map.copyOf(negative);
    }

    /**
     * The same for one response.
     *
     * @param status of the response
     * @param silent how long it is fresh if it does not say so itself
     * @param most how long it is fresh at most
     * @param stale how long it may be used beyond that, at most
     */
    public Times of(int status, Duration silent, Duration most, Duration stale) {
      return new Times(
          fallback,
          Map.of(status, silent),
          heuristicMost,
          least(least(staleWhileRevalidate, stale), most),
          least(staleIfError, stale),
          most);
    }

    private static Duration least(Duration one, Duration other) {
      return one.compareTo(other) < 0 ? one : other;
    }
  }

  /**
   * What makes two requests the same.
   *
   * @param query what becomes of the query
   * @param fields of the request, whose values belong to the key too
   */
  public record Key(QueryPolicy query, List<FieldName> fields) {
    public static final Key DEFAULT = new Key(QueryPolicy.WHOLE, List.of());

    public Key {
      fields = List.copyOf(fields);
    }
  }

  /**
   * What of a request's wishes is granted.
   *
   * @param directives Cache-Control (RFC 9111 §5.2.1)
   * @param pragma {@code Pragma: no-cache} too, where there is no Cache-Control (RFC 9111 §5.4)
   */
  public record Requests(boolean directives, boolean pragma) {
    public static final Requests DEFAULT = new Requests(true, false);
  }

  /** What becomes of a response that sets a cookie. */
  public enum Cookies {
    /** Stored with the cookie if it says itself how long it is fresh, else not stored. */
    EXPLICIT,
    /** Not stored. */
    REFUSE,
    /** Stored without the cookie. */
    STRIP
  }

  /**
   * What is stored at all.
   *
   * @param maxObject bytes of content; what declares more is not stored
   * @param minUses the request for a key from which on the answer is stored, at least 1
   * @param cookies what becomes of Set-Cookie
   * @param post whether the answer to a POST is stored for GET where it says it may be (RFC 9110
   *     §9.3.3)
   * @param varyMost names in Vary; what has more is not stored
   */
  public record Admission(
      long maxObject, int minUses, Cookies cookies, boolean post, int varyMost) {
    public static final Admission DEFAULT = new Admission(8L << 30, 1, Cookies.EXPLICIT, true, 8);
  }
}
