package darban.caching;

import darban.http.Etag;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.ResponseHead;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is stored of a response besides its content, with everything worked out that a later request
 * may need.
 *
 * <p>Its fields are those of the response without what belongs to the connection, without Age and
 * Cache-Status, which each answer has of its own, and without what {@code no-cache} or {@code
 * private} name; Date is always there. Immutable, any thread.
 */
public final class StoredResponse {
  private final ResponseHead head;
  private final Vary vary;
  private final Freshness freshness;
  private final @Nullable Etag etag;
  private final long lastModified;
  private final long date;
  private final Set<String> tags;
  private final Set<String> groups;
  private @Nullable Fields answer;

  StoredResponse(ResponseHead head, Vary vary, Freshness freshness) {
    Fields fields = head.fields().kept();
    this.head = new ResponseHead(head.status(), fields);
    this.vary = vary;
    this.freshness = freshness;
    String tag = fields.get(FieldName.ETAG);
    this.etag = tag == null ? null : Etag.parse(tag).orElse(null);
    this.lastModified = Freshness.time(fields.get(FieldName.LAST_MODIFIED), freshness.received());
    this.date = Freshness.dateOf(fields, freshness.received());
    this.tags = Labels.tags(fields);
    this.groups = Labels.groups(fields, FieldName.CACHE_GROUPS);
  }

  /** Status and fields. */
  public ResponseHead head() {
    return head;
  }

  /** The status. */
  public int status() {
    return head.status();
  }

  /** The fields. */
  public Fields fields() {
    return head.fields();
  }

  /** Which requests select it. */
  public Vary vary() {
    return vary;
  }

  /** How long it may be used. */
  public Freshness freshness() {
    return freshness;
  }

  /** Its entity tag, or null where it has none that is valid. */
  public @Nullable Etag etag() {
    return etag;
  }

  /** When it was last modified, epoch milliseconds; -1 where it does not say so. */
  public long lastModified() {
    return lastModified;
  }

  /** When it was made, epoch milliseconds. */
  public long date() {
    return date;
  }

  /** Whether the origin can be asked if it is still right. */
  public boolean hasValidator() {
    return etag != null || lastModified >= 0;
  }

  /**
   * Whether two messages with this validator have the same bytes, so that parts of them may be
   * combined (RFC 9111 §3.4): the tag is strong, or the date is a minute older than the message
   * (RFC 9110 §8.8.2.2) and there is no tag.
   */
  public boolean hasStrongValidator() {
    return etag != null ? !etag.weak() : lastModified >= 0 && date - lastModified >= 60_000;
  }

  /**
   * Whether parts of it can be asked for at any time and put together with what is stored (RFC 9111
   * §3.4).
   */
  public boolean isResumable() {
    return status() == 200
        && hasStrongValidator()
        && fields().hasToken(FieldName.ACCEPT_RANGES, "bytes");
  }

  /** By which an operator may purge it; see {@link Labels}. */
  public Set<String> tags() {
    return tags;
  }

  /** The cache groups of its origin that it is in (RFC 9875). */
  public Set<String> groups() {
    return groups;
  }

  /** The value of Age in an answer that uses it now, in seconds. */
  public long ageSeconds(long now) {
    return Math.min(freshness.age(now) / 1000, Directives.MOST_SECONDS);
  }

  /**
   * The fields of an answer that uses it now, for more to be added: its own and Age (RFC 9111 §4).
   * Content-Length is left to whoever knows which part of the content is sent.
   */
  public Fields.Builder answerFields(long now) {
    Fields all = answer;
    if (all == null) {
      // Threads that race make equal ones.
      all = fields().filtered(name -> name != FieldName.CONTENT_LENGTH).build().asBeginning();
      answer = all;
    }
    return all.toBuilder().add(FieldName.AGE, Long.toString(ageSeconds(now)));
  }

  /** The same, stale from {@code now} on. */
  public StoredResponse expired(long now) {
    Freshness expired = freshness.expired(now);
    return expired == freshness ? this : new StoredResponse(head, vary, expired);
  }

  /** As bytes, for {@link #decoded}. */
  public byte[] encoded() {
    return StoredFormat.encode(this);
  }

  /** What {@link #encoded} wrote; empty where the bytes are damaged or of another version. */
  public static Optional<StoredResponse> decoded(byte[] bytes) {
    return StoredFormat.decode(bytes);
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof StoredResponse other
        && head.equals(other.head)
        && vary.equals(other.vary)
        && freshness.equals(other.freshness);
  }

  @Override
  public int hashCode() {
    return (head.hashCode() * 31 + vary.hashCode()) * 31 + freshness.hashCode();
  }

  /** Status and freshness; fields may hold secrets. */
  @Override
  public String toString() {
    return status() + " " + freshness;
  }
}
