package darban.media.library;

import darban.media.Cursor;
import darban.media.MalformedMedia;
import darban.media.MpegFrame;
import darban.media.library.MediaInfo.Container;
import darban.media.library.MediaInfo.TrackInfo;
import darban.media.mp4.Format;
import darban.media.text.TextEncoding;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Reads MP3: tags before and behind the sound, and how long it is from the first frame, which may
 * hold a count of all (Xing, Info or VBRI). Confined to one thread.
 */
final class Mp3Info {
  private static final int OLD_TAG = 128;
  private static final int SEARCHED = 32 << 10;
  private static final String[] OLD_FIELDS = {"title", "artist", "album", "date"};

  private final Source source;
  private final TagText tags = new TagText();

  Mp3Info(Source source) {
    this.source = source;
  }

  MediaInfo read() {
    long start = Id3.read(source, tags);
    if (start + 4 <= source.length() && source.at(start, 4, "MP3").fourCc().equals("fLaC")) {
      return new FlacInfo(source).read(start);
    }
    Cursor search = source.at(start, SEARCHED, "MP3");
    ByteBuffer bytes = search.rest();
    for (int at = 0; at + 4 <= bytes.limit(); at++) {
      MpegFrame frame = MpegFrame.read(bytes.getInt(at));
      if (frame != null && followed(frame, bytes, at)) {
        oldTag();
        long millis = millis(frame, start + at);
        Format.Audio format = new Format.Audio(frame.channels(), frame.rate());
        TrackInfo track = new TrackInfo("mp3", format, "und", "", true);
        return new MediaInfo(Container.MP3, millis, List.of(track), tags.tags());
      }
    }
    throw new MalformedMedia("MP3: there is no sound in it");
  }

  /** Whether another frame follows where it should, as far as that is seen. */
  private static boolean followed(MpegFrame frame, ByteBuffer bytes, int at) {
    int next = at + frame.size();
    return next + 4 > bytes.limit() || MpegFrame.read(bytes.getInt(next)) != null;
  }

  private long millis(MpegFrame frame, long at) {
    long frames = counted(frame, at);
    if (frames > 0) {
      return frames * frame.samples() * 1000 / frame.rate();
    }
    return (source.length() - at) * 8 / Math.max(1, frame.bitRate());
  }

  /** How many frames there are, if the first one tells; else 0. */
  private long counted(MpegFrame frame, long at) {
    Cursor xing = source.at(at + 4 + frame.sideSize(), 12, "MP3");
    if (xing.remaining() == 12) {
      String name = xing.fourCc();
      int flags = xing.i32();
      if ((name.equals("Xing") || name.equals("Info")) && (flags & 1) != 0) {
        return xing.u32();
      }
    }
    Cursor vbri = source.at(at + 36, 18, "MP3");
    return vbri.remaining() == 18 && vbri.fourCc().equals("VBRI") ? vbri.skip(10).u32() : 0;
  }

  /** The tag of fixed length at the end; what was told in front counts more. */
  private void oldTag() {
    if (source.length() < OLD_TAG) {
      return;
    }
    Cursor in = source.at(source.length() - OLD_TAG, OLD_TAG, "MP3");
    byte[] name = in.copy(3);
    if (name[0] == 'T' && name[1] == 'A' && name[2] == 'G') {
      for (String field : OLD_FIELDS) {
        tags.put(field, TextEncoding.field(in.copy(field.equals("date") ? 4 : 30)));
      }
    }
  }
}
