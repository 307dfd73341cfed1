package darban.protocol.h3;

import darban.flow.Loop;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.ResponseHead;
import darban.wire.SectionWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.quic.DefaultQuicStreamFrame;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamFrame;

/**
 * The frames that answer the request of a stream (RFC 9114 §7.2), written past Netty's codec, which
 * would make an object of each frame and each field, and code its text. Event loop of the
 * connection.
 */
final class Http3Frames {
  private static final int DATA = 0x0;
  private static final int HEADERS = 0x1;

  /** The most that a type and a length take. */
  private static final int HEADER_BYTES = 1 + Long.BYTES;

  private final Loop loop;
  private final QuicStreamChannel channel;

  Http3Frames(Loop loop, QuicStreamChannel channel) {
    this.loop = loop;
    this.channel = channel;
  }

  /** Writes a head; more comes. */
  ChannelFuture head(ResponseHead head) {
    return write(section(head, 0));
  }

  /** Writes a head, and ends the stream. */
  ChannelFuture whole(ResponseHead head) {
    return write(new DefaultQuicStreamFrame(section(head, 0), true));
  }

  /** Writes a head and all of its body, and ends the stream. */
  ChannelFuture whole(ResponseHead head, ByteBuf body) {
    ByteBuf first = section(head, HEADER_BYTES);
    frame(first, DATA, body.readableBytes());
    ByteBuf both = Unpooled.wrappedUnmodifiableBuffer(first, body);
    return write(new DefaultQuicStreamFrame(both, true));
  }

  /** Writes a part of a body. */
  ChannelFuture data(ByteBuf bytes) {
    ByteBuf first = channel.alloc().directBuffer(HEADER_BYTES);
    frame(first, DATA, bytes.readableBytes());
    return write(Unpooled.wrappedUnmodifiableBuffer(first, bytes));
  }

  /** Writes what follows a body, if anything does, and ends the stream. */
  ChannelFuture end(Fields trailers) {
    return write(
        trailers.size() == 0
            ? QuicStreamFrame.EMPTY_FIN
            : new DefaultQuicStreamFrame(
                section(loop.qpackWriter().begin().fields(trailers), 0), true));
  }

  void flush() {
    channel.flush();
  }

  private ByteBuf section(ResponseHead head, int roomBehind) {
    SectionWriter section = loop.qpackWriter().begin();
    section.field(FieldName.PSEUDO_STATUS, Integer.toString(head.status()));
    return section(section.fields(head.fields()), roomBehind);
  }

  private ByteBuf section(SectionWriter section, int roomBehind) {
    ByteBuf frame = channel.alloc().directBuffer(HEADER_BYTES + section.length() + roomBehind);
    frame(frame, HEADERS, section.length());
    return frame.writeBytes(section.bytes(), 0, section.length());
  }

  /** The beginning of a frame: numbers of one to eight bytes (RFC 9000 §16). */
  private static void frame(ByteBuf to, int type, int length) {
    to.writeByte(type);
    if (length < 1 << 6) {
      to.writeByte(length);
    } else if (length < 1 << 14) {
      to.writeShort(length | 0x4000);
    } else if (length < 1 << 30) {
      to.writeInt(length | 0x8000_0000);
    } else {
      to.writeLong(length | 0xC000_0000_0000_0000L);
    }
  }

  private ChannelFuture write(Object bytes) {
    ChannelHandlerContext codec = channel.pipeline().firstContext();
    // A channel that has been closed has no handlers; it releases what it is given and says so.
    return codec == null ? channel.write(bytes) : codec.write(bytes);
  }
}
