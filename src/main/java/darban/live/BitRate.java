package darban.live;

import java.util.List;

/**
 * Bits a second of segments. Immutable, any thread.
 *
 * @param peak at the most
 * @param average of all
 */
record BitRate(long peak, long average) {
  static BitRate of(List<LiveSegment> segments) {
    long peak = 0;
    long bits = 0;
    long micros = 0;
    for (LiveSegment each : segments) {
      long length = Math.max(1, each.micros());
      peak = Math.max(peak, each.bytes() * 8 * 1_000_000 / length);
      bits += each.bytes() * 8;
      micros += length;
    }
    return new BitRate(Math.max(1, peak), Math.max(1, bits * 1_000_000 / Math.max(1, micros)));
  }

  BitRate and(BitRate other) {
    return new BitRate(peak + other.peak, average + other.average);
  }
}
