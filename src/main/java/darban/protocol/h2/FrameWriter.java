package darban.protocol.h2;

import darban.flow.Loop;
import darban.wire.HpackWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.Http2Error;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes frames (RFC 9113 §4, §6). Small ones are gathered, so that what one read of the peer's
 * bytes causes goes out by one write; large bodies are passed on as they are. Event loop of its
 * connection.
 */
final class FrameWriter {
  private static final int FIRST = 2_048;
  private static final int GATHERED = 16_384;

  /** Bytes of a body up to which copying costs less than a write of its own. */
  private static final int COPIED = 4_096;

  private final Loop loop;
  private final ChannelHandlerContext context;
  private @Nullable ByteBuf gathered;
  private List<Consumer<ChannelFuture>> told = new ArrayList<>();
  private boolean smallerTable;
  private boolean unsent;

  FrameWriter(Loop loop, ChannelHandlerContext context) {
    this.loop = loop;
    this.context = context;
  }

  /** The channel. */
  Channel channel() {
    return context.channel();
  }

  /** A place for a frame whose payload follows. */
  private ByteBuf frame(int type, int flags, int id, int length, int copied) {
    unsent = true;
    ByteBuf to = room(FrameReader.HEADER + copied);
    to.writeMedium(length).writeByte(type).writeByte(flags).writeInt(id);
    return to;
  }

  private ByteBuf room(int bytes) {
    ByteBuf to = gathered;
    if (to != null && to.readableBytes() + bytes > GATHERED) {
      handOver();
      to = null;
    }
    if (to == null) {
      to = context.alloc().directBuffer(Math.max(FIRST, bytes));
      gathered = to;
    }
    return to;
  }

  /** Passes on what was gathered; the channel says when it is sent to those who asked. */
  private void handOver() {
    ByteBuf bytes = gathered;
    gathered = null;
    if (bytes != null) {
      write(bytes);
    } else if (!told.isEmpty()) {
      write(Unpooled.EMPTY_BUFFER);
    }
  }

  private void write(ByteBuf bytes) {
    ChannelPromise promise = context.newPromise();
    if (!told.isEmpty()) {
      List<Consumer<ChannelFuture>> all = told;
      told = new ArrayList<>(1);
      promise.addListener(done -> all.forEach(each -> each.accept((ChannelFuture) done)));
    }
    context.write(bytes, promise);
  }

  /** Tells {@code listener} once all that was written so far is with the system, or is lost. */
  void tell(Consumer<ChannelFuture> listener) {
    told.add(listener);
  }

  /** Sends what was written, if anything was. */
  void flushIfAny() {
    if (unsent || !told.isEmpty()) {
      flush();
    }
  }

  /** Sends what was written. */
  void flush() {
    unsent = false;
    handOver();
    context.flush();
  }

  /** The peer wants less of a table that we use none of: it is told so (RFC 7541 §4.2). */
  void smallerTable() {
    smallerTable = true;
  }

  /** A head or a trailer section. */
  void head(int id, Http2Head head, boolean end) {
    HpackWriter section = loop.hpackWriter().begin(smallerTable);
    smallerTable = false;
    head.write(section);
    int length = section.length();
    int type = FrameReader.HEADERS;
    int flags = end ? FrameReader.END_STREAM : 0;
    int at = 0;
    do {
      int n = Math.min(length - at, FrameReader.MOST);
      int last = at + n == length ? FrameReader.END_HEADERS : 0;
      frame(type, flags | last, id, n, n).writeBytes(section.bytes(), at, n);
      at += n;
      type = FrameReader.CONTINUATION;
      flags = 0;
    } while (at < length);
  }

  /** A part of a body, which is taken: {@link FrameReader#MOST} bytes at most. */
  void data(int id, ByteBuf bytes, boolean end) {
    int n = bytes.readableBytes();
    boolean copied = n <= COPIED;
    int flags = end ? FrameReader.END_STREAM : 0;
    ByteBuf to = frame(FrameReader.DATA, flags, id, n, copied ? n : 0);
    if (copied) {
      to.writeBytes(bytes);
      bytes.release();
    } else {
      gathered = null;
      context.write(to);
      write(bytes);
    }
  }

  void reset(int id, Http2Error error) {
    frame(FrameReader.RST_STREAM, 0, id, 4, 4).writeInt((int) error.code());
  }

  /** Settings, each an identifier and a value. */
  void settings(int... each) {
    ByteBuf to = frame(FrameReader.SETTINGS, 0, 0, each.length * 3, each.length * 3);
    for (int i = 0; i < each.length; i += 2) {
      to.writeShort(each[i]).writeInt(each[i + 1]);
    }
  }

  void takeSettings() {
    frame(FrameReader.SETTINGS, FrameReader.ACK, 0, 0, 0);
  }

  void pong(byte[] payload) {
    frame(FrameReader.PING, FrameReader.ACK, 0, 8, 8).writeBytes(payload, 0, 8);
  }

  void windowUpdate(int id, int more) {
    frame(FrameReader.WINDOW_UPDATE, 0, id, 4, 4).writeInt(more);
  }

  void goAway(int last, Http2Error error, String reason) {
    int length = 8 + reason.length();
    ByteBuf to = frame(FrameReader.GOAWAY, 0, 0, length, length);
    to.writeInt(last).writeInt((int) error.code());
    io.netty.buffer.ByteBufUtil.writeAscii(to, reason);
  }

  /** What a client sends first. */
  void preface() {
    room(FrameReader.PREFACE.length).writeBytes(FrameReader.PREFACE);
  }
}
