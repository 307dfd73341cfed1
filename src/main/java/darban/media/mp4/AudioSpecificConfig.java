package darban.media.mp4;

import darban.media.Bits;
import java.nio.ByteBuffer;

/**
 * What an AAC decoder is told beforehand (ISO/IEC 14496-3 §1.6.2.1). Immutable, any thread.
 *
 * @param objectType 2 for AAC LC; 5 with spectral band replication, 29 with parametric stereo too
 * @param coreType what is coded beneath those: usually 2
 * @param rateIndex of the core's sampling rate, 15 where it is none of the table
 * @param rate samples per second that come out
 * @param channelConfiguration 0 where a program config element says it
 * @param channels that come out; 0 where only the container knows
 */
public record AudioSpecificConfig(
    int objectType, int coreType, int rateIndex, int rate, int channelConfiguration, int channels) {
  private static final int[] RATES = {
    96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000,
    7_350
  };
  private static final int[] CHANNELS = {0, 1, 2, 3, 4, 5, 6, 8, 0, 0, 0, 7, 8, 24, 8};
  private static final int SBR = 5;
  private static final int PS = 29;
  private static final int ESCAPE = 31;
  private static final int ELD = 39;
  private static final int SBR_SYNC = 0x2b7;
  private static final int PS_SYNC = 0x548;

  /** Reads one. */
  public static AudioSpecificConfig read(ByteBuffer config) {
    Bits in = Bits.over(config, "AudioSpecificConfig");
    int type = objectType(in);
    int core = type;
    int index = in.read(4);
    int rate = rate(index, in);
    int configuration = in.read(4);
    if (type == SBR || type == PS) {
      rate = rate(in.read(4), in);
      core = objectType(in);
    } else if (configuration != 0 && type != ELD && type < 5) {
      general(in);
      if (in.remaining() >= 16 && in.read(11) == SBR_SYNC && objectType(in) == SBR && in.flag()) {
        rate = rate(in.read(4), in);
        type = in.remaining() >= 12 && in.read(11) == PS_SYNC && in.flag() ? PS : SBR;
      }
    }
    int channels = configuration < CHANNELS.length ? CHANNELS[configuration] : 0;
    return new AudioSpecificConfig(
        type, core, index, rate, configuration, type == PS && channels == 1 ? 2 : channels);
  }

  private static int objectType(Bits in) {
    int type = in.read(5);
    return type == ESCAPE ? 32 + in.read(6) : type;
  }

  private static int rate(int index, Bits in) {
    return index == 15 ? in.read(24) : index < RATES.length ? RATES[index] : 0;
  }

  /** GASpecificConfig (§4.4.1) of a plain object type. */
  private static void general(Bits in) {
    in.skip(1);
    if (in.flag()) {
      in.skip(14);
    }
    in.skip(1);
  }

  /** As CODECS spells it. */
  public String name() {
    return "mp4a.40." + objectType;
  }
}
