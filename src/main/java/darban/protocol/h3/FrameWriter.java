package darban.protocol.h3;

import darban.flow.Loop;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.ResponseHead;
import darban.wire.SectionWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.quic.DefaultQuicStreamFrame;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamFrame;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The frames that answer the request of a stream (RFC 9114 §7.2). QUIC makes a packet of what it is
 * given, so that small things are kept until their end, something large or a flush: a head, a small
 * body and the end are one write. Event loop of the connection.
 */
final class FrameWriter {
  /** The most that a type and a length take. */
  private static final int HEADER_BYTES = 1 + VarInt.MOST;

  /** What is copied behind what is kept: cheaper than a write of its own. */
  private static final int SMALL = 8 * 1024;

  private final Loop loop;
  private final QuicStreamChannel channel;
  private final Runnable stopped;
  private @Nullable ByteBuf kept;
  private @Nullable Deque<ByteBuf> waiting;
  private boolean framed;

  /**
   * A writer.
   *
   * @param stopped told when the client takes no more, before the end is written
   */
  FrameWriter(Loop loop, QuicStreamChannel channel, Runnable stopped) {
    this.loop = loop;
    this.channel = channel;
    this.stopped = stopped;
  }

  /** Writes a head, behind which {@code more} bytes come, or -1 if that is not known. */
  void head(ResponseHead head, long more) {
    SectionWriter section = loop.qpackWriter().begin();
    section.field(FieldName.PSEUDO_STATUS, Integer.toString(head.status()));
    section(
        section.fields(head.fields()), more > 0 && more <= SMALL ? HEADER_BYTES + (int) more : 0);
  }

  private void section(SectionWriter section, int more) {
    ByteBuf to = room(HEADER_BYTES + section.length() + more);
    frame(to, FrameType.HEADERS, section.length());
    to.writeBytes(section.bytes(), 0, section.length());
  }

  /** The body is so long: one frame, whatever pieces it comes in. */
  void bodyOf(long length) {
    framed = true;
    if (length > 0) {
      frame(room(HEADER_BYTES), FrameType.DATA, length);
    }
  }

  /** Writes a part of a body, and owns it. */
  void data(ByteBuf bytes) {
    int n = bytes.readableBytes();
    if (n > SMALL) {
      if (!framed) {
        frame(room(HEADER_BYTES), FrameType.DATA, n);
      }
      write(behindKept(bytes));
      return;
    }
    ByteBuf to = room(HEADER_BYTES + n);
    if (!framed) {
      frame(to, FrameType.DATA, n);
    }
    to.writeBytes(bytes);
    bytes.release();
    if (to.readableBytes() > SMALL) {
      flush();
    }
  }

  private ByteBuf behindKept(ByteBuf bytes) {
    ByteBuf before = kept;
    kept = null;
    ByteBuf direct = direct(bytes);
    return before == null ? direct : Unpooled.wrappedUnmodifiableBuffer(before, direct);
  }

  /** QUIC reads memory outside the heap only. */
  private ByteBuf direct(ByteBuf bytes) {
    if (bytes.isDirect()) {
      return bytes;
    }
    ByteBuf copy = channel.alloc().directBuffer(bytes.readableBytes()).writeBytes(bytes);
    bytes.release();
    return copy;
  }

  /** Writes what follows a body, if anything does, and ends the stream. */
  ChannelFuture end(Fields trailers) {
    if (trailers.size() > 0) {
      section(loop.qpackWriter().begin().fields(trailers), 0);
    }
    ByteBuf last = kept;
    if (last == null) {
      return channel.write(QuicStreamFrame.EMPTY_FIN);
    }
    kept = null;
    return await(last, channel.write(new DefaultQuicStreamFrame(last, true)));
  }

  /** Writes a body that is at hand, and ends the stream. */
  ChannelFuture end(ByteBuf body) {
    bodyOf(body.readableBytes());
    if (body.readableBytes() <= SMALL) {
      data(body);
      return end(Fields.NONE);
    }
    ByteBuf bytes = behindKept(body);
    return await(bytes, channel.write(new DefaultQuicStreamFrame(bytes, true)));
  }

  /** Writes out what is kept. */
  void flush() {
    ByteBuf bytes = kept;
    if (bytes != null) {
      kept = null;
      write(bytes);
    }
  }

  /**
   * Tries anew what waits; false when it is in vain. A client that takes no more may have been
   * forgotten together with the stream before anything could be told (Netty 4.2.18): then QUIC
   * takes nothing, for ever, of as much as it had room for at last.
   */
  boolean tryAnew() {
    if (held() == 0) {
      return true;
    }
    channel.write(Unpooled.EMPTY_BUFFER);
    return held() == 0 || channel.bytesBeforeUnwritable() == 0;
  }

  /** Nothing more will be written. */
  void close() {
    ByteBuf bytes = kept;
    if (bytes != null) {
      kept = null;
      bytes.release();
    }
  }

  private ByteBuf room(int bytes) {
    ByteBuf to = kept;
    if (to == null) {
      to = channel.alloc().directBuffer(bytes);
      kept = to;
    }
    return to;
  }

  private static void frame(ByteBuf to, int type, long length) {
    to.writeByte(type);
    VarInt.write(to, length);
  }

  private void write(ByteBuf bytes) {
    ChannelFuture done = await(bytes, channel.write(bytes));
    if (!done.isDone()) {
      done.addListener(taken -> tell(done));
    } else {
      tell(done);
    }
  }

  private void tell(ChannelFuture done) {
    if (!done.isSuccess()) {
      stopped.run();
    }
  }

  /** Watches what QUIC did not take at once; it takes things in their order. */
  private ChannelFuture await(ByteBuf bytes, ChannelFuture done) {
    if (!done.isDone()) {
      Deque<ByteBuf> all = waiting == null ? new ArrayDeque<>(4) : waiting;
      waiting = all;
      all.add(bytes);
      done.addListener(taken -> all.removeFirst());
    }
    return done;
  }

  /** Bytes that wait for room in the client's windows, or on the way there. */
  long held() {
    long sum = 0;
    if (waiting != null) {
      for (ByteBuf each : waiting) {
        sum += each.readableBytes();
      }
    }
    return sum;
  }
}
