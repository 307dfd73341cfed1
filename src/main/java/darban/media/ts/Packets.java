package darban.media.ts;

import java.nio.ByteBuffer;

/**
 * Cuts one packet of an elementary stream (PES) into transport packets of 188 bytes, as its bytes
 * come (ISO/IEC 13818-1 §2.4.3). How many they are is known beforehand, so that the last transport
 * packet is filled up in front. Confined to one thread.
 */
final class Packets {
  static final int SIZE = 188;
  private static final int HEADER = 4;
  private static final int CLOCK = 6;
  private static final int DISCONTINUITY = 0x80;
  private static final int RANDOM_ACCESS = 0x40;
  private static final int CLOCK_FLAG = 0x10;
  private static final byte STUFFING = (byte) 0xff;

  private ByteBuffer out = ByteBuffer.allocate(0);
  private TsStream stream;
  private long left;
  private int room;
  private boolean first;
  private int flags;
  private long clock;

  Packets(TsStream stream) {
    this.stream = stream;
  }

  /**
   * Begins a packet.
   *
   * @param size all bytes that will be put, header included
   * @param clock of the program in ticks of 1/90000; -1 to tell none
   */
  void begin(TsStream stream, long size, boolean sync, long clock, ByteBuffer out) {
    this.out = out;
    this.stream = stream;
    this.left = size;
    this.room = 0;
    this.first = true;
    this.clock = clock;
    this.flags =
        (stream.fresh ? DISCONTINUITY : 0)
            | (sync ? RANDOM_ACCESS : 0)
            | (clock >= 0 ? CLOCK_FLAG : 0);
    stream.fresh = false;
  }

  void put(byte[] bytes) {
    put(bytes, bytes.length);
  }

  void put(byte[] bytes, int count) {
    for (int at = 0; at < count; ) {
      int part = Math.min(room(), count - at);
      out.put(bytes, at, part);
      taken(part);
      at += part;
    }
  }

  /** Puts all that remains of {@code bytes}. */
  void put(ByteBuffer bytes) {
    int end = bytes.limit();
    while (bytes.position() < end) {
      int part = Math.min(room(), end - bytes.position());
      bytes.limit(bytes.position() + part);
      out.put(bytes);
      bytes.limit(end);
      taken(part);
    }
  }

  private void taken(int part) {
    room -= part;
    left -= part;
  }

  private int room() {
    if (room == 0) {
      header();
    }
    return room;
  }

  private void header() {
    int field = first && flags != 0 ? 2 + (clock >= 0 ? CLOCK : 0) : 0;
    int most = SIZE - HEADER - field;
    int stuffing = (int) Math.max(0, most - left);
    out.put((byte) 0x47).put((byte) (stream.pid >> 8 | (first ? 0x40 : 0))).put((byte) stream.pid);
    boolean adaptation = field + stuffing > 0;
    out.put((byte) ((adaptation ? 0x30 : 0x10) | stream.count()));
    if (adaptation) {
      adaptation(field, stuffing);
    }
    room = most - stuffing;
    first = false;
  }

  /** The adaptation field: its length, its flags, the clock, and what fills the packet up. */
  private void adaptation(int field, int stuffing) {
    out.put((byte) (field + stuffing - 1));
    int filled = stuffing;
    if (field > 0) {
      out.put((byte) flags);
      if (clock >= 0) {
        out.putInt((int) (clock >> 1));
        out.putShort((short) ((clock & 1) << 15 | 0x7e00));
      }
    } else if (stuffing > 1) {
      out.put((byte) 0);
      filled -= 2;
    } else {
      filled = 0;
    }
    for (int i = 0; i < filled; i++) {
      out.put(STUFFING);
    }
  }
}
