package darban.media.mp4;

import darban.media.Cursor;
import darban.media.mp4.Format.VideoRange;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads a sample entry (ISO/IEC 14496-12 §8.5.2, §12) into a codec and a format.
 *
 * @param codec how samples are coded
 * @param format what they show or play
 */
record SampleEntry(Codec codec, Format format) {
  private static final int VISUAL = 78;
  private static final int SOUND = 28;
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0).asReadOnlyBuffer();

  /** A track without any, or of a kind unknown. */
  static SampleEntry unknown(String fourCc) {
    Codec codec = new Codec(fourCc, fourCc, NOTHING, NOTHING, false);
    return new SampleEntry(codec, new Format.Other());
  }

  /**
   * Reads one.
   *
   * @param handler of the track: {@code vide}, {@code soun} …
   * @param version of the box of sample descriptions
   */
  static SampleEntry read(Box box, String handler, int version) {
    return switch (handler) {
      case "vide" -> visual(box);
      case "soun" -> sound(box, version == 0);
      case "text", "sbtl", "subt", "clcp" -> text(box);
      default -> unknown(box.type());
    };
  }

  private static SampleEntry text(Box box) {
    ByteBuffer entry = entry(box.type(), box.body().rest());
    String name = box.type().equals("stpp") ? "stpp.ttml.im1t" : box.type();
    return new SampleEntry(new Codec(box.type(), name, entry, NOTHING, false), new Format.Text());
  }

  private static ByteBuffer entry(String type, ByteBuffer content) {
    return new BoxWriter(8 + content.remaining()).open(type).bytes(content).close().written();
  }

  /** Children of an entry by type; of two alike the first. */
  private static Map<String, Cursor> children(Cursor in) {
    Map<String, Cursor> children = new LinkedHashMap<>();
    for (Box child : Box.in(in)) {
      children.putIfAbsent(child.type(), child.body());
    }
    return children;
  }

  private static SampleEntry visual(Box box) {
    ByteBuffer entry = entry(box.type(), box.body().rest());
    // What is kept of it is kept of the copy, not of the whole head.
    Cursor in = Cursor.over(entry, "sample entry").skip(8 + 24);
    int width = in.u16();
    int height = in.u16();
    Map<String, Cursor> children = children(in.skip(VISUAL - 28));
    String fourCc = original(box.type(), children);
    CodecName.Colour colour = colour(children);
    ByteBuffer config = config(children, "avcC", "hvcC", "av1C", "vpcC", "esds");
    Codec codec =
        new Codec(
            fourCc, pictureName(fourCc, config, colour), entry, config, !fourCc.equals(box.type()));
    VideoRange range = VideoRange.ofTransfer(colour.transfer());
    Cursor shape = children.get("pasp");
    int sarWidth = 0;
    int sarHeight = 0;
    if (shape != null && shape.remaining() >= 8) {
      sarWidth = shape.i32();
      sarHeight = shape.i32();
    }
    return new SampleEntry(codec, new Format.Video(width, height, sarWidth, sarHeight, 0, range));
  }

  /** What an encrypted entry is when decrypted (§8.12). */
  private static String original(String type, Map<String, Cursor> children) {
    Cursor protection = children.get("sinf");
    if (protection == null || (!type.equals("encv") && !type.equals("enca"))) {
      return type;
    }
    Cursor format = children(protection).get("frma");
    return format == null ? type : format.fourCc();
  }

  private static ByteBuffer config(Map<String, Cursor> children, String... types) {
    for (String type : types) {
      Cursor found = children.get(type);
      if (found != null) {
        return found.rest();
      }
    }
    return NOTHING;
  }

  private static CodecName.Colour colour(Map<String, Cursor> children) {
    Cursor in = children.get("colr");
    if (in == null || in.remaining() < 10) {
      return CodecName.Colour.UNKNOWN;
    }
    String type = in.fourCc();
    if (!type.equals("nclx") && !type.equals("nclc")) {
      return CodecName.Colour.UNKNOWN;
    }
    boolean ranged = type.equals("nclx") && in.remaining() >= 7;
    return new CodecName.Colour(in.u16(), in.u16(), in.u16(), ranged && in.u8() >> 7 == 1);
  }

  private static String pictureName(String fourCc, ByteBuffer config, CodecName.Colour colour) {
    if (!config.hasRemaining()) {
      return fourCc;
    }
    return switch (fourCc) {
      case "avc1", "avc3" -> fourCc + "." + AvcConfig.read(config).name();
      case "hvc1", "hev1" -> CodecName.hevc(fourCc, config);
      case "av01" -> CodecName.av1(config, colour);
      case "vp08", "vp09" -> CodecName.vp(fourCc, config);
      case "mp4v" -> "mp4v." + Descriptor.read(config).objectName();
      default -> fourCc;
    };
  }

  private static SampleEntry sound(Box box, boolean quickTime) {
    ByteBuffer copy = entry(box.type(), box.body().rest());
    ByteBuffer whole = copy.slice(8, copy.limit() - 8);
    Cursor in = Cursor.over(copy, "sample entry").skip(8 + 8);
    int version = in.u16();
    in.skip(6);
    int channels = in.u16();
    in.skip(6);
    int rate = (int) (in.u32() >>> 16);
    if (quickTime && version == 2) {
      rate = (int) Math.min(Double.longBitsToDouble(in.skip(4).i64()), Integer.MAX_VALUE);
      channels = in.i32();
      in.skip(20);
    } else if (quickTime && version == 1) {
      in.skip(16);
    }
    ByteBuffer boxes = in.rest();
    Map<String, Cursor> children = children(in);
    if (children.containsKey("wave")) {
      children(Objects.requireNonNull(children.get("wave"))).forEach(children::putIfAbsent);
    }
    String fourCc = original(box.type(), children);
    ByteBuffer entry =
        quickTime && version > 0 ? isoEntry(box.type(), whole, boxes, children.get("esds")) : copy;
    boolean encrypted = !fourCc.equals(box.type());
    Sound sound = Sound.read(fourCc, children, new Format.Audio(channels, rate));
    Codec codec = new Codec(fourCc, sound.name(), entry, sound.config(), encrypted);
    return new SampleEntry(codec, sound.format());
  }

  /** An entry of QuickTime's later versions as ISO has it: players take no other. */
  private static ByteBuffer isoEntry(
      String type, ByteBuffer whole, ByteBuffer boxes, @Nullable Cursor esds) {
    BoxWriter out = new BoxWriter(whole.remaining()).open(type);
    out.bytes(whole.slice(0, 8)).zeros(8).bytes(whole.slice(16, 2)).u16(16).zeros(4);
    out.bytes(whole.slice(24, SOUND - 24));
    if (esds == null) {
      return out.bytes(boxes).close().written();
    }
    return out.open("esds").bytes(esds.duplicate().rest()).close().close().written();
  }
}
