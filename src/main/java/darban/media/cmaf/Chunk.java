package darban.media.cmaf;

import darban.media.mp4.BoxWriter;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * A chunk of an upload: what its head says. Immutable, any thread.
 *
 * @param start where its first byte is, counted from the first of the upload
 * @param segmentStart whether it says that a segment begins with it
 * @param lastSegment whether it says that no segment follows
 * @param runs what it holds, track by track
 * @param producerTime when it was made, if it says so
 * @param events messages that came with it
 */
public record Chunk(
    long start,
    boolean segmentStart,
    boolean lastSegment,
    List<Run> runs,
    Optional<ProducerTime> producerTime,
    List<Event> events) {
  public Chunk {
    runs = List.copyOf(runs);
    events = List.copyOf(events);
  }

  /**
   * Samples of a track in a chunk.
   *
   * @param track its number
   * @param decodeTime of the first sample in ticks
   * @param duration of all samples in ticks
   * @param samples how many
   * @param independent whether decoding can begin with the first
   */
  public record Run(int track, long decodeTime, long duration, int samples, boolean independent) {}

  /**
   * When something was made (ISO/IEC 14496-12 §8.16.5).
   *
   * @param millis since 1970
   * @param mediaTime of the sample that was made then, in ticks of {@code track}
   */
  public record ProducerTime(int track, long millis, long mediaTime) {
    /** From 1900, as the network tells time, to 1970. */
    static final long EPOCH = 2_208_988_800L;

    /** The box that says so. */
    public ByteBuffer box() {
      long seconds = Math.floorDiv(millis, 1000) + EPOCH;
      // The middle of the millisecond, which is not hit by rounding either way.
      long fraction = ((Math.floorMod(millis, 1000) * 2L + 1) << 32) / 2000;
      return new BoxWriter(32)
          .open("prft", 1, 0)
          .u32(track)
          .u32(seconds)
          .u32(fraction)
          .u64(mediaTime)
          .close()
          .written();
    }
  }

  /**
   * A message to applications (ISO/IEC 23009-1 §5.10.3.3).
   *
   * @param time in ticks, of the track's timeline if {@code absolute}, else behind the chunk's
   *     beginning
   * @param data read-only
   */
  public record Event(
      String scheme,
      String value,
      int timescale,
      boolean absolute,
      long time,
      long duration,
      long id,
      ByteBuffer data) {}
}
