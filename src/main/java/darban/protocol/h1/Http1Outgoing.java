package darban.protocol.h1;

import darban.base.Failure;
import darban.base.Kind;
import darban.flow.Body;
import darban.flow.Sink;
import darban.http.Fields;
import darban.wire.Framing;
import darban.wire.HeadWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import java.nio.charset.StandardCharsets;

/**
 * A body being encoded onto a channel as its stream yields it. Pauses the stream while the channel
 * is full. Event loop of the channel.
 */
final class Http1Outgoing implements Sink {
  /** The message the body belongs to. */
  interface Owner {
    /** All of it is written, last chunk included; nothing is flushed yet. */
    void bodyWritten();

    /** It will never be whole; the stream is over. */
    void bodyBroken(Failure why);
  }

  private static final ByteBuf CRLF = constant("\r\n");
  private static final ByteBuf LAST_CHUNK = constant("0\r\n\r\n");
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private final Http1Channel channel;
  private final ChannelHandlerContext context;
  private final Framing framing;
  private final Body.Stream from;
  private final Owner owner;
  private long sent;
  private boolean over;

  Http1Outgoing(Http1Channel channel, Framing framing, Body.Stream from, Owner owner) {
    this.channel = channel;
    this.context = channel.context();
    this.framing = framing;
    this.from = from;
    this.owner = owner;
  }

  private static ByteBuf constant(String text) {
    return Unpooled.unreleasableBuffer(
        Unpooled.directBuffer(text.length())
            .writeBytes(text.getBytes(StandardCharsets.US_ASCII))
            .asReadOnly());
  }

  /** Begins to take the body. */
  void start() {
    from.open(this);
  }

  /** Bytes of body so far. */
  long sent() {
    return sent;
  }

  /** The channel takes bytes again. */
  void writable() {
    if (!over) {
      from.resume();
    }
  }

  /** Gives up: the stream is told, the owner is not. */
  void cancel(Failure why) {
    if (!over) {
      over = true;
      from.cancel(why);
    }
  }

  @Override
  public void data(ByteBuf bytes) {
    int n = bytes.readableBytes();
    if (over || n == 0) {
      bytes.release();
      return;
    }
    sent += n;
    if (framing.kind() == Framing.Kind.LENGTH && sent > framing.length()) {
      bytes.release();
      broken(Failure.of(Kind.RESPONSE_MALFORMED, "body longer than its Content-Length"));
      return;
    }
    if (framing.kind() == Framing.Kind.CHUNKED) {
      context.write(chunkSize(n), context.voidPromise());
      context.write(bytes, context.voidPromise());
      context.write(CRLF.duplicate(), context.voidPromise());
    } else {
      context.write(bytes, context.voidPromise());
    }
    if (!context.channel().isWritable()) {
      from.pause();
    }
  }

  private ByteBuf chunkSize(int n) {
    ByteBuf line = context.alloc().directBuffer(10, 10);
    int digits = Math.max(1, (35 - Integer.numberOfLeadingZeros(n)) / 4);
    for (int i = digits - 1; i >= 0; i--) {
      line.writeByte(HEX[n >>> (i * 4) & 15]);
    }
    return ByteBufUtil.writeShortBE(line, 0x0d0a);
  }

  @Override
  public void flush() {
    if (!over) {
      channel.flush();
    }
  }

  @Override
  public void end(Fields trailers) {
    if (over) {
      return;
    }
    if (framing.kind() == Framing.Kind.LENGTH && sent < framing.length()) {
      over = true;
      owner.bodyBroken(
          Failure.of(Kind.RESPONSE_INCOMPLETE, "body shorter than its Content-Length"));
      return;
    }
    over = true;
    if (framing.kind() == Framing.Kind.CHUNKED) {
      if (trailers.size() == 0) {
        context.write(LAST_CHUNK.duplicate(), context.voidPromise());
      } else {
        HeadWriter writer = channel.loop.headWriter().lastChunk().fields(trailers, null).end();
        ByteBuf last = context.alloc().directBuffer(writer.length());
        context.write(last.writeBytes(writer.bytes(), 0, writer.length()), context.voidPromise());
      }
    }
    owner.bodyWritten();
  }

  @Override
  public void fail(Failure why) {
    if (!over) {
      over = true;
      owner.bodyBroken(why);
    }
  }

  private void broken(Failure why) {
    over = true;
    from.cancel(why);
    owner.bodyBroken(why);
  }
}
