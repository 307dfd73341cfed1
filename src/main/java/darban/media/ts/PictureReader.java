package darban.media.ts;

import darban.media.MalformedMedia;
import darban.media.cmaf.ChunkWriter;
import darban.media.ts.ParameterSets.Unit;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Samples of pictures out of packets that have one each, as encoders and broadcasters send them
 * (ISO/IEC 13818-1 §2.14; ETSI TS 101 154 §4.1.5): NAL units behind start codes (ISO/IEC 14496-10
 * annex B) become such behind lengths. A sample that makes no sense is dropped; if it is the first,
 * the stream is refused. Confined to one thread.
 */
final class PictureReader implements Pes.Listener {
  private static final int MOST_UNITS = 4096;

  /** A picture is not shown later than so long after it is decoded, in ticks. */
  private static final long LONGEST_DELAY = 10L * ProgramClock.TICKS;

  /** Whatever goes back by less is no other beginning of the times, in ticks. */
  private static final long RESTARTED = ProgramClock.TICKS;

  private final ProgramClock clock;
  private final ParameterSets sets;
  private final ChunkWriter out;
  private boolean begun;
  private boolean changed;
  private long last = -1;

  PictureReader(ProgramClock clock, ParameterSets sets, ChunkWriter out) {
    this.clock = clock;
    this.sets = sets;
    this.out = out;
  }

  @Override
  public void packet(long shown, long decoded, ByteBuffer data) {
    if (!beginsWithUnit(data)) {
      throw new MalformedMedia("a packet of pictures begins within a NAL unit");
    }
    try {
      sample(shown, decoded, StoredSets.units(data, MOST_UNITS));
    } catch (MalformedMedia wrong) {
      if (!begun) {
        throw wrong;
      }
    }
  }

  @Override
  public void lost() {
    // Each packet has a picture of its own.
  }

  private static boolean beginsWithUnit(ByteBuffer data) {
    int at = 0;
    while (at < data.limit() && data.get(at) == 0) {
      at++;
    }
    return at == data.limit() || (at >= 2 && data.get(at) == 1);
  }

  private void sample(long shown, long decoded, List<ByteBuffer> units) {
    int pictures = 0;
    boolean sync = false;
    boolean slices = false;
    for (ByteBuffer each : units) {
      Unit unit = sets.unit(each);
      slices |= unit == Unit.SLICE;
      pictures += unit == Unit.SLICE && sets.isFirst(each) ? 1 : 0;
      sync |= sets.isSync(each);
    }
    List<ByteBuffer> kept = withoutSets(units, sync);
    if (!slices || !(begun || sync)) {
      return;
    }
    if (pictures < 1 || pictures > sets.mostPictures()) {
      throw new MalformedMedia("a packet has not one picture but " + pictures);
    }
    if (shown == Pes.NONE) {
      throw new MalformedMedia("a picture has no time");
    }
    if (begin(sync)) {
      add(shown, decoded, sync, kept);
    }
  }

  /**
   * The units that a sample has. Sets that come with a picture at which decoding can begin go
   * before it in a new head; others stay where they are, unless they are the same again.
   */
  private List<ByteBuffer> withoutSets(List<ByteBuffer> units, boolean sync) {
    List<ByteBuffer> kept = new ArrayList<>(units.size());
    for (ByteBuffer each : units) {
      switch (sets.unit(each)) {
        case SET -> {
          if (!sets.knows(each)) {
            sets.take(each);
            changed = true;
            if (begun && !sync) {
              kept.add(each);
            }
          }
        }
        case NOISE -> {}
        default -> kept.add(each);
      }
    }
    return kept;
  }

  /** Whether samples can be written; what they need goes before. */
  private boolean begin(boolean sync) {
    if (sync && changed && sets.areComplete()) {
      out.head(sets.track());
      changed = false;
      begun = true;
    }
    return begun;
  }

  private void add(long shown, long decoded, boolean sync, List<ByteBuffer> units) {
    long delay = ProgramClock.signed(shown - decoded);
    if (delay < 0 || delay > LONGEST_DELAY) {
      throw new MalformedMedia("a picture is shown before it is decoded");
    }
    long time = clock.time(decoded);
    if (time <= last && time > last - RESTARTED) {
      throw new MalformedMedia("a picture is decoded before that which comes before it");
    }
    last = time;
    int size = units.stream().mapToInt(each -> 4 + each.limit()).sum();
    ByteBuffer sample = ByteBuffer.allocate(size);
    units.forEach(each -> sample.putInt(each.limit()).put(each));
    out.add(new ChunkWriter.Sample(time, -1, delay, sync, sample.flip()));
  }
}
