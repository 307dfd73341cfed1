package darban.protocol.h3;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * Cuts the bytes of one stream into frames (RFC 9114 §7.1), however they come. What becomes of a
 * frame is said when it begins: it is kept until it is whole, passed on as it comes, or left out.
 * Event loop of its connection.
 */
final class FrameReader {
  /** What the frames mean to the stream. */
  interface Frames {
    /** A frame begins: what to do with its payload. One to keep must be bounded. */
    Payload begins(long type, long length) throws Http3Fault;

    /** A frame that was kept is here; the array is valid within the call only. */
    void whole(long type, byte[] payload, int length) throws Http3Fault;

    /** Bytes of a frame that is passed on, a slice that the stream does not own. */
    void piece(ByteBuf piece) throws Http3Fault;

    /** Whether what comes now is of no interest any more. */
    boolean hasEnded();
  }

  /** What is done with what is in a frame. */
  enum Payload {
    KEPT,
    PASSED_ON,
    LEFT_OUT
  }

  /** What the next bytes are. */
  private enum Part {
    TYPE,
    LENGTH,
    PAYLOAD
  }

  private static final byte[] NOTHING = {};

  private final Frames frames;
  private final byte[] scratch;
  private final VarInt number = new VarInt();
  private Part part = Part.TYPE;
  private Payload payload = Payload.LEFT_OUT;
  private long type;
  private long left;
  private byte[] kept = NOTHING;
  private int keptLength;

  /**
   * A reader.
   *
   * @param scratch used within calls only
   */
  FrameReader(byte[] scratch, Frames frames) {
    this.scratch = scratch;
    this.frames = frames;
  }

  /** Reads all of {@code in}, which stays the caller's. */
  void read(ByteBuf in) throws Http3Fault {
    while (in.isReadable() && !frames.hasEnded()) {
      switch (part) {
        case TYPE -> {
          if (number.read(in)) {
            type = number.value();
            part = Part.LENGTH;
          }
        }
        case LENGTH -> {
          if (number.read(in)) {
            begin();
          }
        }
        case PAYLOAD -> payload(in);
      }
    }
  }

  /** The stream's end is here, which must not lie within a frame. */
  void end() throws Http3Fault {
    if (part != Part.TYPE || number.isBegun()) {
      throw new Http3Fault(Http3Error.FRAME_ERROR, "frame cut short");
    }
  }

  private void begin() throws Http3Fault {
    left = number.value();
    payload = frames.begins(type, left);
    part = Part.PAYLOAD;
    if (left == 0) {
      complete(scratch, 0);
    }
  }

  private void payload(ByteBuf in) throws Http3Fault {
    int n = (int) Math.min(left, in.readableBytes());
    left -= n;
    switch (payload) {
      case LEFT_OUT -> in.skipBytes(n);
      case PASSED_ON -> frames.piece(in.readSlice(n));
      case KEPT -> {
        keep(in, n);
        return;
      }
    }
    if (left == 0) {
      part = Part.TYPE;
    }
  }

  private void keep(ByteBuf in, int n) throws Http3Fault {
    if (left == 0 && keptLength == 0 && n <= scratch.length) {
      in.readBytes(scratch, 0, n);
      complete(scratch, n);
      return;
    }
    if (kept.length < keptLength + n) {
      // By what came, not by what was announced.
      long most = left + keptLength + n;
      kept = Arrays.copyOf(kept, (int) Math.min(most, (keptLength + n) * 2L));
    }
    in.readBytes(kept, keptLength, n);
    keptLength += n;
    if (left == 0) {
      complete(kept, keptLength);
    }
  }

  private void complete(byte[] bytes, int length) throws Http3Fault {
    part = Part.TYPE;
    kept = NOTHING;
    keptLength = 0;
    if (payload == Payload.KEPT) {
      frames.whole(type, bytes, length);
    }
  }
}
