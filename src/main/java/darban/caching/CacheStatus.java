package darban.caching;

import darban.http.FieldName;
import darban.http.Fields;
import darban.http.Structured;
import java.util.List;

/**
 * What the cache did with a request, as a member of Cache-Status (RFC 9211). Immutable; each method
 * gives a value with one more parameter.
 */
public final class CacheStatus {
  private static final String NAME = "Darban";

  private final String member;

  private CacheStatus(String member) {
    this.member = member;
  }

  /** Answered from what is stored; {@code ttl} seconds remain, negative when it is stale. */
  public static CacheStatus hit(long ttl) {
    return new CacheStatus(NAME + ";hit;ttl=" + ttl);
  }

  /** Answered by the origin. */
  public static CacheStatus forwarded(Forward why) {
    return new CacheStatus(NAME + ";fwd=" + why);
  }

  /** The status that the origin answered with (RFC 9211 §2.3). */
  public CacheStatus status(int status) {
    return new CacheStatus(member + ";fwd-status=" + status);
  }

  /** The seconds for which what was stored now is fresh (RFC 9211 §2.4). */
  public CacheStatus ttl(long seconds) {
    return new CacheStatus(member + ";ttl=" + seconds);
  }

  /** The answer is stored (RFC 9211 §2.5). */
  public CacheStatus stored() {
    return new CacheStatus(member + ";stored");
  }

  /** Another request was waited for (RFC 9211 §2.6). */
  public CacheStatus collapsed() {
    return new CacheStatus(member + ";collapsed");
  }

  /** The key (RFC 9211 §2.7). It shows the client what the key is made of. */
  public CacheStatus key(CacheKey key) {
    return new CacheStatus(member + ";key=" + string(key.text()));
  }

  /** A word of our own (RFC 9211 §2.8). */
  public CacheStatus detail(String detail) {
    return new CacheStatus(member + ";detail=" + string(detail));
  }

  private static String string(String text) {
    String printable = text.replaceAll("[^\\x20-\\x7e]", "?");
    return Structured.write(List.of(new Structured.Item(new Structured.Text(printable))));
  }

  /** Adds it behind what caches nearer to the origin said (RFC 9211 §2). */
  public Fields.Builder addTo(Fields.Builder fields) {
    return fields.add(FieldName.CACHE_STATUS, member);
  }

  /** The member. */
  @Override
  public String toString() {
    return member;
  }
}
