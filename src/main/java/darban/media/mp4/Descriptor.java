package darban.media.mp4;

import darban.media.Cursor;
import java.nio.ByteBuffer;
import java.util.Locale;

/**
 * What an elementary stream descriptor says (ISO/IEC 14496-1 §7.2.6), as {@code esds} holds it.
 *
 * @param objectType what the stream is: 0x40 for audio of MPEG-4, 0x6b for MP3 …
 * @param bitRate on average, 0 if not said
 * @param specific what its decoder is told, read-only, may be empty
 */
record Descriptor(int objectType, long bitRate, ByteBuffer specific) {
  private static final int STREAM = 3;
  private static final int CONFIG = 4;
  private static final int SPECIFIC = 5;

  static Descriptor read(ByteBuffer esds) {
    Cursor in = Cursor.over(esds, "esds").skip(4);
    Cursor stream = descriptor(in, STREAM);
    int flags = stream.skip(2).u8();
    stream.skip((flags & 0x80) != 0 ? 2 : 0);
    stream.skip((flags & 0x40) != 0 ? stream.u8() : 0);
    stream.skip((flags & 0x20) != 0 ? 2 : 0);
    Cursor config = descriptor(stream, CONFIG);
    int objectType = config.u8();
    long bitRate = config.skip(8).u32();
    ByteBuffer specific =
        config.hasMore() ? descriptor(config, SPECIFIC).rest() : ByteBuffer.allocate(0);
    return new Descriptor(objectType, bitRate, specific);
  }

  private static Cursor descriptor(Cursor in, int wanted) {
    while (true) {
      int tag = in.u8();
      int length = 0;
      int more;
      int bytes = 0;
      do {
        more = in.u8();
        length = length << 7 | (more & 0x7f);
      } while ((more & 0x80) != 0 && ++bytes < 4);
      Cursor content = in.part(length, "esds");
      if (tag == wanted) {
        return content;
      }
    }
  }

  /** As CODECS spells the object type (RFC 6381 §3.3). */
  String objectName() {
    return Integer.toHexString(objectType).toUpperCase(Locale.ROOT);
  }
}
