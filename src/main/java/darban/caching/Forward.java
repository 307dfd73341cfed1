package darban.caching;

/** Why a request went on to the origin (RFC 9211 §2.2). */
public enum Forward {
  /** The cache was not asked at all. */
  BYPASS("bypass"),
  /** The method asks for more than a stored response. */
  METHOD("method"),
  /** Nothing is stored for the URI. */
  URI_MISS("uri-miss"),
  /** Something is, but other fields select it. */
  VARY_MISS("vary-miss"),
  /** Nothing that could be used was found. */
  MISS("miss"),
  /** The request asked for it. */
  REQUEST("request"),
  /** What is stored is stale. */
  STALE("stale"),
  /** Only a part of it is stored. */
  PARTIAL("partial");

  private final String token;

  Forward(String token) {
    this.token = token;
  }

  /** As Cache-Status spells it. */
  @Override
  public String toString() {
    return token;
  }
}
