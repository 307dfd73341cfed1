package darban.media.library;

import darban.media.Cursor;
import darban.media.MalformedMedia;
import darban.media.library.MediaInfo.Container;
import darban.media.library.MediaInfo.TrackInfo;
import darban.media.text.TextEncoding;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads WAV: chunks of RIFF. Confined to one thread. */
final class WavInfo {
  private static final int MOST_CHUNKS = 128;
  private static final int MOST_TEXTS = 16 << 10;
  private static final Map<String, String> NAMES =
      Map.of("INAM", "title", "IART", "artist", "IPRD", "album", "ICRD", "date", "IGNR", "genre");

  private final Source source;
  private final TagText tags = new TagText();
  private @Nullable TrackInfo track;
  private long bytesPerSecond;
  private long sound;

  WavInfo(Source source) {
    this.source = source;
  }

  MediaInfo read() {
    long at = 12;
    for (int i = 0; i < MOST_CHUNKS && at + 8 <= source.length(); i++) {
      Cursor header = source.at(at, 8, "WAV");
      String type = header.fourCc();
      long length = Math.min(header.le32(), source.length() - at - 8);
      switch (type) {
        case "fmt " -> format(source.at(at + 8, Math.min(length, 16), "WAV"));
        case "data" -> sound = length;
        case "LIST" -> list(source.at(at + 8, Math.min(length, MOST_TEXTS), "WAV"));
        default -> {}
      }
      at += 8 + length + (length & 1);
    }
    if (track == null || bytesPerSecond == 0) {
      throw new MalformedMedia("WAV: it does not say how it is coded");
    }
    return new MediaInfo(Container.WAV, sound * 1000 / bytesPerSecond, List.of(track), tags.tags());
  }

  private void format(Cursor in) {
    int codec = in.le16();
    int channels = in.le16();
    int rate = (int) Math.min(in.le32(), Integer.MAX_VALUE);
    bytesPerSecond = in.le32();
    boolean plain = codec == 1 || codec == 3 || codec == 0xfffe;
    track = TrackInfo.sound(plain ? "1" : Integer.toHexString(codec), channels, rate);
  }

  private void list(Cursor in) {
    if (in.remaining() < 4 || !in.fourCc().equals("INFO")) {
      return;
    }
    while (in.remaining() >= 8) {
      String name = in.fourCc();
      long length = Math.min(in.le32(), in.remaining());
      String text = TextEncoding.field(in.copy((int) length));
      if (NAMES.containsKey(name)) {
        tags.put(NAMES.get(name), text);
      }
      in.skip(Math.min(length & 1, in.remaining()));
    }
  }
}
