package darban.media.ts;

import darban.media.Bits;
import darban.media.MalformedMedia;
import darban.media.MpegFrame;
import darban.media.mp4.AudioSpecificConfig;
import darban.media.mp4.BoxWriter;
import darban.media.mp4.Entries;
import darban.media.mp4.Format;
import darban.media.mp4.Track;
import darban.media.ts.Elementary.Coding;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What the header of a frame of sound says. Immutable, any thread.
 *
 * @param size bytes of the frame, header included
 * @param header bytes of it that MP4 has no need of
 * @param samples of each channel
 * @param heard whether it is of the sound itself, not one that goes with it
 * @param setup what a decoder is told
 */
record SoundFrame(int size, int header, int samples, boolean heard, Setup setup) {
  /** Bytes in which the header is, of whatever coding. */
  static final int HEADER = 9;

  private static final int AAC_SAMPLES = 1024;
  private static final int[] AC_3_RATES = {48_000, 44_100, 32_000};
  private static final int[] AC_3_BITS = {
    32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 576, 640
  };
  private static final int[] AC_3_CHANNELS = {2, 1, 2, 3, 3, 4, 4, 5};
  private static final int AC_3_SAMPLES = 1536;
  private static final int[] BLOCKS = {1, 2, 3, 6};

  /**
   * What a decoder is told.
   *
   * @param type of the sample entry
   * @param box in it
   */
  record Setup(String type, Format.Audio format, ByteBuffer box) {
    Track track(String language) {
      return Entries.sound(type, format, language, box);
    }
  }

  /** Reads a header, of at least {@link #HEADER} bytes; null if it is none. */
  static @Nullable SoundFrame read(Coding coding, ByteBuffer header) {
    return switch (coding) {
      case AAC -> aac(header);
      case MPEG_AUDIO -> mpeg(header);
      case DOLBY -> header.getShort(0) != 0x0b77 ? null : dolby(header);
      default -> null;
    };
  }

  /** ISO/IEC 13818-7 §6.2. */
  private static @Nullable SoundFrame aac(ByteBuffer header) {
    Bits in = Bits.over(header, "a frame of AAC");
    boolean sync = in.read(12) == 0xfff;
    in.skip(1);
    boolean layer = in.read(2) == 0;
    int checked = in.flag() ? 0 : 2;
    int type = in.read(2) + 1;
    int rate = in.read(4);
    int channels = in.skip(1).read(3);
    int size = in.skip(4).read(13);
    int blocks = in.skip(11).read(2) + 1;
    if (!sync || !layer || rate > 12 || size < Adts.SIZE + checked) {
      return null;
    }
    if (channels == 0 || blocks > 1) {
      throw new MalformedMedia(
          channels == 0
              ? "its AAC does not tell its channels"
              : "its AAC has several blocks in a frame");
    }
    int specific = type << 11 | rate << 7 | channels << 3;
    ByteBuffer told = ByteBuffer.allocate(2).putShort((short) specific).flip();
    AudioSpecificConfig config = AudioSpecificConfig.read(told);
    Format.Audio format = new Format.Audio(config.channels(), config.rate());
    Setup setup = new Setup("mp4a", format, Entries.esds(0x40, told));
    return new SoundFrame(size, Adts.SIZE + checked, AAC_SAMPLES, true, setup);
  }

  private static @Nullable SoundFrame mpeg(ByteBuffer header) {
    MpegFrame frame = MpegFrame.read(header.getInt(0));
    if (frame == null) {
      return null;
    }
    int objectType = frame.rate() < 32_000 ? 0x69 : 0x6b;
    ByteBuffer box = Entries.esds(objectType, ByteBuffer.allocate(0));
    Setup setup = new Setup("mp4a", new Format.Audio(frame.channels(), frame.rate()), box);
    return new SoundFrame(frame.size(), 0, frame.samples(), true, setup);
  }

  /** ETSI TS 102 366 §4.3 and §E.1.2: which of both, bsid tells, which is at the same place. */
  private static @Nullable SoundFrame dolby(ByteBuffer header) {
    int bsid = (header.get(5) & 0xff) >> 3;
    return bsid <= 10 ? ac3(header) : bsid <= 16 ? eac3(header) : null;
  }

  private static @Nullable SoundFrame ac3(ByteBuffer header) {
    Bits in = Bits.over(header, "a frame of AC-3").skip(32);
    int rate = in.read(2);
    int code = in.read(6);
    int bsid = in.read(5);
    int mode = in.read(3);
    int channels = in.read(3);
    if (rate > 2 || code / 2 >= AC_3_BITS.length) {
      return null;
    }
    in.skip((channels & 1) != 0 && channels != 1 ? 2 : 0);
    in.skip((channels & 4) != 0 ? 2 : 0).skip(channels == 2 ? 2 : 0);
    int low = in.read(1);
    int hertz = AC_3_RATES[rate];
    int words = AC_3_BITS[code / 2] * 1000 * (AC_3_SAMPLES / 16) / hertz;
    int size = 2 * (words + (rate == 1 ? code & 1 : 0));
    int told = rate << 22 | bsid << 17 | mode << 14 | channels << 11 | low << 10 | (code / 2) << 5;
    ByteBuffer box = new BoxWriter(16).open("dac3").u8(told >> 16).u16(told).close().written();
    Format.Audio format = new Format.Audio(AC_3_CHANNELS[channels] + low, hertz);
    return new SoundFrame(size, 0, AC_3_SAMPLES, true, new Setup("ac-3", format, box));
  }

  private static @Nullable SoundFrame eac3(ByteBuffer header) {
    Bits in = Bits.over(header, "a frame of E-AC-3").skip(16);
    // Others depend on the first, or are of another program: a player can do without.
    boolean dependent = in.read(2) == 1;
    boolean heard = in.read(3) == 0 && !dependent;
    int size = 2 * (in.read(11) + 1);
    int rate = in.read(2);
    int blocks = BLOCKS[in.read(2)];
    int channels = in.read(3);
    int low = in.read(1);
    int bsid = in.read(5);
    if (rate > 2) {
      return null;
    }
    int hertz = AC_3_RATES[rate];
    long bits = 8L * size * hertz / (256L * blocks * 1000);
    BoxWriter out = new BoxWriter(16).open("dec3").u16((int) (bits << 3));
    out.u8(rate << 6 | bsid << 1).u8(channels << 1 | low).u8(0);
    Format.Audio format = new Format.Audio(AC_3_CHANNELS[channels] + low, hertz);
    Setup setup = new Setup("ec-3", format, out.close().written());
    return new SoundFrame(size, 0, 256 * blocks, heard, setup);
  }
}
