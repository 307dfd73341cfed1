package darban.media.library;

import darban.media.Bits;
import darban.media.Cursor;
import darban.media.MalformedMedia;
import darban.media.library.MediaInfo.Container;
import darban.media.library.MediaInfo.TrackInfo;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Reads FLAC (RFC 9639 §8). Confined to one thread. */
final class FlacInfo {
  private static final int STREAM = 0;
  private static final int COMMENTS = 4;
  private static final int PICTURE = 6;
  private static final int MOST_BLOCKS = 128;
  private static final int MOST_COMMENTS = 64 << 10;

  private final Source source;
  private final TagText tags = new TagText();
  private TrackInfo track = TrackInfo.sound("flac", 0, 0);
  private long millis;

  FlacInfo(Source source) {
    this.source = source;
  }

  /** Reads one that begins at {@code start}, which tags of another kind may push back. */
  MediaInfo read(long start) {
    long at = start + 4;
    boolean last = false;
    for (int i = 0; !last && i < MOST_BLOCKS && at + 4 <= source.length(); i++) {
      Cursor header = source.at(at, 4, "FLAC");
      int type = header.u8();
      int length = header.u24();
      last = (type & 0x80) != 0;
      block(type & 0x7f, at + 4, length);
      at += 4 + (long) length;
    }
    if (millis == 0 && track.format().equals(TrackInfo.sound("flac", 0, 0).format())) {
      throw new MalformedMedia("FLAC: it has no stream information");
    }
    return new MediaInfo(Container.FLAC, millis, List.of(track), tags.tags());
  }

  private void block(int type, long at, int length) {
    switch (type) {
      case STREAM -> {
        Bits in = Bits.over(source.at(at, 34, "FLAC").rest(), "FLAC").skip(80);
        int rate = in.read(20);
        track = TrackInfo.sound("flac", in.read(3) + 1, rate);
        in.skip(5);
        long samples = (long) in.read(5) << 31 | in.read(31);
        millis = rate == 0 ? 0 : samples * 1000 / rate;
      }
      case COMMENTS ->
          tags.vorbisComments(source.at(at, Math.min(length, MOST_COMMENTS), "comments"));
      case PICTURE -> picture(at, length);
      default -> {}
    }
  }

  private void picture(long at, int length) {
    Cursor in = source.at(at, Math.min(length, 1024), "picture").skip(4);
    String mediaType = in.text((int) Math.min(in.u32(), in.remaining()), StandardCharsets.US_ASCII);
    long description = in.u32();
    long data = in.offset() + description + 20;
    if (description < 512 && data < at + length) {
      tags.cover(data, at + length - data, mediaType);
    }
  }
}
