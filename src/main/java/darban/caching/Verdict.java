package darban.caching;

/** What becomes of a request, given what is stored. */
public sealed interface Verdict {
  /**
   * The answer is stored and good; the request's own conditions and ranges are yet to be judged.
   */
  record Fresh(StoredResponse stored) implements Verdict {}

  /**
   * The answer is stored, stale, and may be used.
   *
   * @param refresh whether it is to be validated in the background (RFC 5861 §3), by one request at
   *     a time
   */
  record Stale(StoredResponse stored, boolean refresh) implements Verdict {}

  /**
   * The origin is to be asked first: {@link Validation#request}.
   *
   * @param staleUntil until when, in epoch milliseconds, the stored response is still the answer if
   *     the origin fails; 0 for not at all
   */
  record Validate(StoredResponse stored, Forward why, long staleUntil) implements Verdict {}

  /** The origin is to be asked; what it answers may be stored. */
  record Miss(Forward why) implements Verdict {}

  /** The request goes past the cache: nothing is stored, nobody waits for another's answer. */
  record Bypass(Forward why) implements Verdict {}

  /** 504: the client wants a stored answer or none (RFC 9111 §5.2.1.7). */
  enum GatewayTimeout implements Verdict {
    ONLY_IF_CACHED
  }
}
