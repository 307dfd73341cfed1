package darban.media.ts;

import darban.media.Bits;
import darban.media.mp4.BoxWriter;
import darban.media.mp4.Entries;
import darban.media.mp4.Track;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Of H.264 (ISO/IEC 14496-10 §7.3, 14496-15 §5). Confined to one thread. */
final class AvcSets implements ParameterSets {
  private static final int SLICE = 1;
  private static final int PARTITION = 2;
  private static final int IDR = 5;
  private static final int INFORMATION = 6;
  private static final int SEQUENCE = 7;
  private static final int PICTURE = 8;
  private static final int DELIMITER = 9;
  private static final int FILLER = 12;
  private static final int RECOVERY_POINT = 6;

  private final StoredSets sequences = new StoredSets();
  private final StoredSets pictures = new StoredSets();
  private @Nullable SequenceSet newest;
  private ByteBuffer newestBytes = ByteBuffer.allocate(0);

  private static int type(ByteBuffer unit) {
    return unit.get(0) & 0x1f;
  }

  @Override
  public Unit unit(ByteBuffer unit) {
    return switch (type(unit)) {
      case SEQUENCE, PICTURE -> Unit.SET;
      case SLICE, PARTITION, IDR -> Unit.SLICE;
      case DELIMITER, FILLER -> Unit.NOISE;
      default -> Unit.OTHER;
    };
  }

  @Override
  public boolean isFirst(ByteBuffer slice) {
    // first_mb_in_slice is 0.
    return slice.limit() > 1 && slice.get(1) < 0;
  }

  @Override
  public boolean isSync(ByteBuffer unit) {
    return type(unit) == IDR || (type(unit) == INFORMATION && isRecoveryPoint(unit));
  }

  /** Whether all is right from this picture on (§D.2.8: recovery_frame_cnt is 0). */
  private static boolean isRecoveryPoint(ByteBuffer unit) {
    Bits in = Bits.over(StoredSets.plain(unit), "a message to the decoder").skip(8);
    // The last byte is not of a message.
    while (in.remaining() > 24) {
      int type = extended(in);
      int size = extended(in);
      if (type == RECOVERY_POINT) {
        return in.remaining() >= 8 && in.flag();
      }
      if (8L * size > in.remaining()) {
        return false;
      }
      in.skip(8 * size);
    }
    return false;
  }

  private static int extended(Bits in) {
    int value = 0;
    int next = 0xff;
    while (next == 0xff && in.remaining() >= 8) {
      next = in.read(8);
      value += next;
    }
    return value;
  }

  @Override
  public void take(ByteBuffer set) {
    if (type(set) == SEQUENCE) {
      SequenceSet read = SequenceSet.read(set);
      sequences.put(read.id(), set);
      newest = read;
      newestBytes = StoredSets.copy(set);
    } else {
      Bits in = Bits.over(StoredSets.plain(set), "a picture parameter set").skip(8);
      pictures.put(in.unsignedGolomb(), set);
    }
  }

  @Override
  public boolean knows(ByteBuffer set) {
    return (type(set) == SEQUENCE ? sequences : pictures).has(set);
  }

  @Override
  public int mostPictures() {
    return newest != null && newest.mayBeFields() ? 2 : 1;
  }

  @Override
  public boolean areComplete() {
    return newest != null && !pictures.isEmpty();
  }

  @Override
  public Track track() {
    SequenceSet set = Objects.requireNonNull(newest);
    BoxWriter out = new BoxWriter(256).open("avcC").u8(1).bytes(newestBytes.slice(1, 3));
    out.u8(0xff).u8(0xe0 | sequences.count());
    sequences.write(out);
    pictures.write(out.u8(pictures.count()));
    if (SequenceSet.isHigh(set.profile())) {
      out.u8(0xfc | set.chroma()).u8(0xf8 | (set.lumaDepth() - 8));
      out.u8(0xf8 | (set.chromaDepth() - 8)).u8(0);
    }
    return Entries.pictures(
        "avc1", set.shape(), ProgramClock.TICKS, List.of(out.close().written(), set.colour()));
  }
}
