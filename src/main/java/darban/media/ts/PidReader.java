package darban.media.ts;

import java.nio.ByteBuffer;

/** Takes what the packets of one PID carry. Confined to one thread. */
interface PidReader {
  /**
   * The payload of a packet, good for this call only.
   *
   * @param start whether a section or a packet of the elementary stream begins in it
   */
  void payload(boolean start, ByteBuffer payload);

  /** Packets are missing before the next one: what has begun will never be whole. */
  void lost();

  /** What comes next begins anew: what has no end of its own ends here. */
  void flush();
}
