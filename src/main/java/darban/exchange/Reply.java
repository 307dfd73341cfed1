package darban.exchange;

import darban.base.Failure;
import darban.flow.Body;
import darban.flow.Duplex;
import darban.http.FieldName;
import darban.http.Fields;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** What an endpoint answers. Used once, on the exchange's event loop. */
public sealed interface Reply {
  /** The status, 101 to 599. */
  int status();

  /** The fields of the head. */
  Fields fields();

  /** The same reply with other fields. */
  Reply withFields(Fields fields);

  /** Ends a reply that will not be sent. */
  void discard(Failure why);

  /**
   * An ordinary answer.
   *
   * @param body taken by whoever sends it
   */
  record Message(int status, Fields fields, Body body) implements Reply {
    @Override
    public Message withFields(Fields fields) {
      return new Message(status, fields, body);
    }

    @Override
    public void discard(Failure why) {
      body.discard(why);
    }
  }

  /**
   * Agreement to a tunnel: once the head is sent, the client is joined with {@code origin}.
   *
   * @param origin the far end
   */
  record Tunnel(int status, Fields fields, Duplex origin) implements Reply {
    @Override
    public Tunnel withFields(Fields fields) {
      return new Tunnel(status, fields, origin);
    }

    @Override
    public void discard(Failure why) {
      origin.reset(why);
    }
  }

  /** An answer of text. */
  static Message text(int status, String contentType, String text) {
    return new Message(
        status,
        Fields.builder(4).add(FieldName.CONTENT_TYPE, contentType).build(),
        new Body.Bytes(Unpooled.copiedBuffer(text, StandardCharsets.UTF_8)));
  }

  /** An answer without body. */
  static Message empty(int status, Fields fields) {
    return new Message(status, fields, Body.NONE);
  }
}
