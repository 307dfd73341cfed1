package darban.media.ts;

import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * Puts the sections of a table together (ISO/IEC 13818-1 §2.4.4), and passes over those whose
 * checksum is wrong. Holds one, of 1024 bytes at most. Confined to one thread.
 */
final class Sections implements PidReader {
  private static final int LARGEST = 1024;
  private static final int HEADER = 3;
  private static final int STUFFING = 0xff;

  private final ByteBuffer section = ByteBuffer.allocate(LARGEST);
  private final Consumer<ByteBuffer> whole;
  private boolean begun;

  /**
   * Nothing yet.
   *
   * @param whole takes each section, without its checksum, for that call only
   */
  Sections(Consumer<ByteBuffer> whole) {
    this.whole = whole;
  }

  @Override
  public void payload(boolean start, ByteBuffer payload) {
    if (!start) {
      take(payload);
      return;
    }
    int pointer = payload.hasRemaining() ? payload.get() & 0xff : 0;
    if (pointer > payload.remaining()) {
      lost();
      return;
    }
    take(payload.slice(payload.position(), pointer));
    payload.position(payload.position() + pointer);
    while (payload.hasRemaining() && (payload.get(payload.position()) & 0xff) != STUFFING) {
      section.clear();
      begun = true;
      take(payload);
    }
  }

  private void take(ByteBuffer bytes) {
    while (begun && bytes.hasRemaining()) {
      section.put(bytes.get());
      int wanted = section.position() < HEADER ? HEADER : size();
      if (wanted > LARGEST) {
        lost();
      } else if (section.position() == wanted && wanted > HEADER) {
        complete();
      }
    }
  }

  private int size() {
    return HEADER + (section.getShort(1) & 0xfff);
  }

  private void complete() {
    begun = false;
    section.flip();
    int content = section.limit() - 4;
    if (content >= HEADER
        && Tables.checksum(section.slice(0, content)) == section.getInt(content)) {
      whole.accept(section.slice(0, content));
    }
  }

  @Override
  public void lost() {
    begun = false;
  }

  @Override
  public void flush() {
    begun = false;
  }
}
