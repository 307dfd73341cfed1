package darban.protocol.h3;

/** Types of frames (RFC 9114 §7.2). All that are not here are ignored, wherever they come. */
final class FrameType {
  static final int DATA = 0x0;
  static final int HEADERS = 0x1;
  static final int CANCEL_PUSH = 0x3;
  static final int SETTINGS = 0x4;
  static final int PUSH_PROMISE = 0x5;
  static final int GOAWAY = 0x7;
  static final int MAX_PUSH_ID = 0xd;

  // Of HTTP/2, and of no use here (RFC 9114 §7.2.8).
  private static final int PRIORITY = 0x2;
  private static final int PING = 0x6;
  private static final int WINDOW_UPDATE = 0x8;
  private static final int CONTINUATION = 0x9;

  private FrameType() {}

  /** Whether it has a meaning, or would have one that is forbidden: then it is not ignored. */
  static boolean isKnown(long type) {
    return type == DATA
        || type == HEADERS
        || type == CANCEL_PUSH
        || type == SETTINGS
        || type == PUSH_PROMISE
        || type == GOAWAY
        || type == MAX_PUSH_ID
        || type == PRIORITY
        || type == PING
        || type == WINDOW_UPDATE
        || type == CONTINUATION;
  }

  /** What {@code type} is where it must not come. */
  static Http3Fault unexpected(long type) {
    return new Http3Fault(
        Http3Error.FRAME_UNEXPECTED, "unexpected frame 0x" + Long.toHexString(type));
  }
}
