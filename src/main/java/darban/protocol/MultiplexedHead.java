package darban.protocol;

import darban.flow.Body;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.Method;
import darban.http.ResponseHead;

/** The head of an answer as HTTP/2 and HTTP/3 send it, where frames tell where the body ends. */
public final class MultiplexedHead {
  private MultiplexedHead() {}

  /**
   * With a date, and with the length that the body has or, for HEAD, would have (RFC 9110 §8.6).
   *
   * @param bodiless whether no body is sent
   */
  public static ResponseHead of(
      ResponseHead answer, Method asked, Body body, boolean bodiless, String date) {
    Fields.Builder fields = answer.fields().toBuilder();
    fields.setIfAbsent(FieldName.DATE, date);
    if (!bodiless || (asked == Method.HEAD && body.length() > 0)) {
      fields.remove(FieldName.CONTENT_LENGTH);
      if (body.length() >= 0) {
        fields.add(FieldName.CONTENT_LENGTH, Long.toString(body.length()));
      }
    } else if (asked != Method.HEAD && answer.status() != 304) {
      fields.remove(FieldName.CONTENT_LENGTH);
    }
    return answer.withFields(fields.build());
  }
}
