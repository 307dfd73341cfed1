package darban.protocol.h3;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamFrame;
import org.jspecify.annotations.Nullable;

/**
 * A stream of one direction that the client opened: its control stream, those of QPACK, or one that
 * means nothing to us (RFC 9114 §6.2). The only handler of its channel, on the event loop of the
 * connection.
 */
final class ClientStream extends ChannelInboundHandlerAdapter {
  /** What such a stream is, by the number it begins with. */
  enum Kind {
    CONTROL,
    PUSH,
    QPACK_ENCODER,
    QPACK_DECODER,
    UNKNOWN;

    private static Kind of(long type) {
      return type < 0 || type >= UNKNOWN.ordinal() ? UNKNOWN : values()[(int) type];
    }
  }

  /** Takes the bytes of a stream. */
  private interface Reader {
    void read(ByteBuf in) throws Http3Fault;
  }

  private final Http3Server connection;
  private final VarInt type = new VarInt();
  private @Nullable Kind kind;
  private Reader reader = this::begin;

  ClientStream(Http3Server connection) {
    this.connection = connection;
  }

  /** Of one channel; Netty would look that up for each. */
  @Override
  public boolean isSharable() {
    return false;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    QuicStreamFrame part = (QuicStreamFrame) message;
    try {
      if (!connection.hasEnded()) {
        reader.read(part.content());
        if (kind == Kind.UNKNOWN && !part.hasFin()) {
          stop(ctx);
        }
        if (part.hasFin()) {
          over();
        }
      }
    } catch (Http3Fault fault) {
      connection.end(fault);
    } finally {
      part.release();
    }
  }

  private void begin(ByteBuf in) throws Http3Fault {
    if (!type.read(in)) {
      return;
    }
    Kind begun = Kind.of(type.value());
    connection.begins(begun);
    kind = begun;
    reader =
        switch (begun) {
          case CONTROL -> control();
          case QPACK_ENCODER -> QpackStreams::readEncoder;
          case QPACK_DECODER -> new QpackStreams()::readDecoder;
          case PUSH, UNKNOWN -> ClientStream::skip;
        };
    reader.read(in);
  }

  private Reader control() {
    return new FrameReader(connection.loop().scratch(), new ControlFrames(connection))::read;
  }

  private static void skip(ByteBuf in) {
    in.skipBytes(in.readableBytes());
  }

  /** Asks the client to send no more of what means nothing (RFC 9114 §6.2). */
  private static void stop(ChannelHandlerContext ctx) {
    QuicStreamChannel channel = (QuicStreamChannel) ctx.channel();
    if (!channel.isInputShutdown()) {
      channel.shutdownInput(Http3Error.STREAM_CREATION_ERROR.code());
    }
  }

  /** Without some streams a connection cannot go on (RFC 9114 §6.2.1, RFC 9204 §4.2). */
  private void over() throws Http3Fault {
    if (kind == Kind.CONTROL || kind == Kind.QPACK_ENCODER || kind == Kind.QPACK_DECODER) {
      throw new Http3Fault(Http3Error.CLOSED_CRITICAL_STREAM, kind + " closed");
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // It was reset.
    try {
      over();
    } catch (Http3Fault fault) {
      connection.end(fault);
    }
    ctx.close();
  }
}
