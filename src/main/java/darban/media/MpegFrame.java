package darban.media;

import org.jspecify.annotations.Nullable;

/**
 * The header of a frame of MPEG audio (ISO/IEC 11172-3 §2.4.2.3). Immutable, any thread.
 *
 * @param rate samples per second
 * @param bitRate in kbit/s
 * @param channels 1 or 2
 * @param samples of a frame
 * @param size bytes of the frame
 * @param sideSize bytes between the header and where a count of all frames may stand
 */
public record MpegFrame(int rate, int bitRate, int channels, int samples, int size, int sideSize) {
  private static final int[] RATES = {44_100, 48_000, 32_000};
  private static final int[] LAYER_3 = {
    0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320
  };
  private static final int[] LAYER_2 = {
    0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384
  };
  private static final int[] LOW = {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160};

  /** Reads a header of four bytes; null if it is none of layer 2 or 3. */
  public static @Nullable MpegFrame read(int header) {
    int version = header >> 19 & 3;
    int layer = 4 - (header >> 17 & 3);
    int bits = header >> 12 & 0xf;
    int rates = header >> 10 & 3;
    boolean sync = header >>> 21 == 0x7ff;
    if (!sync
        || version == 1
        || (layer != 2 && layer != 3)
        || bits == 0
        || bits == 15
        || rates == 3) {
      return null;
    }
    boolean first = version == 3;
    int rate = RATES[rates] >> (first ? 0 : version == 2 ? 1 : 2);
    int bitRate = (first ? layer == 3 ? LAYER_3 : LAYER_2 : LOW)[bits];
    int samples = layer == 3 && !first ? 576 : 1152;
    int size = samples / 8 * bitRate * 1000 / rate + (header >> 9 & 1);
    boolean mono = (header >> 6 & 3) == 3;
    int side = first ? mono ? 17 : 32 : mono ? 9 : 17;
    return new MpegFrame(rate, bitRate, mono ? 1 : 2, samples, size, side);
  }
}
