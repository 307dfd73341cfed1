package darban.protocol;

import darban.base.Failure;
import darban.flow.Body;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.ResponseHead;
import darban.http.Status;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/**
 * The shortest readable answer to a failure: its status and one line of text.
 *
 * @param head with the type of the text
 * @param body the text
 */
public record PlainAnswer(ResponseHead head, Body body) {
  /** The answer for a client to whom {@code why} happened. */
  public static PlainAnswer of(Failure why) {
    int status = why.kind().status();
    String text = status + " " + Status.reason(status) + ": " + why.message() + "\n";
    Fields fields =
        Fields.builder(3)
            .add(FieldName.CONTENT_TYPE, "text/plain; charset=utf-8")
            .add(FieldName.CACHE_CONTROL, "no-store")
            .build();
    return new PlainAnswer(
        new ResponseHead(status, fields),
        new Body.Bytes(Unpooled.copiedBuffer(text, StandardCharsets.UTF_8)));
  }
}
