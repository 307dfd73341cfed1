package darban.media.ts;

import darban.media.Bits;
import darban.media.MalformedMedia;
import darban.media.mp4.BoxWriter;
import darban.media.mp4.Format;
import darban.media.mp4.Format.VideoRange;
import java.nio.ByteBuffer;

/**
 * A sequence parameter set of H.264 (ISO/IEC 14496-10 §7.3.2.1.1). Immutable, any thread.
 *
 * @param chroma chroma_format_idc
 * @param lumaDepth bits of a sample
 * @param chromaDepth bits of a sample
 * @param mayBeFields whether a picture may be a field
 * @param shape of the picture that is shown
 * @param colour code points of ISO/IEC 23091-2 in a box {@code colr}; empty if not told
 */
record SequenceSet(
    int id,
    int profile,
    int chroma,
    int lumaDepth,
    int chromaDepth,
    boolean mayBeFields,
    Format.Video shape,
    ByteBuffer colour) {
  private static final int LARGEST_PICTURE = 16_384;
  private static final int EXTENDED_SHAPE = 255;

  /** Pixels by aspect_ratio_idc (table E-1). */
  private static final int[][] SHAPES = {
    {1, 1}, {1, 1}, {12, 11}, {10, 11}, {16, 11}, {40, 33}, {24, 11}, {20, 11}, {32, 11}, {80, 33},
    {18, 11}, {15, 11}, {64, 33}, {160, 99}, {4, 3}, {3, 2}, {2, 1}
  };

  /** Whether a profile tells the format of its samples. */
  static boolean isHigh(int profile) {
    return switch (profile) {
      case 44, 83, 86, 100, 110, 118, 122, 128, 134, 135, 138, 139, 244 -> true;
      default -> false;
    };
  }

  /** Reads one, with the header of its unit. */
  static SequenceSet read(ByteBuffer unit) {
    Bits in = Bits.over(StoredSets.plain(unit), "a sequence parameter set").skip(8);
    int profile = in.read(8);
    in.skip(16);
    int id = in.unsignedGolomb();
    int chroma = 1;
    int lumaDepth = 8;
    int chromaDepth = 8;
    boolean apart = false;
    if (isHigh(profile)) {
      chroma = in.unsignedGolomb();
      apart = chroma == 3 && in.flag();
      lumaDepth = 8 + in.unsignedGolomb();
      chromaDepth = 8 + in.unsignedGolomb();
      in.skip(1);
      scaling(in, chroma);
    }
    order(in);
    in.unsignedGolomb();
    in.skip(1);
    long across = in.unsignedGolomb() + 1L;
    long down = in.unsignedGolomb() + 1L;
    boolean frames = in.flag();
    in.skip(frames ? 1 : 2);
    long width = 16 * across;
    long height = (frames ? 16 : 32) * down;
    if (in.flag()) {
      int unitX = apart || chroma == 0 || chroma == 3 ? 1 : 2;
      int unitY = (apart || chroma != 1 ? 1 : 2) * (frames ? 1 : 2);
      width -= unitX * ((long) in.unsignedGolomb() + in.unsignedGolomb());
      height -= unitY * ((long) in.unsignedGolomb() + in.unsignedGolomb());
    }
    if (id > 31 || chroma > 3 || lumaDepth > 14 || chromaDepth > 14) {
      throw new MalformedMedia("a sequence parameter set: has a number beyond all bounds");
    }
    Usability told = in.flag() ? Usability.read(in) : Usability.NOTHING;
    return new SequenceSet(
        id,
        profile,
        chroma,
        lumaDepth,
        chromaDepth,
        !frames,
        shape(width, height, told),
        told.colour);
  }

  static Format.Video shape(long width, long height, Usability told) {
    if (width <= 0 || height <= 0 || width > LARGEST_PICTURE || height > LARGEST_PICTURE) {
      throw new MalformedMedia("a picture has " + width + " × " + height + " pixels");
    }
    return new Format.Video(
        (int) width, (int) height, told.sarWidth, told.sarHeight, 0, VideoRange.SDR);
  }

  private static void scaling(Bits in, int chroma) {
    if (!in.flag()) {
      return;
    }
    for (int i = 0; i < (chroma == 3 ? 12 : 8); i++) {
      int next = in.flag() ? 8 : 0;
      for (int left = i < 6 ? 16 : 64; left > 0 && next != 0; left--) {
        next = (next + in.signedGolomb()) & 0xff;
      }
    }
  }

  /** How the order of pictures is told (pic_order_cnt_type). */
  private static void order(Bits in) {
    in.unsignedGolomb();
    int type = in.unsignedGolomb();
    if (type == 0) {
      in.unsignedGolomb();
    } else if (type == 1) {
      in.skip(1);
      in.signedGolomb();
      in.signedGolomb();
      int cycle = in.unsignedGolomb();
      for (int i = 0; i < cycle; i++) {
        in.signedGolomb();
      }
    }
  }

  /** The beginning of the usability information (annex E): how pictures are to be shown. */
  record Usability(int sarWidth, int sarHeight, ByteBuffer colour) {
    static final Usability NOTHING = new Usability(1, 1, ByteBuffer.allocate(0));

    static Usability read(Bits in) {
      int sarWidth = 1;
      int sarHeight = 1;
      if (in.flag()) {
        int shape = in.read(8);
        if (shape == EXTENDED_SHAPE) {
          sarWidth = in.read(16);
          sarHeight = in.read(16);
        } else if (shape < SHAPES.length) {
          sarWidth = SHAPES[shape][0];
          sarHeight = SHAPES[shape][1];
        }
      }
      if (in.flag()) {
        in.skip(1);
      }
      boolean known = sarWidth > 0 && sarHeight > 0;
      return new Usability(
          known ? sarWidth : 1, known ? sarHeight : 1, in.flag() ? colour(in) : NOTHING.colour);
    }

    private static ByteBuffer colour(Bits in) {
      in.skip(3);
      boolean full = in.flag();
      if (!in.flag()) {
        return NOTHING.colour;
      }
      BoxWriter out = new BoxWriter(32).open("colr").fourCc("nclx");
      out.u16(in.read(8)).u16(in.read(8)).u16(in.read(8)).u8(full ? 0x80 : 0);
      return out.close().written();
    }
  }
}
