package darban.media.segment;

/**
 * How many bits a second there are, as BANDWIDTH and AVERAGE-BANDWIDTH want it (RFC 8216 §4.3.4.2).
 *
 * @param peak of the part that has most
 * @param average of all together
 */
public record BitRate(long peak, long average) {
  BitRate(double peak, double average) {
    this((long) Math.ceil(peak), (long) Math.ceil(average));
  }
}
