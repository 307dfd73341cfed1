package darban.media.mp4;

import darban.media.Bits;
import darban.media.Cursor;
import java.nio.ByteBuffer;
import java.util.Map;

/**
 * What the boxes in an audio sample entry say: they know better than the entry's own fields, which
 * many writers leave at two channels.
 *
 * @param name as CODECS spells it
 * @param config what a decoder is told, may be empty
 * @param format channels and rate
 */
record Sound(String name, ByteBuffer config, Format.Audio format) {
  private static final int[] AC3_CHANNELS = {2, 1, 2, 3, 3, 4, 4, 5};
  private static final int[] AC3_RATES = {48_000, 44_100, 32_000};

  /** How many channels each bit of chan_loc stands for, the high bit first. */
  private static final int[] EC3_LOCATIONS = {1, 1, 2, 2, 2, 1, 1, 2, 2};

  static Sound read(String fourCc, Map<String, Cursor> children, Format.Audio said) {
    return switch (fourCc) {
      case "mp4a" ->
          children.containsKey("esds")
              ? mpeg4(of(children, "esds"), said)
              : plain("mp4a.40.2", said);
      case "ac-3" -> ac3(of(children, "dac3"), said);
      case "ec-3" -> ec3(of(children, "dec3"), said);
      case "Opus" -> opus(of(children, "dOps"), said);
      case "fLaC" -> flac(of(children, "dfLa"), said);
      case ".mp3" -> plain("mp3", said);
      default -> plain(fourCc, said);
    };
  }

  private static ByteBuffer of(Map<String, Cursor> children, String type) {
    Cursor found = children.get(type);
    return found == null ? ByteBuffer.allocate(0) : found.duplicate().rest();
  }

  private static Sound plain(String name, Format.Audio said) {
    return new Sound(name, ByteBuffer.allocate(0).asReadOnlyBuffer(), said);
  }

  private static Sound mpeg4(ByteBuffer esds, Format.Audio said) {
    Descriptor descriptor = Descriptor.read(esds);
    if (descriptor.objectType() != 0x40 || !descriptor.specific().hasRemaining()) {
      return plain("mp4a." + descriptor.objectName(), said);
    }
    AudioSpecificConfig config = AudioSpecificConfig.read(descriptor.specific());
    Format.Audio format =
        new Format.Audio(
            config.channels() > 0 ? config.channels() : said.channels(),
            config.rate() > 0 ? config.rate() : said.rate());
    return new Sound(config.name(), descriptor.specific(), format);
  }

  /** ETSI TS 102 366 §F.4. */
  private static Sound ac3(ByteBuffer dac3, Format.Audio said) {
    if (dac3.remaining() < 3) {
      return plain("ac-3", said);
    }
    Bits in = Bits.over(dac3, "dac3");
    int rate = in.read(2);
    int channels = AC3_CHANNELS[in.skip(8).read(3)] + in.read(1);
    return new Sound("ac-3", dac3, new Format.Audio(channels, ac3Rate(rate, said)));
  }

  private static int ac3Rate(int code, Format.Audio said) {
    return code < AC3_RATES.length ? AC3_RATES[code] : said.rate();
  }

  /** ETSI TS 102 366 §F.6: the first independent substream and those that depend on it. */
  private static Sound ec3(ByteBuffer dec3, Format.Audio said) {
    if (dec3.remaining() < 5) {
      return plain("ec-3", said);
    }
    Bits in = Bits.over(dec3, "dec3").skip(16);
    int rate = in.read(2);
    int channels = AC3_CHANNELS[in.skip(10).read(3)] + in.read(1);
    int dependents = in.skip(3).read(4);
    if (dependents > 0 && in.remaining() >= 9) {
      for (int location : EC3_LOCATIONS) {
        channels += location * in.read(1);
      }
    }
    return new Sound("ec-3", dec3, new Format.Audio(channels, ac3Rate(rate, said)));
  }

  /** Encapsulation of Opus in ISO base media §4.3.2; it is always played at 48 kHz. */
  private static Sound opus(ByteBuffer dOps, Format.Audio said) {
    int channels = dOps.remaining() < 2 ? said.channels() : dOps.get(1) & 0xff;
    return new Sound("opus", dOps, new Format.Audio(channels, 48_000));
  }

  /** Encapsulation of FLAC in ISO base media §3.3.2: the first block is STREAMINFO. */
  private static Sound flac(ByteBuffer dfLa, Format.Audio said) {
    if (dfLa.remaining() < 42) {
      return plain("flac", said);
    }
    Bits in = Bits.over(dfLa, "dfLa").skip(8 * (4 + 4 + 10));
    int rate = in.read(20);
    return new Sound("flac", dfLa, new Format.Audio(in.read(3) + 1, rate));
  }
}
