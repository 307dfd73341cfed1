package darban.media.mp4;

import darban.media.Cursor;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Tracks that come from elsewhere than from MP4: their sample entries (ISO/IEC 14496-12 §12) are
 * written here. Pure.
 */
public final class Entries {
  private static final int ES = 3;
  private static final int DECODER_CONFIG = 4;
  private static final int DECODER_SPECIFIC = 5;
  private static final int SL_CONFIG = 6;
  private static final int AUDIO_STREAM = 0x15;

  private Entries() {}

  /**
   * Pictures.
   *
   * @param type such as {@code avc1}
   * @param timescale ticks per second, above 0
   * @param boxes what stands in the entry: {@code avcC} or the like, {@code colr}; the shape of
   *     pixels is written here
   */
  public static Track pictures(
      String type, Format.Video shape, int timescale, List<ByteBuffer> boxes) {
    BoxWriter out = new BoxWriter(512).open(type).zeros(6).u16(1).zeros(16);
    out.u16(shape.width()).u16(shape.height()).u32(0x48_0000).u32(0x48_0000);
    out.u32(0).u16(1).zeros(32).u16(0x18).u16(0xffff);
    boxes.forEach(out::bytes);
    out.open("pasp").u32(shape.sarWidth()).u32(shape.sarHeight()).close();
    return track(out.close(), "vide", timescale, "und");
  }

  /**
   * Sound, whose timescale is its sampling rate.
   *
   * @param type such as {@code mp4a}
   * @param language a tag of BCP 47; {@code und} if not known
   * @param box what stands in the entry: {@code esds}, {@code dac3} or the like
   */
  public static Track sound(String type, Format.Audio format, String language, ByteBuffer box) {
    BoxWriter out = new BoxWriter(128).open(type).zeros(6).u16(1).zeros(8);
    // The field is too short for rates from 65,536 on; the codec's own box has them.
    long rate = format.rate() > 0xffff ? 0 : format.rate();
    out.u16(format.channels()).u16(16).u32(0).u32(rate << 16).bytes(box);
    return track(out.close(), "soun", format.rate(), language);
  }

  /**
   * The box of an elementary stream descriptor (ISO/IEC 14496-14 §5.6).
   *
   * @param objectType 0x40 for audio of MPEG-4, 0x6b for MP3 …
   * @param specific what its decoder is told, may be empty
   */
  public static ByteBuffer esds(int objectType, ByteBuffer specific) {
    int told = specific.hasRemaining() ? 2 + specific.remaining() : 0;
    BoxWriter out = new BoxWriter(64).open("esds", 0, 0);
    out.u8(ES).u8(3 + 2 + 13 + told + 3).u16(0).u8(0);
    out.u8(DECODER_CONFIG).u8(13 + told).u8(objectType).u8(AUDIO_STREAM).zeros(11);
    if (told > 0) {
      out.u8(DECODER_SPECIFIC).u8(specific.remaining()).bytes(specific);
    }
    return out.u8(SL_CONFIG).u8(1).u8(2).close().written();
  }

  private static Track track(BoxWriter entry, String handler, int timescale, String language) {
    Box box = Box.in(Cursor.over(entry.written(), "sample entry")).iterator().next();
    SampleEntry read = SampleEntry.read(box, handler, 0);
    return new Track(
        1,
        read.codec(),
        read.format(),
        new Track.Labels(language, "", true, 0),
        Timeline.plain(timescale, 0),
        SampleTable.EMPTY);
  }
}
