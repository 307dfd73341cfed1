package darban.protocol.h2;

import static io.netty.handler.codec.http2.Http2Error.FRAME_SIZE_ERROR;
import static io.netty.handler.codec.http2.Http2Error.PROTOCOL_ERROR;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Error;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a peer's bytes into frames (RFC 9113 §4, §6), however they come, and refuses those whose
 * form is wrong. Bodies are passed on as they come; all else when it is complete, 16 KiB at most.
 * Event loop of its connection.
 */
final class FrameReader {
  /** What the frames mean to the connection. Arrays are valid within the call only. */
  interface Frames {
    /** A frame begins. */
    void begins(int type, int flags, int id, int length);

    /** Whether what comes now is of no interest any more. */
    boolean hasEnded();

    /** A part of a body begins, of {@code length} bytes with its padding. */
    void data(int id, int length, boolean end) throws Http2Fault;

    /** Bytes of it, a slice that the connection does not own. */
    void dataPiece(ByteBuf piece);

    /** All of it has come; {@code padding} bytes of it were of no use. */
    void dataEnd(int padding, boolean end) throws Http2Fault;

    /** A head or a trailer section, the lines of which are still to be read. */
    void head(int id, byte[] section, int from, int to, boolean end) throws Http2Fault;

    void reset(int id, long error) throws Http2Fault;

    void settings(byte[] payload, int length) throws Http2Fault;

    void ping(byte[] payload);

    void goAway(int last, long error);

    void windowUpdate(int id, int more) throws Http2Fault;

    /** A stream's frame has a length that it cannot have. */
    void wrongSize(int id) throws Http2Fault;
  }

  // Types and flags (RFC 9113 §6)
  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int PRIORITY = 2;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PUSH_PROMISE = 5;
  static final int PING = 6;
  static final int GOAWAY = 7;
  static final int WINDOW_UPDATE = 8;
  static final int CONTINUATION = 9;

  static final int ACK = 1;
  static final int END_STREAM = 1;
  static final int END_HEADERS = 4;
  static final int PADDED = 8;
  static final int HAS_PRIORITY = 32;

  /** Bytes of a frame before its payload. */
  static final int HEADER = 9;

  /** Bytes of a payload, more than which we never allow (RFC 9113 §6.5.2). */
  static final int MOST = 16_384;

  /** What a client sends first (RFC 9113 §3.4). */
  static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  /** What the next bytes are. */
  private enum Part {
    PREFACE,
    HEADER,
    PAYLOAD,
    DATA_PADDING,
    DATA,
    PADDING
  }

  private static final byte[] NOTHING = {};

  private final Frames frames;
  private final byte[] scratch;
  private final int mostSection;
  private final byte[] header = new byte[HEADER];
  private Part part;
  private boolean settled;
  private int type;
  private int flags;
  private int id;
  private int length;
  private int read;
  private int left;
  private int padding;
  private int useless;
  private byte @Nullable [] partial;
  private byte[] section = NOTHING;
  private int sectionLength;
  private int sectionOf;
  private boolean sectionEnds;

  /**
   * A reader.
   *
   * @param serving whether the peer is a client, whose preface comes first
   * @param scratch at least {@link #MOST} bytes, used within calls only
   * @param mostSection bytes of a head as it comes, beyond which the connection ends
   */
  FrameReader(boolean serving, byte[] scratch, int mostSection, Frames frames) {
    this.part = serving ? Part.PREFACE : Part.HEADER;
    this.scratch = scratch;
    this.mostSection = mostSection;
    this.frames = frames;
  }

  /** Reads all of {@code in}, which stays the caller's. */
  void read(ByteBuf in) throws Http2Fault {
    while (in.isReadable() && !frames.hasEnded()) {
      switch (part) {
        case PREFACE -> preface(in);
        case HEADER -> header(in);
        case PAYLOAD -> payload(in);
        case DATA_PADDING -> dataPadding(in);
        case DATA -> data(in);
        case PADDING -> padding(in);
      }
    }
  }

  private void preface(ByteBuf in) throws Http2Fault {
    while (in.isReadable() && read < PREFACE.length) {
      if (in.readByte() != PREFACE[read++]) {
        throw new Http2Fault(PROTOCOL_ERROR, "no HTTP/2 preface");
      }
    }
    if (read == PREFACE.length) {
      next();
    }
  }

  private void next() {
    part = Part.HEADER;
    read = 0;
  }

  private void header(ByteBuf in) throws Http2Fault {
    int n = Math.min(HEADER - read, in.readableBytes());
    in.readBytes(header, read, n);
    read += n;
    if (read < HEADER) {
      return;
    }
    read = 0;
    length = number(header, 0) >>> 8;
    type = header[3] & 0xff;
    flags = header[4] & 0xff;
    id = number(header, 5) & Integer.MAX_VALUE;
    begin();
  }

  static int number(byte[] bytes, int at) {
    return bytes[at] << 24
        | (bytes[at + 1] & 0xff) << 16
        | (bytes[at + 2] & 0xff) << 8
        | (bytes[at + 3] & 0xff);
  }

  private void begin() throws Http2Fault {
    frames.begins(type, flags, id, length);
    if (frames.hasEnded()) {
      return;
    }
    if (length > MOST) {
      throw new Http2Fault(FRAME_SIZE_ERROR, "frame of " + length + " bytes");
    }
    boolean goesOn = type == CONTINUATION && id == sectionOf;
    if ((sectionOf != 0 || type == CONTINUATION) && !goesOn) {
      throw new Http2Fault(PROTOCOL_ERROR, "head interrupted");
    }
    if (!settled && (type != SETTINGS || flag(ACK))) {
      throw new Http2Fault(PROTOCOL_ERROR, "no SETTINGS first");
    }
    settled = true;
    if (type == DATA) {
      beginData();
      return;
    }
    part = Part.PAYLOAD;
    if (length == 0) {
      complete(scratch);
    }
  }

  private boolean flag(int flag) {
    return (flags & flag) != 0;
  }

  // Bodies

  private void beginData() throws Http2Fault {
    ofStream();
    if (flag(PADDED) && length == 0) {
      throw new Http2Fault(FRAME_SIZE_ERROR, "no length of padding");
    }
    useless = 0;
    padding = 0;
    left = length;
    frames.data(id, length, flag(END_STREAM));
    if (flag(PADDED)) {
      part = Part.DATA_PADDING;
    } else {
      goOn();
    }
  }

  private void dataPadding(ByteBuf in) throws Http2Fault {
    padding = in.readUnsignedByte();
    if (padding >= length) {
      throw new Http2Fault(PROTOCOL_ERROR, "more padding than frame");
    }
    useless = padding + 1;
    left = length - useless;
    goOn();
  }

  private void data(ByteBuf in) throws Http2Fault {
    int n = Math.min(left, in.readableBytes());
    left -= n;
    frames.dataPiece(in.readSlice(n));
    goOn();
  }

  private void padding(ByteBuf in) throws Http2Fault {
    int n = Math.min(padding, in.readableBytes());
    padding -= n;
    in.skipBytes(n);
    goOn();
  }

  /** With what is left of a part of a body. */
  private void goOn() throws Http2Fault {
    if (left > 0) {
      part = Part.DATA;
    } else if (padding > 0) {
      part = Part.PADDING;
    } else {
      next();
      frames.dataEnd(useless, flag(END_STREAM));
    }
  }

  // All else

  private void payload(ByteBuf in) throws Http2Fault {
    int n = Math.min(length - read, in.readableBytes());
    byte[] to = partial;
    if (to == null) {
      to = n == length ? scratch : new byte[length];
      partial = to;
    }
    in.readBytes(to, read, n);
    read += n;
    if (read == length) {
      partial = null;
      complete(to);
    }
  }

  private void complete(byte[] payload) throws Http2Fault {
    next();
    switch (type) {
      case HEADERS -> headers(payload);
      case CONTINUATION -> fragment(payload, 0, length);
      case PRIORITY -> {
        ofStream();
        if (length != 5) {
          frames.wrongSize(id);
        }
      }
      case RST_STREAM -> {
        ofStream();
        exactly(4);
        frames.reset(id, number(payload, 0) & 0xffff_ffffL);
      }
      case SETTINGS -> settings(payload);
      case PUSH_PROMISE -> throw new Http2Fault(PROTOCOL_ERROR, "push");
      case PING -> {
        ofConnection();
        exactly(8);
        if (!flag(ACK)) {
          frames.ping(payload);
        }
      }
      case GOAWAY -> {
        ofConnection();
        if (length < 8) {
          throw new Http2Fault(FRAME_SIZE_ERROR, "short GOAWAY");
        }
        frames.goAway(number(payload, 0) & Integer.MAX_VALUE, number(payload, 4) & 0xffff_ffffL);
      }
      case WINDOW_UPDATE -> {
        exactly(4);
        frames.windowUpdate(id, number(payload, 0) & Integer.MAX_VALUE);
      }
      default -> {
        // To be ignored (RFC 9113 §4.1).
      }
    }
  }

  private void settings(byte[] payload) throws Http2Fault {
    ofConnection();
    if (flag(ACK)) {
      exactly(0);
    } else if (length % 6 != 0) {
      throw new Http2Fault(FRAME_SIZE_ERROR, "SETTINGS of " + length + " bytes");
    } else {
      frames.settings(payload, length);
    }
  }

  private void headers(byte[] payload) throws Http2Fault {
    ofStream();
    int from = (flag(PADDED) ? 1 : 0) + (flag(HAS_PRIORITY) ? 5 : 0);
    int to = length - (flag(PADDED) && length > 0 ? payload[0] & 0xff : 0);
    if (from > to) {
      Http2Error error = from > length ? FRAME_SIZE_ERROR : PROTOCOL_ERROR;
      throw new Http2Fault(error, "HEADERS too short");
    }
    sectionEnds = flag(END_STREAM);
    if (flag(END_HEADERS)) {
      frames.head(id, payload, from, to, sectionEnds);
    } else {
      sectionOf = id;
      fragment(payload, from, to);
    }
  }

  private void fragment(byte[] payload, int from, int to) throws Http2Fault {
    int n = to - from;
    if (sectionLength + n > mostSection) {
      throw new Http2Fault(PROTOCOL_ERROR, "head too large");
    }
    if (section.length < sectionLength + n) {
      section = Arrays.copyOf(section, Math.min(mostSection, (sectionLength + n) * 2));
    }
    System.arraycopy(payload, from, section, sectionLength, n);
    sectionLength += n;
    if (flag(END_HEADERS)) {
      byte[] whole = section;
      int end = sectionLength;
      section = NOTHING;
      sectionLength = 0;
      sectionOf = 0;
      frames.head(id, whole, 0, end, sectionEnds);
    }
  }

  private void ofStream() throws Http2Fault {
    if (id == 0) {
      throw new Http2Fault(PROTOCOL_ERROR, "frame " + type + " without a stream");
    }
  }

  private void ofConnection() throws Http2Fault {
    if (id != 0) {
      throw new Http2Fault(PROTOCOL_ERROR, "frame " + type + " on a stream");
    }
  }

  private void exactly(int bytes) throws Http2Fault {
    if (length != bytes) {
      throw new Http2Fault(FRAME_SIZE_ERROR, "frame " + type + " of " + length + " bytes");
    }
  }
}
