package darban.media.library;

import darban.media.Bits;
import darban.media.Cursor;
import darban.media.MalformedMedia;
import darban.media.library.MediaInfo.Container;
import darban.media.library.MediaInfo.TrackInfo;
import darban.media.mp4.Format;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads Ogg (RFC 3533) with Vorbis, Opus (RFC 7845) or FLAC in it; of pictures it tells that they
 * are there. Confined to one thread.
 */
final class OggInfo {
  private static final int HEADER = 27;
  private static final int MOST_PAGES = 64;
  private static final int MOST_COMMENTS = 128 << 10;
  private static final int TAIL = 64 << 10;
  private static final int FIRST_OF_STREAM = 2;

  private final Source source;
  private final TagText tags = new TagText();
  private final List<TrackInfo> tracks = new ArrayList<>();
  private final ByteArrayOutputStream comments = new ByteArrayOutputStream();
  private int serial;
  private int rate;
  private int skipped;
  private boolean commentsDone;

  OggInfo(Source source) {
    this.source = source;
  }

  MediaInfo read() {
    long at = 0;
    for (int i = 0; i < MOST_PAGES && !commentsDone && at + HEADER <= source.length(); i++) {
      at = page(at);
    }
    if (tracks.isEmpty()) {
      throw new MalformedMedia("Ogg: it has nothing in it that is known");
    }
    commentsRead();
    long samples = Math.max(0, lastPosition() - skipped);
    long millis = rate == 0 ? 0 : (long) (samples * 1000.0 / rate);
    return new MediaInfo(Container.OGG, millis, tracks, tags.tags());
  }

  /** Reads a page; where the next one begins. */
  private long page(long at) {
    Cursor in = source.at(at, HEADER, "Ogg");
    if (!in.fourCc().equals("OggS")) {
      throw new MalformedMedia("Ogg: a page does not begin as it should");
    }
    boolean first = (in.skip(1).u8() & FIRST_OF_STREAM) != 0;
    int of = in.skip(8).i32();
    int segments = in.skip(8).u8();
    Cursor lengths = source.at(at + HEADER, segments, "Ogg");
    int body = 0;
    int packet = 0;
    boolean ended = false;
    while (lengths.hasMore()) {
      int length = lengths.u8();
      body += length;
      packet += ended ? 0 : length;
      ended |= length < 255;
    }
    long start = at + HEADER + segments;
    if (first) {
      begins(of, source.at(start, Math.min(body, 64), "Ogg"));
    } else if (of == serial && rate > 0) {
      comments.writeBytes(copy(source.at(start, packet, "Ogg")));
      commentsDone = ended || comments.size() > MOST_COMMENTS;
    }
    return start + body;
  }

  private static byte[] copy(Cursor in) {
    return in.copy(in.remaining());
  }

  /** The first packet of a stream says what it is. */
  private void begins(int of, Cursor in) {
    String magic = in.duplicate().text(Math.min(in.remaining(), 8), StandardCharsets.ISO_8859_1);
    if (magic.equals("OpusHead")) {
      in.skip(9);
      int channels = in.u8();
      skipped = in.le16();
      sound(of, TrackInfo.sound("opus", channels, 48_000));
    } else if (magic.startsWith("\u0001vorbis")) {
      in.skip(11);
      int channels = in.u8();
      sound(of, TrackInfo.sound("vorbis", channels, (int) Math.min(in.le32(), 1 << 24)));
    } else if (magic.startsWith("\u007fFLAC")) {
      ByteBuffer stream = in.skip(17).rest();
      Bits bits = Bits.over(stream, "FLAC").skip(80);
      int hertz = bits.read(20);
      sound(of, TrackInfo.sound("flac", bits.read(3) + 1, hertz));
    } else if (magic.startsWith("\u0080theora")) {
      in.skip(10);
      Format pictures =
          new Format.Video(in.u16() * 16, in.u16() * 16, 1, 1, 0, Format.VideoRange.SDR);
      tracks.add(new TrackInfo("theora", pictures, "und", "", true));
    }
  }

  private void sound(int of, TrackInfo track) {
    tracks.add(track);
    if (rate == 0 && track.format() instanceof Format.Audio audio) {
      serial = of;
      rate = audio.rate();
    }
  }

  /** Behind the words that say what they are, comments of all kinds are alike. */
  private void commentsRead() {
    byte[] packet = comments.toByteArray();
    int start =
        begins(packet, "OpusTags")
            ? 8
            : begins(packet, "\u0003vorbis") ? 7 : packet.length > 4 ? 4 : 0;
    if (packet.length > start + 8) {
      tags.vorbisComments(Cursor.over(packet, "comments").skip(start));
    }
  }

  private static boolean begins(byte[] packet, String word) {
    return new String(
            packet, 0, Math.min(packet.length, word.length()), StandardCharsets.ISO_8859_1)
        .equals(word);
  }

  /** The samples that have gone by at the last page of the stream. */
  private long lastPosition() {
    long start = Math.max(0, source.length() - TAIL);
    ByteBuffer tail = source.at(start, TAIL, "Ogg").rest();
    for (int i = tail.limit() - HEADER; i >= 0; i--) {
      boolean page = tail.get(i) == 'O' && tail.get(i + 1) == 'g' && tail.getShort(i + 2) == 0x6753;
      if (page && tail.getInt(i + 14) == serial) {
        return Long.reverseBytes(tail.getLong(i + 6));
      }
    }
    return 0;
  }
}
