package darban.caching;

import darban.http.Conditions;
import darban.http.Etag;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.RequestHead;
import darban.http.ResponseHead;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Asking whether a stored response is still right (RFC 9111 §4.3), and answering it ourselves. */
public final class Validation {
  /** A request has these of its own, which are not those of the stored response. */
  private static final Set<FieldName> CONDITIONS =
      Set.of(
          FieldName.IF_NONE_MATCH,
          FieldName.IF_MODIFIED_SINCE,
          FieldName.IF_RANGE,
          FieldName.RANGE);

  /** What a 304 leaves as it is: these describe the very bytes that are stored. */
  private static final Set<FieldName> OF_STORED_BYTES =
      Set.of(
          FieldName.CONTENT_LENGTH,
          FieldName.CONTENT_ENCODING,
          FieldName.CONTENT_RANGE,
          FieldName.ETAG);

  private Validation() {}

  /** What a response to a validating request means for what is stored. */
  public sealed interface Outcome {
    /**
     * The stored response is right.
     *
     * @param stored as it now stands: the answer
     * @param keep whether it takes the place of the one stored before, which stays otherwise
     */
    record Freshened(StoredResponse stored, boolean keep) implements Outcome {}

    /** The rest. */
    enum Sign implements Outcome {
      /** It is no longer right: stale at least, better removed. */
      OUTDATED,
      /** It says nothing of it. A 304 like that answers nobody: the origin is asked once more. */
      UNRELATED
    }
  }

  /**
   * The request that asks whether {@code stored} is right, made from the client's (RFC 9111
   * §4.3.1): same method, the stored validators in place of the client's conditions and range. A
   * response without a validator is just asked for anew.
   */
  public static RequestHead request(RequestHead client, StoredResponse stored) {
    Fields.Builder fields = client.fields().filtered(name -> !CONDITIONS.contains(name));
    Etag etag = stored.etag();
    if (etag != null) {
      fields.add(FieldName.IF_NONE_MATCH, etag.toString());
    }
    String modified = stored.fields().get(FieldName.LAST_MODIFIED);
    if (modified != null && stored.lastModified() >= 0) {
      fields.add(FieldName.IF_MODIFIED_SINCE, modified);
    }
    return client.withFields(fields.build());
  }

  /**
   * What a 304, or the answer to HEAD, means for {@code stored} (RFC 9111 §4.3.4, §4.3.5).
   *
   * @param request the request that was sent for it, with the fields that select a variant
   */
  public static Outcome judge(
      StoredResponse stored,
      RequestHead request,
      ResponseHead response,
      Timing timing,
      CachePolicy policy) {
    if (response.status() != 304 && response.status() != 200) {
      return Outcome.Sign.UNRELATED;
    }
    boolean same = sameValidators(stored, response.fields(), timing.received());
    if (response.status() == 200) {
      return same && sameLength(stored, response)
          ? freshened(stored, request, response, timing, policy)
          : Outcome.Sign.OUTDATED;
    }
    return same ? freshened(stored, request, response, timing, policy) : Outcome.Sign.UNRELATED;
  }

  /** Whether the validators that came are those of {@code stored}; also where none came. */
  private static boolean sameValidators(StoredResponse stored, Fields fields, long now) {
    String tag = fields.get(FieldName.ETAG);
    if (tag != null) {
      Etag etag = stored.etag();
      return etag != null && Etag.parse(tag).map(etag::matchesWeakly).orElse(false);
    }
    String modified = fields.get(FieldName.LAST_MODIFIED);
    return modified == null || Freshness.time(modified, now) == stored.lastModified();
  }

  private static boolean sameLength(StoredResponse stored, ResponseHead head) {
    String length = head.fields().get(FieldName.CONTENT_LENGTH);
    String before = stored.fields().get(FieldName.CONTENT_LENGTH);
    return length == null || before == null || length.equals(before);
  }

  private static Outcome freshened(
      StoredResponse stored,
      RequestHead request,
      ResponseHead response,
      Timing timing,
      CachePolicy policy) {
    ResponseHead merged =
        new ResponseHead(stored.status(), merged(stored.fields(), response.fields()));
    return Storability.freshened(stored, request, merged, timing, policy);
  }

  /** RFC 9111 §3.2: every field that came takes the place of all stored ones of its name. */
  private static Fields merged(Fields stored, Fields update) {
    Set<FieldName> replaced = new HashSet<>();
    for (int i = 0; i < update.size(); i++) {
      if (!OF_STORED_BYTES.contains(update.name(i))) {
        replaced.add(update.name(i));
      }
    }
    // A Date of the time before would make the response old at once.
    replaced.add(FieldName.DATE);
    Fields.Builder fields = stored.filtered(name -> !replaced.contains(name));
    for (int i = 0; i < update.size(); i++) {
      if (replaced.contains(update.name(i))) {
        fields.add(update.name(i), update.value(i));
      }
    }
    return fields.build();
  }

  /**
   * What the client's own conditions say about {@code stored} (RFC 9111 §4.3.2). They count only
   * for an answer that would else be a success (RFC 9110 §13.2.1).
   */
  public static Conditions.Outcome conditions(RequestHead client, StoredResponse stored, long now) {
    if (stored.status() != 200 || !hasCondition(client.fields())) {
      return Conditions.Outcome.PROCEED;
    }
    long modified = stored.lastModified() >= 0 ? stored.lastModified() : stored.date();
    return Conditions.judge(
        client, stored.etag(), Instant.ofEpochMilli(modified), Instant.ofEpochMilli(now));
  }

  private static boolean hasCondition(Fields fields) {
    return fields.has(FieldName.IF_NONE_MATCH) || fields.has(FieldName.IF_MODIFIED_SINCE);
  }

  /** Whether a Range of the client's applies to {@code stored} (RFC 9110 §13.1.5, §14.2). */
  public static boolean rangeApplies(RequestHead client, StoredResponse stored, long now) {
    return stored.status() == 200
        && client.fields().has(FieldName.RANGE)
        && Conditions.rangeApplies(
            client.fields(), stored.etag(), modified(stored), Instant.ofEpochMilli(now));
  }

  private static @Nullable Instant modified(StoredResponse stored) {
    return stored.lastModified() < 0 ? null : Instant.ofEpochMilli(stored.lastModified());
  }

  /** Of the fields of an answer those that its 304 has (RFC 9110 §15.4.5). */
  public static Fields notModified(Fields answer) {
    boolean tagged = answer.has(FieldName.ETAG);
    return answer
        .filtered(name ->
            name == FieldName.CONTENT_LOCATION
                || name == FieldName.CONTENT_SECURITY_POLICY
                || !(name.lower().startsWith("content-")
                    || (tagged && name == FieldName.LAST_MODIFIED)))
        .build();
  }
}
