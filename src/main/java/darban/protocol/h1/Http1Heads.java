package darban.protocol.h1;

import darban.flow.Body;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.ResponseHead;
import darban.protocol.PlainAnswer;
import darban.wire.Framing;
import darban.wire.HeadWriter;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;

/** Puts heads into buffers, together with a body where that is small. */
final class Http1Heads {
  private static final int SMALL = 16 * 1024;

  private Http1Heads() {}

  /** What stands in a head beside the fields of the message. */
  enum Persistence {
    /** Nothing to say: the version's default holds. */
    SILENT(""),
    KEEP_ALIVE("keep-alive"),
    CLOSE("close");

    final String token;

    Persistence(String token) {
      this.token = token;
    }
  }

  static void response(
      Http1Channel channel, ResponseHead head, Framing framing, Persistence persistence) {
    HeadWriter writer = channel.loop.headWriter().response(head.status());
    Fields fields = head.fields();
    writer.fields(fields, framing == Framing.NONE ? null : FieldName.CONTENT_LENGTH);
    if (!fields.has(FieldName.DATE) && head.status() >= 200) {
      writer.field(FieldName.DATE, channel.loop.date());
    }
    frame(writer, framing);
    if (persistence != Persistence.SILENT) {
      writer.field(FieldName.CONNECTION, persistence.token);
    }
    writer.end();
  }

  static void frame(HeadWriter writer, Framing framing) {
    switch (framing.kind()) {
      case LENGTH -> writer.field(FieldName.CONTENT_LENGTH, framing.length());
      case CHUNKED -> writer.field(FieldName.TRANSFER_ENCODING, "chunked");
      case NONE, UNTIL_CLOSE -> {
        // Said by the fields of the message, or by the end of the connection.
      }
    }
  }

  /** The head just written, in a buffer of its own. */
  static ByteBuf buffer(Http1Channel channel, int room) {
    HeadWriter writer = channel.loop.headWriter();
    ByteBuf buffer = channel.context().alloc().directBuffer(writer.length() + room);
    return buffer.writeBytes(writer.bytes(), 0, writer.length());
  }

  /** Writes the head just written and {@code body}, which is taken; returns the last buffer. */
  static ByteBuf withBody(Http1Channel channel, ByteBuf body) {
    ChannelHandlerContext context = channel.context();
    int length = body.readableBytes();
    if (length <= SMALL) {
      ByteBuf both = buffer(channel, length).writeBytes(body);
      body.release();
      return both;
    }
    context.write(buffer(channel, 0), context.voidPromise());
    return body;
  }

  static void writeRefusal(Http1Channel channel, PlainAnswer answer) {
    ByteBuf text = ((Body.Bytes) answer.body()).buffer();
    Framing framing = new Framing(Framing.Kind.LENGTH, text.readableBytes());
    response(channel, answer.head(), framing, Persistence.CLOSE);
    channel.context().write(withBody(channel, text), channel.context().voidPromise());
  }
}
