package darban.serve.fixed;

import darban.exchange.Endpoint;
import darban.exchange.Exchange;
import darban.exchange.Reply;
import darban.flow.Body;
import darban.http.Fields;
import darban.http.Method;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;

/** Answers with what the configuration says. Stateless. */
public final class Respond implements Endpoint {
  private final int status;
  private final Fields fields;
  private final byte[] body;

  /** An answer of {@code status}, {@code fields} and the text {@code body}. */
  public Respond(int status, Fields fields, String body) {
    this.status = status;
    this.fields = fields;
    this.body = body.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public Future<Reply> serve(Exchange exchange) {
    boolean none = body.length == 0 && exchange.request().method() != Method.HEAD;
    return Future.succeededFuture(
        new Reply.Message(
            status, fields, none ? Body.NONE : new Body.Bytes(Unpooled.wrappedBuffer(body))));
  }
}
