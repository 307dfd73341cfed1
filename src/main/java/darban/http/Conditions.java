package darban.http;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The preconditions of a request, judged in the order of RFC 9110 §13.2.2. Pure. */
public final class Conditions {
  /** What the preconditions say. */
  public enum Outcome {
    /** Do what the method asks. */
    PROCEED,
    /** 304: the client has it already. */
    NOT_MODIFIED,
    /** 412: it is not what the client believes. */
    FAILED
  }

  private Conditions() {}

  /**
   * Judges. Where both are null there is no representation yet.
   *
   * @param etag of the current representation, or null
   * @param modified when it was last modified, in whole seconds, or null
   */
  public static Outcome judge(
      RequestHead head, @Nullable Etag etag, @Nullable Instant modified, Instant now) {
    Fields fields = head.fields();
    boolean exists = etag != null || modified != null;
    String match = fields.joined(FieldName.IF_MATCH);
    if (match != null) {
      if (match.equals("*") ? !exists : !anyMatches(match, etag, true)) {
        return Outcome.FAILED;
      }
    } else if (changedSince(fields.get(FieldName.IF_UNMODIFIED_SINCE), modified, now, false)) {
      return Outcome.FAILED;
    }
    boolean reading = head.method() == Method.GET || head.method() == Method.HEAD;
    String noneMatch = fields.joined(FieldName.IF_NONE_MATCH);
    if (noneMatch != null) {
      if (noneMatch.equals("*") ? exists : anyMatches(noneMatch, etag, false)) {
        return reading ? Outcome.NOT_MODIFIED : Outcome.FAILED;
      }
      return Outcome.PROCEED;
    }
    if (reading && !changedSince(fields.get(FieldName.IF_MODIFIED_SINCE), modified, now, true)) {
      return Outcome.NOT_MODIFIED;
    }
    return Outcome.PROCEED;
  }

  private static boolean anyMatches(String list, @Nullable Etag etag, boolean strongly) {
    if (etag == null) {
      return false;
    }
    for (String member : Lists.members(list)) {
      Optional<Etag> each = Etag.parse(member);
      if (each.isPresent()
          && (strongly ? each.get().matchesStrongly(etag) : each.get().matchesWeakly(etag))) {
        return true;
      }
    }
    return false;
  }

  /** Whether it changed after {@code date}; {@code otherwise} where there is no usable date. */
  private static boolean changedSince(
      @Nullable String date, @Nullable Instant modified, Instant now, boolean otherwise) {
    if (date == null || modified == null) {
      return otherwise;
    }
    Optional<Instant> since = HttpDate.parse(date, now);
    return since.isEmpty() ? otherwise : modified.isAfter(since.get());
  }

  /**
   * Whether a Range applies: there is no If-Range, or it names exactly the current representation
   * (RFC 9110 §13.1.5). A date counts only if the representation is older than the second in which
   * we look.
   */
  public static boolean rangeApplies(
      Fields fields, @Nullable Etag etag, @Nullable Instant modified, Instant now) {
    String condition = fields.get(FieldName.IF_RANGE);
    if (condition == null) {
      return true;
    }
    Optional<Etag> tag = Etag.parse(condition);
    if (tag.isPresent()) {
      return etag != null && tag.get().matchesStrongly(etag);
    }
    return modified != null
        && modified.isBefore(now.minusSeconds(1))
        && HttpDate.parse(condition, now).map(modified::equals).orElse(false);
  }
}
