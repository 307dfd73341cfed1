package darban.media.ts;

import darban.media.MalformedMedia;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Puts the packets of an elementary stream (PES, ISO/IEC 13818-1 §2.4.3.6) together from those of
 * the transport stream. What is not whole is dropped. Confined to one thread.
 */
final class Pes implements PidReader {
  /** Not told. */
  static final long NONE = -1;

  private static final int FIXED = 6;
  private static final int HEADER = 9;
  private static final int PRIVATE_STREAM = 0xbd;
  private static final int EXTENDED_STREAM = 0xfd;
  private static final int FIRST_BUFFER = 16 << 10;

  private final int most;
  private final Listener listener;
  private byte[] bytes = new byte[FIRST_BUFFER];
  private int length;
  private boolean begun;

  /** Who takes packets. */
  interface Listener {
    /**
     * A packet is whole.
     *
     * @param shown its PTS, of 33 bits, or {@link #NONE}
     * @param decoded its DTS, or {@link #NONE}
     * @param data for this call only; backed by an array
     */
    void packet(long shown, long decoded, ByteBuffer data);

    /** A packet, or a part of it, is missing before the next one. */
    void lost();
  }

  /**
   * Nothing yet.
   *
   * @param most bytes of a packet; with more it is malformed
   */
  Pes(int most, Listener listener) {
    this.most = most;
    this.listener = listener;
  }

  @Override
  public void payload(boolean start, ByteBuffer payload) {
    if (start) {
      flush();
      begun = true;
      length = 0;
    }
    if (begun) {
      append(payload);
      if (told() > 0 && length >= FIXED + told()) {
        complete(FIXED + told());
      }
    }
  }

  private void append(ByteBuffer payload) {
    int more = payload.remaining();
    if (length + more > most) {
      begun = false;
      throw new MalformedMedia("a packet of pictures or sound has more than " + most + " bytes");
    }
    if (length + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.min(most, Math.max(2 * bytes.length, length + more)));
    }
    payload.get(bytes, length, more);
    length += more;
  }

  /** PES_packet_length; 0 if the next packet tells where this one ends, or it is not known yet. */
  private int told() {
    return length < FIXED ? 0 : (bytes[4] & 0xff) << 8 | (bytes[5] & 0xff);
  }

  @Override
  public void lost() {
    begun = false;
    listener.lost();
  }

  @Override
  public void flush() {
    if (begun && told() == 0) {
      complete(length);
    } else if (begun) {
      lost();
    }
  }

  private void complete(int end) {
    begun = false;
    if (end < HEADER || !isMedia()) {
      listener.lost();
      return;
    }
    if ((bytes[6] & 0x30) != 0) {
      throw new MalformedMedia("it is scrambled");
    }
    int data = HEADER + (bytes[8] & 0xff);
    int told = (bytes[7] & 0xff) >> 6;
    // Damaged, if there is no room for what the flags tell, or no mark of it.
    if (data > end
        || told == 1
        || data < HEADER + 5 * Integer.bitCount(told)
        || (told >= 2 && !isTime(HEADER, told))
        || (told == 3 && !isTime(HEADER + 5, 1))) {
      listener.lost();
      return;
    }
    long shown = told >= 2 ? time(HEADER) : NONE;
    long decoded = told == 3 ? time(HEADER + 5) : shown;
    listener.packet(shown, decoded, ByteBuffer.wrap(bytes, data, end - data).slice());
  }

  private boolean isMedia() {
    int id = bytes[3] & 0xff;
    boolean known = (id >= 0xc0 && id <= 0xef) || id == PRIVATE_STREAM || id == EXTENDED_STREAM;
    return bytes[0] == 0 && bytes[1] == 0 && bytes[2] == 1 && known && (bytes[6] & 0xc0) == 0x80;
  }

  /** Whether the bits are there that mark a time. */
  private boolean isTime(int at, int mark) {
    return (bytes[at] & 0xff) >> 4 == mark && (bytes[at] & bytes[at + 2] & bytes[at + 4] & 1) == 1;
  }

  private long time(int at) {
    return (bytes[at] & 0xeL) << 29
        | (bytes[at + 1] & 0xffL) << 22
        | (bytes[at + 2] & 0xfeL) << 14
        | (bytes[at + 3] & 0xffL) << 7
        | (bytes[at + 4] & 0xffL) >> 1;
  }
}
