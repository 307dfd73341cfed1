package darban.media.ts;

import darban.media.MalformedMedia;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The packets of one PID: whether one is missing, or there twice (ISO/IEC 13818-1 §2.4.3.3).
 * Confined to one thread.
 */
final class PidInput {
  private static final int HEADER = 4;
  private static final int UNKNOWN = -1;

  private final String name;
  private final @Nullable Elementary stream;
  private final PidReader reader;
  private int counter = UNKNOWN;
  private int last;

  /** Of a table. */
  PidInput(PidReader reader) {
    this.name = "";
    this.stream = null;
    this.reader = reader;
  }

  /** Of a stream that becomes the track of that name. */
  PidInput(String name, Elementary stream, PidReader reader) {
    this.name = name;
    this.stream = stream;
    this.reader = reader;
  }

  boolean isOf(String name, Elementary stream) {
    return this.name.equals(name) && stream.equals(this.stream);
  }

  void packet(ByteBuffer packet) {
    int flags = packet.get(3) & 0xff;
    if (flags >> 6 != 0) {
      throw new MalformedMedia("it is scrambled");
    }
    boolean field = (flags & 0x20) != 0;
    int from = field ? HEADER + 1 + (packet.get(HEADER) & 0xff) : HEADER;
    if (from > packet.limit()) {
      lost();
      return;
    }
    // discontinuity_indicator: the counter may begin anew.
    if (field && from > HEADER + 1 && packet.get(HEADER + 1) < 0) {
      counter = UNKNOWN;
    }
    if ((flags & 0x10) != 0) {
      take(flags & 0xf, (packet.get(1) & 0x40) != 0, packet.slice(from, packet.limit() - from));
    }
  }

  private void take(int number, boolean start, ByteBuffer payload) {
    int content = payload.hashCode();
    boolean again = number == counter && content == last;
    boolean follows = counter == UNKNOWN ? start : number == ((counter + 1) & 0xf);
    counter = number;
    last = content;
    if (!again) {
      if (!follows) {
        reader.lost();
      }
      reader.payload(start, payload);
    }
  }

  private void lost() {
    counter = UNKNOWN;
    reader.lost();
  }

  void flush() {
    counter = UNKNOWN;
    reader.flush();
  }
}
