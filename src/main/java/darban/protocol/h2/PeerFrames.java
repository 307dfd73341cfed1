package darban.protocol.h2;

import static io.netty.handler.codec.http2.Http2Error.COMPRESSION_ERROR;
import static io.netty.handler.codec.http2.Http2Error.FLOW_CONTROL_ERROR;
import static io.netty.handler.codec.http2.Http2Error.PROTOCOL_ERROR;
import static io.netty.handler.codec.http2.Http2Error.STREAM_CLOSED;

import darban.base.Failure;
import darban.http.Fields;
import darban.wire.FieldBlock;
import darban.wire.HpackTable;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Error;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a peer's frames do to the connection and its streams. Event loop of the connection. */
final class PeerFrames implements FrameReader.Frames {
  private static final int USUAL_TABLE = 4_096;

  private final Http2Channel channel;
  private final HpackTable table = new HpackTable();
  private int tableSize = USUAL_TABLE;
  private @Nullable Http2Stream body;
  private int bodyFrame;

  PeerFrames(Http2Channel channel) {
    this.channel = channel;
  }

  @Override
  public void begins(int type, int flags, int id, int length) {
    channel.frameWatch().frame(type, flags, id, length);
  }

  @Override
  public boolean hasEnded() {
    return channel.hasEnded();
  }

  private void notIdle(int id) throws Http2Fault {
    if (channel.isIdle(id)) {
      throw new Http2Fault(PROTOCOL_ERROR, "frame on idle stream " + id);
    }
  }

  // Bodies

  @Override
  public void data(int id, int length, boolean end) throws Http2Fault {
    notIdle(id);
    if (!channel.came(length)) {
      throw new Http2Fault(FLOW_CONTROL_ERROR, "more than the connection's window");
    }
    bodyFrame = length;
    body = channel.stream(id);
    if (body == null) {
      late(id);
    } else if (body.hasPeerEnded()) {
      channel.streamError(id, STREAM_CLOSED, "DATA after the end");
    } else if (!body.came(length)) {
      channel.streamError(id, FLOW_CONTROL_ERROR, "more than the stream's window");
    }
  }

  /** A frame on a stream that is over: under way when we reset it, or a fault. */
  private void late(int id) {
    if (!channel.frameWatch().late()) {
      channel.streamError(id, STREAM_CLOSED, "frame on a closed stream");
    }
  }

  /** The body that is coming, if anybody wants it still. */
  private @Nullable Http2Incoming incoming() {
    Http2Stream stream = body;
    Http2Stream.Owner owner = stream == null || stream.isClosed() ? null : stream.owner();
    return owner == null ? null : owner.incoming();
  }

  @Override
  public void dataPiece(ByteBuf piece) {
    int n = piece.readableBytes();
    Http2Incoming to = incoming();
    if (to != null && to.length() >= 0 && to.received() + n > to.length()) {
      wrongLength(body);
      to = null;
    }
    channel.take(body, to == null ? n : to.data(piece));
  }

  private void wrongLength(@Nullable Http2Stream stream) {
    if (stream != null) {
      channel.streamError(stream.id(), PROTOCOL_ERROR, "body does not match content-length");
    }
  }

  @Override
  public void dataEnd(int padding, boolean end) {
    Http2Stream stream = body;
    Http2Incoming to = incoming();
    body = null;
    if (padding > 0) {
      channel.take(stream, padding);
      if (padding == bodyFrame && !end) {
        channel.frameWatch().empty();
      }
    }
    if (!end || stream == null || stream.isClosed()) {
      return;
    }
    if (to != null && to.isShort()) {
      wrongLength(stream);
      return;
    }
    stream.peerEnds();
    if (to != null) {
      to.end(Fields.NONE);
    }
    channel.closeIfOver(stream);
  }

  // Heads

  @Override
  public void head(int id, byte[] section, int from, int to, boolean end) throws Http2Fault {
    FieldBlock lines = channel.fieldBlock();
    try {
      channel.loop.hpackReader().read(table, section, from, to, lines);
    } catch (Failure broken) {
      throw new Http2Fault(COMPRESSION_ERROR, broken.detail());
    }
    Http2Stream stream = channel.stream(id);
    if (stream == null) {
      channel.opened(id, lines, end);
    } else if (stream.hasPeerEnded()) {
      channel.streamError(id, STREAM_CLOSED, "HEADERS after the end");
    } else {
      headers(stream, lines, end);
    }
  }

  private void headers(Http2Stream stream, FieldBlock lines, boolean end) {
    Http2Stream.Owner owner = Objects.requireNonNull(stream.owner());
    Http2Incoming rest = owner.incoming();
    if (end && rest != null && rest.isShort()) {
      wrongLength(stream);
      return;
    }
    try {
      if (end) {
        stream.peerEnds();
      }
      owner.headers(lines, end);
    } catch (Failure wrong) {
      channel.malformed(stream, wrong);
    }
    channel.closeIfOver(stream);
  }

  // All else

  @Override
  public void reset(int id, long error) throws Http2Fault {
    notIdle(id);
    Http2Stream stream = channel.stream(id);
    if (stream != null) {
      channel.close(stream, channel.resetBy(error));
    }
  }

  @Override
  public void settings(byte[] payload, int length) throws Http2Fault {
    for (int at = 0; at < length; at += 6) {
      int setting = ((payload[at] & 0xff) << 8) | (payload[at + 1] & 0xff);
      setting(setting, FrameReader.number(payload, at + 2) & 0xffff_ffffL);
    }
    channel.writer().takeSettings();
    channel.sending().goOn();
  }

  private void setting(int setting, long value) throws Http2Fault {
    switch (setting) {
      case Setting.HEADER_TABLE_SIZE -> {
        if (value < tableSize) {
          channel.writer().smallerTable();
          tableSize = (int) value;
        }
      }
      case Setting.ENABLE_PUSH, Setting.ENABLE_CONNECT_PROTOCOL ->
          check(value <= 1, PROTOCOL_ERROR, "neither yes nor no");
      case Setting.MAX_CONCURRENT_STREAMS ->
          channel.streamsAllowed((int) Math.min(value, Integer.MAX_VALUE));
      case Setting.INITIAL_WINDOW_SIZE -> {
        check(value <= Integer.MAX_VALUE, FLOW_CONTROL_ERROR, "window too large");
        boolean good = channel.sending().streamWindow((int) value, channel.streams());
        check(good, FLOW_CONTROL_ERROR, "window too large");
      }
      case Setting.MAX_FRAME_SIZE ->
          check(value >= FrameReader.MOST && value < 1 << 24, PROTOCOL_ERROR, "frame size");
      default -> {
        // MAX_HEADER_LIST_SIZE is advice (RFC 9113 §6.5.2); others are to be ignored.
      }
    }
  }

  private static void check(boolean good, Http2Error error, String what) throws Http2Fault {
    if (!good) {
      throw new Http2Fault(error, "SETTINGS: " + what);
    }
  }

  @Override
  public void ping(byte[] payload) {
    channel.writer().pong(payload);
  }

  @Override
  public void goAway(int last, long error) {
    channel.goingAway(last);
  }

  @Override
  public void windowUpdate(int id, int more) throws Http2Fault {
    if (id == 0) {
      if (more == 0) {
        throw new Http2Fault(PROTOCOL_ERROR, "WINDOW_UPDATE of 0");
      }
      if (!channel.sending().moreWindow(more)) {
        throw new Http2Fault(FLOW_CONTROL_ERROR, "window too large");
      }
    } else {
      notIdle(id);
      Http2Stream stream = channel.stream(id);
      if (stream == null) {
        return;
      }
      if (more == 0) {
        channel.streamError(id, PROTOCOL_ERROR, "WINDOW_UPDATE of 0");
      } else if (!stream.moreWindow(more)) {
        channel.streamError(id, FLOW_CONTROL_ERROR, "window too large");
      }
    }
    channel.sending().goOn();
  }

  @Override
  public void wrongSize(int id) throws Http2Fault {
    notIdle(id);
    channel.streamError(id, Http2Error.FRAME_SIZE_ERROR, "frame of a wrong size");
  }
}
