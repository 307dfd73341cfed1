package darban.media.cmaf;

import darban.media.MalformedMedia;
import darban.media.mp4.BoxWriter;
import darban.media.mp4.Track;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes a CMAF track (ISO/IEC 23000-19 §7.3) while its samples come: its head, and then chunks,
 * each of which begins with a sync sample where there is one. It holds a chunk, and the one sample
 * whose duration only the next one tells. Confined to one thread.
 */
public final class ChunkWriter {
  /** A chunk that has so many bytes is not added to. */
  private static final int FULL = 1 << 20;

  private static final int SYNC = 0x0200_0000;
  private static final int NOT_SYNC = 0x0101_0000;

  /** A picture is not shown for longer than so many seconds: its track was interrupted. */
  private static final long LONGEST_SECONDS = 10;

  private static final int USUAL_RATE = 25;

  private final long goal;
  private final Consumer<ByteBuffer> out;
  private final List<Sample> chunk = new ArrayList<>();
  private @Nullable Track track;
  private @Nullable Sample held;
  private long usual;
  private long end;
  private long bytes;
  private long sequence;

  /**
   * A sample.
   *
   * @param decoded when, in ticks of its track; not below 0
   * @param duration in ticks, or -1 where it lasts until the next
   * @param composition ticks from then until it is shown; not below 0
   * @param sync whether decoding can begin with it
   * @param bytes its payload, which goes over to the writer
   */
  public record Sample(
      long decoded, long duration, long composition, boolean sync, ByteBuffer bytes) {
    private Sample lasting(long ticks) {
      return new Sample(decoded, ticks, composition, sync, bytes);
    }
  }

  /**
   * Nothing yet.
   *
   * @param micros how long a chunk is to be at least, in microseconds, where no sync sample comes
   * @param out takes the head and each chunk as soon as it is written
   */
  public ChunkWriter(long micros, Consumer<ByteBuffer> out) {
    this.goal = micros;
    this.out = out;
  }

  /** What goes before the samples that follow; those before it are written. */
  public void head(Track next) {
    flush();
    track = next;
    usual = next.timeline().timescale() / USUAL_RATE;
    out.accept(InitSegment.of(next));
  }

  /** Adds a sample; the head went before. */
  public void add(Sample next) {
    settle(next.decoded - (held == null ? 0 : held.decoded));
    if (next.duration < 0) {
      held = next;
    } else {
      put(next);
    }
  }

  /** Writes all that was added. */
  public void flush() {
    settle(usual);
    write();
  }

  private void settle(long ticks) {
    Sample last = held;
    held = null;
    if (last != null) {
      boolean follows = ticks > 0 && ticks <= LONGEST_SECONDS * timescale();
      usual = follows ? ticks : usual;
      put(last.lasting(usual));
    }
  }

  private int timescale() {
    return Objects.requireNonNull(track).timeline().timescale();
  }

  private void put(Sample sample) {
    if (sample.decoded < 0 || sample.composition < 0) {
      throw new MalformedMedia("a sample is shown before it is decoded");
    }
    boolean begins = sample.sync && !chunk.stream().allMatch(Sample::sync);
    if (begins || sample.decoded != end) {
      write();
    }
    chunk.add(sample);
    bytes += sample.bytes.remaining();
    end = sample.decoded + sample.duration;
    long micros = (end - chunk.getFirst().decoded) * 1_000_000 / timescale();
    if (micros >= goal || bytes >= FULL) {
      write();
    }
  }

  private void write() {
    if (chunk.isEmpty()) {
      return;
    }
    BoxWriter to = new BoxWriter(128 + 16 * chunk.size() + (int) bytes);
    to.open("moof").open("mfhd", 0, 0).u32(++sequence).close();
    to.open("traf").open("tfhd", 0, 0x2_0000).u32(1).close();
    to.open("tfdt", 1, 0).u64(chunk.getFirst().decoded).close();
    to.open("trun", 1, 0xf01).u32(chunk.size());
    int offsetAt = to.length();
    to.u32(0);
    for (Sample each : chunk) {
      to.u32(each.duration).u32(each.bytes.remaining());
      to.u32(each.sync ? SYNC : NOT_SYNC).u32(each.composition);
    }
    to.close().close().close();
    to.putU32(offsetAt, to.length() + 8);
    to.open("mdat");
    chunk.forEach(each -> to.bytes(each.bytes));
    chunk.clear();
    bytes = 0;
    out.accept(to.close().written());
  }
}
