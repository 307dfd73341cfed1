package darban.media.cmaf;

import darban.media.Language;
import darban.media.mp4.BoxWriter;
import darban.media.mp4.Format;
import darban.media.mp4.Track;
import darban.media.segment.Segments;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Writes the head of CMAF tracks (ISO/IEC 23000-19 §7): what a player needs before their first
 * segment. The same tracks give the same bytes. Pure.
 */
public final class InitSegment {
  private static final int[][] MATRICES = {
    {1, 0, 0, 1}, {0, 1, -1, 0}, {-1, 0, 0, -1}, {0, -1, 1, 0}
  };
  private static final int ONE = 0x10000;

  private InitSegment() {}

  /** The head of one track. */
  public static ByteBuffer of(Segments segments) {
    return of(List.of(segments));
  }

  /** The head of tracks that are in one segment; they are numbered from 1. */
  public static ByteBuffer of(List<Segments> tracks) {
    return head(tracks.stream().map(each -> new Part(each.track(), each.skip())).toList());
  }

  /** The head of a track that is shown from its first sample on. */
  public static ByteBuffer of(Track track) {
    return head(List.of(new Part(track, 0)));
  }

  /** A track, and ticks at its beginning that are not presented. */
  private record Part(Track track, long skip) {
    int timescale() {
      return track.timeline().timescale();
    }
  }

  private static ByteBuffer head(List<Part> tracks) {
    BoxWriter out = new BoxWriter(1024);
    out.open("ftyp").fourCc("iso6").u32(0);
    out.fourCc("iso6").fourCc("cmfc").fourCc("dash").fourCc("mp41").close();
    out.open("moov");
    movieHeader(out, tracks.getFirst().timescale(), tracks.size() + 1);
    for (int i = 0; i < tracks.size(); i++) {
      track(out, tracks.get(i), i + 1);
    }
    out.open("mvex");
    for (int i = 0; i < tracks.size(); i++) {
      out.open("trex", 0, 0).u32(i + 1).u32(1).u32(0).u32(0).u32(0).close();
    }
    return out.close().close().written();
  }

  private static void movieHeader(BoxWriter out, int timescale, int nextTrack) {
    out.open("mvhd", 0, 0).u32(0).u32(0).u32(timescale).u32(0);
    out.u32(ONE).u16(0x100).zeros(10);
    matrix(out, MATRICES[0], 0, 0);
    out.zeros(24).u32(nextTrack).close();
  }

  private static void matrix(BoxWriter out, int[] turn, int right, int down) {
    out.u32((long) turn[0] * ONE).u32((long) turn[1] * ONE).u32(0);
    out.u32((long) turn[2] * ONE).u32((long) turn[3] * ONE).u32(0);
    out.u32((long) right * ONE).u32((long) down * ONE).u32(0x4000_0000);
  }

  private static void track(BoxWriter out, Part part, int number) {
    Track track = part.track();
    out.open("trak").open("tkhd", 0, 7).u32(0).u32(0).u32(number).u32(0).u32(0).zeros(8);
    out.u16(0).u16(track.labels().alternateGroup()).u16(track.isAudio() ? 0x100 : 0).u16(0);
    shape(out, track.format());
    out.close();
    if (part.skip() > 0) {
      out.open("edts").open("elst", 1, 0).u32(1).u64(0).u64(part.skip()).u32(ONE);
      out.close().close();
    }
    out.open("mdia");
    String language = track.labels().language();
    out.open("mdhd", 0, 0).u32(0).u32(0).u32(part.timescale()).u32(0);
    out.u16(packed(Language.threeLetters(language))).u16(0).close();
    out.open("hdlr", 0, 0).u32(0).fourCc(handler(track)).zeros(12);
    out.text(track.labels().name()).close();
    if (language.indexOf('-') > 0) {
      out.open("elng", 0, 0).text(language).close();
    }
    information(out, track);
    out.close().close();
  }

  private static void shape(BoxWriter out, Format format) {
    if (!(format instanceof Format.Video video)) {
      matrix(out, MATRICES[0], 0, 0);
      out.u32(0).u32(0);
      return;
    }
    int width = (int) ((long) video.width() * video.sarWidth() / video.sarHeight());
    int height = video.height();
    switch (video.rotation()) {
      case 90 -> matrix(out, MATRICES[1], height, 0);
      case 180 -> matrix(out, MATRICES[2], width, height);
      case 270 -> matrix(out, MATRICES[3], 0, width);
      default -> matrix(out, MATRICES[0], 0, 0);
    }
    out.u32((long) width * ONE).u32((long) height * ONE);
  }

  private static int packed(String language) {
    int code = 0;
    for (int i = 0; i < 3; i++) {
      code = code << 5 | (language.charAt(i) - 0x60 & 0x1f);
    }
    return code;
  }

  private static String handler(Track track) {
    return switch (track.format()) {
      case Format.Video video -> "vide";
      case Format.Audio audio -> "soun";
      default -> track.codec().fourCc().equals("stpp") ? "subt" : "text";
    };
  }

  private static void information(BoxWriter out, Track track) {
    out.open("minf");
    switch (track.format()) {
      case Format.Video video -> out.open("vmhd", 0, 1).zeros(8).close();
      case Format.Audio audio -> out.open("smhd", 0, 0).zeros(4).close();
      default -> out.open(track.codec().fourCc().equals("stpp") ? "sthd" : "nmhd", 0, 0).close();
    }
    out.open("dinf").open("dref", 0, 0).u32(1).open("url ", 0, 1).close().close().close();
    out.open("stbl");
    out.open("stsd", 0, 0).u32(1).bytes(track.codec().entry()).close();
    out.open("stts", 0, 0).u32(0).close();
    out.open("stsc", 0, 0).u32(0).close();
    out.open("stsz", 0, 0).u32(0).u32(0).close();
    out.open("stco", 0, 0).u32(0).close();
    out.close().close();
  }
}
