package darban.media.mp4;

import darban.media.Cursor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What an H.264 decoder is told beforehand (ISO/IEC 14496-15 §5.3.3). Immutable, any thread.
 *
 * @param profile profile_idc
 * @param compatibility the constraint flags
 * @param level level_idc
 * @param lengthSize bytes of the length before each NAL unit of a sample
 * @param sequences sequence parameter sets, read-only
 * @param pictures picture parameter sets, read-only
 */
public record AvcConfig(
    int profile,
    int compatibility,
    int level,
    int lengthSize,
    List<ByteBuffer> sequences,
    List<ByteBuffer> pictures) {
  /** Reads one. */
  public static AvcConfig read(ByteBuffer config) {
    Cursor in = Cursor.over(config, "avcC").skip(1);
    int profile = in.u8();
    int compatibility = in.u8();
    int level = in.u8();
    int lengthSize = (in.u8() & 3) + 1;
    List<ByteBuffer> sequences = sets(in, in.u8() & 0x1f);
    List<ByteBuffer> pictures = sets(in, in.u8());
    return new AvcConfig(profile, compatibility, level, lengthSize, sequences, pictures);
  }

  private static List<ByteBuffer> sets(Cursor in, int count) {
    List<ByteBuffer> sets = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      sets.add(in.part(in.u16(), "parameter set").rest());
    }
    return List.copyOf(sets);
  }

  /** As CODECS spells it after the sample entry's type (RFC 6381 §3.3). */
  public String name() {
    return String.format(Locale.ROOT, "%02x%02x%02x", profile, compatibility, level);
  }
}
