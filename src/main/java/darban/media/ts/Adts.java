package darban.media.ts;

import darban.media.MalformedMedia;
import darban.media.mp4.AudioSpecificConfig;
import java.nio.ByteBuffer;

/** The header before each frame of AAC (ISO/IEC 13818-7 §6.2). Confined to one thread. */
final class Adts {
  /** Its bytes. */
  static final int SIZE = 7;

  private static final int LONGEST = 0x1fff;

  private final byte[] header = new byte[SIZE];

  Adts(AudioSpecificConfig config) {
    // Main, LC, SSR and LTP can be said; with extensions, the core beneath them is.
    int profile = Math.clamp(config.coreType() - 1, 0, 3);
    int channels = config.channelConfiguration() & 7;
    header[0] = (byte) 0xff;
    header[1] = (byte) 0xf1;
    header[2] = (byte) (profile << 6 | (config.rateIndex() & 0xf) << 2 | channels >> 2);
    header[3] = (byte) ((channels & 3) << 6);
    header[6] = (byte) 0xfc;
  }

  /** Whether the header can say how a decoder is to be set. */
  static boolean says(ByteBuffer specific) {
    AudioSpecificConfig config = AudioSpecificConfig.read(specific);
    boolean core = config.coreType() >= 1 && config.coreType() <= 4;
    boolean channels = config.channelConfiguration() >= 1 && config.channelConfiguration() <= 7;
    return core && channels && config.rateIndex() < 13;
  }

  /** The header of a frame of {@code size} bytes; good until the next call. */
  byte[] before(int size) {
    int length = size + SIZE;
    if (length > LONGEST) {
      throw new MalformedMedia("a frame of sound has " + size + " bytes");
    }
    header[3] = (byte) ((header[3] & 0xfc) | length >> 11);
    header[4] = (byte) (length >> 3);
    header[5] = (byte) ((length & 7) << 5 | 0x1f);
    return header;
  }
}
