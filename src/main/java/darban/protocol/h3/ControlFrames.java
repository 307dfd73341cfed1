package darban.protocol.h3;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.HashSet;
import java.util.Set;

/**
 * What comes on a client's control stream (RFC 9114 §6.2.1): its settings first, none of which
 * changes what we send. Event loop of the connection.
 */
final class ControlFrames implements FrameReader.Frames {
  /** More than any settings that there are take. */
  private static final int MOST = 4096;

  // Settings that say yes or no (RFC 9220 §3, RFC 9297 §2.1.1).
  private static final int ENABLE_CONNECT_PROTOCOL = 0x8;
  private static final int H3_DATAGRAM = 0x33;

  private final Http3Server connection;
  private boolean settled;
  private long lastPush = -1;
  private long goingAway = Long.MAX_VALUE;

  ControlFrames(Http3Server connection) {
    this.connection = connection;
  }

  @Override
  public boolean hasEnded() {
    return connection.hasEnded();
  }

  @Override
  public FrameReader.Payload begins(long type, long length) throws Http3Fault {
    if (!settled && type != FrameType.SETTINGS) {
      throw new Http3Fault(Http3Error.MISSING_SETTINGS, "no SETTINGS first");
    }
    boolean allowed =
        type == FrameType.GOAWAY
            || type == FrameType.MAX_PUSH_ID
            || type == FrameType.CANCEL_PUSH
            || (type == FrameType.SETTINGS && !settled);
    if (allowed) {
      settled = true;
      if (length > MOST) {
        throw new Http3Fault(Http3Error.EXCESSIVE_LOAD, "frame of " + length + " bytes");
      }
    } else if (FrameType.isKnown(type)) {
      throw FrameType.unexpected(type);
    }
    if (type != FrameType.SETTINGS) {
      connection.useless();
    }
    return allowed ? FrameReader.Payload.KEPT : FrameReader.Payload.LEFT_OUT;
  }

  @Override
  public void piece(ByteBuf piece) {
    throw new IllegalStateException("no frame is passed on");
  }

  @Override
  public void whole(long type, byte[] payload, int length) throws Http3Fault {
    ByteBuf in = Unpooled.wrappedBuffer(payload, 0, length);
    if (type == FrameType.SETTINGS) {
      settings(in);
      return;
    }
    long number = number(in);
    if (in.isReadable()) {
      throw new Http3Fault(Http3Error.FRAME_ERROR, "frame too long");
    }
    switch ((int) type) {
      case FrameType.MAX_PUSH_ID -> {
        ordered(number >= lastPush);
        lastPush = number;
      }
      case FrameType.GOAWAY -> {
        ordered(number <= goingAway);
        goingAway = number;
      }
      // We have promised nothing that it could cancel (RFC 9114 §7.2.3).
      default -> ordered(false);
    }
  }

  private static void ordered(boolean right) throws Http3Fault {
    if (!right) {
      throw new Http3Fault(Http3Error.ID_ERROR, "identifier out of order");
    }
  }

  private static long number(ByteBuf in) throws Http3Fault {
    VarInt number = new VarInt();
    if (!number.read(in)) {
      throw new Http3Fault(Http3Error.FRAME_ERROR, "frame too short");
    }
    return number.value();
  }

  private static void settings(ByteBuf in) throws Http3Fault {
    Set<Long> seen = new HashSet<>();
    while (in.isReadable()) {
      long id = number(in);
      long value = number(in);
      // Those below are HTTP/2's (RFC 9114 §7.2.4.1); 1 is QPACK's.
      boolean reserved = id == 0 || (id >= 2 && id <= 5);
      boolean yesOrNo = id == ENABLE_CONNECT_PROTOCOL || id == H3_DATAGRAM;
      if (reserved || !seen.add(id) || (yesOrNo && value > 1)) {
        throw new Http3Fault(
            Http3Error.SETTINGS_ERROR, "setting 0x" + Long.toHexString(id) + " = " + value);
      }
    }
  }
}
