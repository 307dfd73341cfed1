package darban.media.mp4;

import darban.media.Bits;
import darban.media.Cursor;
import java.nio.ByteBuffer;
import java.util.Locale;

/** How CODECS spells what a decoder's configuration says (RFC 6381 and those after it). Pure. */
final class CodecName {
  private CodecName() {}

  /** ISO/IEC 14496-15 annex E.3: {@code hvc1.1.6.L93.B0}. */
  static String hevc(String fourCc, ByteBuffer hvcC) {
    Cursor in = Cursor.over(hvcC, "hvcC").skip(1);
    int profile = in.u8();
    int compatibility = Integer.reverse(in.i32());
    byte[] constraints = in.copy(6);
    int level = in.u8();
    StringBuilder name = new StringBuilder(fourCc).append('.');
    int space = profile >> 6;
    if (space > 0) {
      name.append((char) ('A' + space - 1));
    }
    name.append(profile & 0x1f).append('.').append(hex(compatibility));
    name.append((profile & 0x20) == 0 ? ".L" : ".H").append(level);
    int last = constraints.length;
    while (last > 0 && constraints[last - 1] == 0) {
      last--;
    }
    for (int i = 0; i < last; i++) {
      name.append('.').append(hex(constraints[i] & 0xff));
    }
    return name.toString();
  }

  private static String hex(int value) {
    return Integer.toHexString(value).toUpperCase(Locale.ROOT);
  }

  /** AV1 codec ISO media file format binding §5: {@code av01.0.04M.08}, and colours if given. */
  static String av1(ByteBuffer av1C, Colour colour) {
    Bits in = Bits.over(av1C, "av1C").skip(8);
    int profile = in.read(3);
    int level = in.read(5);
    char tier = in.flag() ? 'H' : 'M';
    boolean high = in.flag();
    boolean twelve = in.flag();
    int depth = high ? (profile == 2 && twelve ? 12 : 10) : 8;
    String name = String.format(Locale.ROOT, "av01.%d.%02d%c.%02d", profile, level, tier, depth);
    if (colour.ordinary()) {
      return name;
    }
    return String.format(
        Locale.ROOT,
        "%s.%d.%d%d%d.%02d.%02d.%02d.%d",
        name,
        in.read(1),
        in.read(1),
        in.read(1),
        in.read(2),
        colour.primaries,
        colour.transfer,
        colour.matrix,
        colour.full ? 1 : 0);
  }

  /** VP codec ISO media file format binding: {@code vp09.00.10.08}, and colours if given. */
  static String vp(String fourCc, ByteBuffer vpcC) {
    Bits in = Bits.over(vpcC, "vpcC").skip(32);
    int profile = in.read(8);
    int level = in.read(8);
    int depth = in.read(4);
    int chroma = in.read(3);
    boolean full = in.flag();
    Colour colour = new Colour(in.read(8), in.read(8), in.read(8), full);
    String name = String.format(Locale.ROOT, "%s.%02d.%02d.%02d", fourCc, profile, level, depth);
    if (chroma <= 1 && colour.ordinary()) {
      return name;
    }
    return String.format(
        Locale.ROOT,
        "%s.%02d.%02d.%02d.%02d.%02d",
        name,
        chroma,
        colour.primaries,
        colour.transfer,
        colour.matrix,
        full ? 1 : 0);
  }

  /** Code points of ISO/IEC 23091-2; 1 is BT.709, 2 is not known. */
  record Colour(int primaries, int transfer, int matrix, boolean full) {
    static final Colour UNKNOWN = new Colour(2, 2, 2, false);

    boolean ordinary() {
      return primaries <= 2 && transfer <= 2 && matrix <= 2 && !full;
    }
  }
}
