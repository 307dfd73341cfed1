package darban.media.mp4;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * Frames of sound that nothing is heard of, to stand where a track has none yet. There are some of
 * AAC with the usual channels, and of Opus in frames of 20 ms. Pure.
 */
final class Silence {
  private static final int SINGLE_CHANNEL = 0;
  private static final int CHANNEL_PAIR = 1;
  private static final int LOW_FREQUENCIES = 3;
  private static final int END = 7;

  /** Elements of each channel configuration (ISO/IEC 14496-3 §1.6.3.5), from 1 on. */
  private static final int[][] ELEMENTS = {
    {SINGLE_CHANNEL},
    {CHANNEL_PAIR},
    {SINGLE_CHANNEL, CHANNEL_PAIR},
    {SINGLE_CHANNEL, CHANNEL_PAIR, SINGLE_CHANNEL},
    {SINGLE_CHANNEL, CHANNEL_PAIR, CHANNEL_PAIR},
    {SINGLE_CHANNEL, CHANNEL_PAIR, CHANNEL_PAIR, LOW_FREQUENCIES},
    {SINGLE_CHANNEL, CHANNEL_PAIR, CHANNEL_PAIR, CHANNEL_PAIR, LOW_FREQUENCIES},
  };

  private static final int LOW_COMPLEXITY = 2;
  private static final int AAC_FRAME = 1024;

  /** CELT at full band, 20 ms, one frame, one channel (RFC 6716 §3.1). */
  private static final int OPUS = 0xf8;

  private static final int OPUS_STEREO = 4;
  private static final int MAPPING_FAMILY = 10;

  private final byte[] bytes = new byte[64];
  private int bits;

  private Silence() {}

  /** A frame as long as those of the track; empty if none is known. */
  static Optional<byte[]> frame(Track track) {
    if (!(track.format() instanceof Format.Audio audio)) {
      return Optional.empty();
    }
    Codec codec = track.codec();
    long ticks = track.samples().commonDuration();
    int timescale = track.timeline().timescale();
    if (codec.isAac() && codec.config().hasRemaining()) {
      return aac(AudioSpecificConfig.read(codec.config()), ticks, timescale);
    }
    return codec.fourCc().equals("Opus") && ticks * 50 == timescale
        ? opus(codec.config(), audio.channels())
        : Optional.empty();
  }

  private static Optional<byte[]> aac(AudioSpecificConfig config, long ticks, int timescale) {
    boolean doubled = config.objectType() != LOW_COMPLEXITY;
    long frame = doubled ? 2 * AAC_FRAME : AAC_FRAME;
    int channels = config.channelConfiguration();
    return config.coreType() == LOW_COMPLEXITY
            && channels > 0
            && channels <= ELEMENTS.length
            && ticks * config.rate() == frame * timescale
        ? Optional.of(new Silence().block(ELEMENTS[channels - 1]))
        : Optional.empty();
  }

  /** A raw_data_block (§4.4.2.1): elements whose spectra have no bands at all. */
  private byte[] block(int[] elements) {
    int[] numbers = new int[END];
    for (int element : elements) {
      put(element, 3);
      put(numbers[element]++, 4);
      if (element == CHANNEL_PAIR) {
        put(0, 1);
        channel();
      }
      channel();
    }
    put(END, 3);
    return Arrays.copyOf(bytes, (bits + 7) / 8);
  }

  /**
   * An individual_channel_stream (§4.4.2.7): no gain, one long window, no bands, and nothing else.
   */
  private void channel() {
    put(0, 8 + 4 + 6 + 1 + 3);
  }

  private void put(int value, int count) {
    for (int i = count - 1; i >= 0; i--) {
      bytes[bits >> 3] |= (byte) ((value >> i & 1) << (7 - (bits & 7)));
      bits++;
    }
  }

  private static Optional<byte[]> opus(ByteBuffer config, int channels) {
    boolean plain =
        config.remaining() > MAPPING_FAMILY && config.get(config.position() + MAPPING_FAMILY) == 0;
    int head = OPUS | (channels == 2 ? OPUS_STEREO : 0);
    // The range coder's first symbol then says that all is silent (RFC 6716 §4.3).
    return plain && channels <= 2
        ? Optional.of(new byte[] {(byte) head, (byte) 0xff, (byte) 0xfe})
        : Optional.empty();
  }
}
