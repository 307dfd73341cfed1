package darban.media.ts;

import darban.media.Bits;
import darban.media.MalformedMedia;
import darban.media.mp4.BoxWriter;
import darban.media.mp4.Entries;
import darban.media.mp4.Format;
import darban.media.mp4.Track;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Of HEVC (ITU-T H.265 §7.3, ISO/IEC 14496-15 §8). Confined to one thread. */
final class HevcSets implements ParameterSets {
  private static final int LAST_SLICE = 31;
  private static final int FIRST_RANDOM_ACCESS = 16;
  private static final int LAST_RANDOM_ACCESS = 21;
  private static final int VIDEO = 32;
  private static final int SEQUENCE = 33;
  private static final int PICTURE = 34;
  private static final int DELIMITER = 35;
  private static final int FILLER = 38;

  /** general_profile_space up to general_constraint flags, in bytes. */
  private static final int PROFILE = 11;

  private final StoredSets videos = new StoredSets();
  private final StoredSets sequences = new StoredSets();
  private final StoredSets pictures = new StoredSets();
  private @Nullable Sequence newest;

  /** A sequence parameter set. */
  private record Sequence(
      int id,
      int layers,
      boolean nested,
      ByteBuffer profile,
      int chroma,
      int lumaDepth,
      int chromaDepth,
      Format.Video shape) {
    static Sequence read(ByteBuffer unit) {
      ByteBuffer plain = StoredSets.plain(unit);
      Bits in = Bits.over(plain, "a sequence parameter set").skip(16 + 4);
      int layers = in.read(3) + 1;
      boolean nested = in.flag();
      in.skip(8 * (PROFILE + 1));
      ByteBuffer profile = plain.slice(3, PROFILE + 1);
      passLayers(in, layers - 1);
      int id = in.unsignedGolomb();
      int chroma = in.unsignedGolomb();
      boolean apart = chroma == 3 && in.flag();
      long width = in.unsignedGolomb();
      long height = in.unsignedGolomb();
      if (in.flag()) {
        int unitX = !apart && (chroma == 1 || chroma == 2) ? 2 : 1;
        int unitY = !apart && chroma == 1 ? 2 : 1;
        width -= unitX * ((long) in.unsignedGolomb() + in.unsignedGolomb());
        height -= unitY * ((long) in.unsignedGolomb() + in.unsignedGolomb());
      }
      int lumaDepth = in.unsignedGolomb();
      int chromaDepth = in.unsignedGolomb();
      if (id > 15 || chroma > 3 || lumaDepth > 7 || chromaDepth > 7) {
        throw new MalformedMedia("a sequence parameter set: has a number beyond all bounds");
      }
      Format.Video shape = SequenceSet.shape(width, height, SequenceSet.Usability.NOTHING);
      return new Sequence(id, layers, nested, profile, chroma, lumaDepth, chromaDepth, shape);
    }

    /** What profile_tier_level says of layers below the highest. */
    private static void passLayers(Bits in, int lower) {
      int bits = 0;
      for (int i = 0; i < lower; i++) {
        bits += (in.flag() ? 8 * PROFILE : 0) + (in.flag() ? 8 : 0);
      }
      in.skip(bits + (lower > 0 ? 2 * (8 - lower) : 0));
    }
  }

  private static int type(ByteBuffer unit) {
    return unit.get(0) >> 1 & 0x3f;
  }

  @Override
  public Unit unit(ByteBuffer unit) {
    return switch (type(unit)) {
      case VIDEO, SEQUENCE, PICTURE -> Unit.SET;
      case DELIMITER, FILLER -> Unit.NOISE;
      default -> type(unit) <= LAST_SLICE ? Unit.SLICE : Unit.OTHER;
    };
  }

  @Override
  public boolean isFirst(ByteBuffer slice) {
    return slice.limit() > 2 && slice.get(2) < 0;
  }

  @Override
  public boolean isSync(ByteBuffer unit) {
    return type(unit) >= FIRST_RANDOM_ACCESS && type(unit) <= LAST_RANDOM_ACCESS;
  }

  private StoredSets sets(ByteBuffer set) {
    return switch (type(set)) {
      case VIDEO -> videos;
      case SEQUENCE -> sequences;
      default -> pictures;
    };
  }

  @Override
  public void take(ByteBuffer set) {
    Bits in = Bits.over(StoredSets.plain(set), "a parameter set").skip(16);
    switch (type(set)) {
      case VIDEO -> videos.put(in.read(4), set);
      case SEQUENCE -> {
        Sequence read = Sequence.read(set);
        sequences.put(read.id, set);
        newest = read;
      }
      default -> pictures.put(in.unsignedGolomb(), set);
    }
  }

  @Override
  public boolean knows(ByteBuffer set) {
    return sets(set).has(set);
  }

  @Override
  public int mostPictures() {
    return 1;
  }

  @Override
  public boolean areComplete() {
    return newest != null && !videos.isEmpty() && !pictures.isEmpty();
  }

  @Override
  public Track track() {
    Sequence set = Objects.requireNonNull(newest);
    BoxWriter out = new BoxWriter(256).open("hvcC").u8(1).bytes(set.profile);
    out.u16(0xf000).u8(0xfc).u8(0xfc | set.chroma);
    out.u8(0xf8 | set.lumaDepth).u8(0xf8 | set.chromaDepth).u16(0);
    out.u8(set.layers << 3 | (set.nested ? 4 : 0) | 3).u8(3);
    videos.write(out.u8(0x80 | VIDEO).u16(videos.count()));
    sequences.write(out.u8(0x80 | SEQUENCE).u16(sequences.count()));
    pictures.write(out.u8(0x80 | PICTURE).u16(pictures.count()));
    return Entries.pictures("hvc1", set.shape, ProgramClock.TICKS, List.of(out.close().written()));
  }
}
