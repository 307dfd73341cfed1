package darban.media.cmaf;

import darban.media.Frames;
import darban.media.MediaFile;
import darban.media.mp4.Movie;
import darban.media.mp4.Track;
import darban.media.segment.SegmentPlan;
import darban.media.segment.Segments;
import darban.testkit.Films;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Init segment and segments, one behind the other, decode to what the file decodes to. */
class CmafRoundTripTest {
  /** All segments of a track as one file. */
  static byte[] joined(MediaFile file, Segments segments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(MediaFile.bytes(InitSegment.of(segments)));
    for (int i = 0; i < segments.count(); i++) {
      out.writeBytes(file.bytes(MediaSegment.of(segments, i, 0)));
    }
    return out.toByteArray();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          plain.mp4       |
          front.mp4       | FILM -movflags +faststart
          plain.mov       | FILM
          negative.mp4    | FILM -movflags +negative_cts_offsets
          fragments.mp4   | FILM -movflags +frag_keyframe+empty_moov+default_base_moof
          late-sound.mp4  | -i PLAIN -itsoffset 0.5 -i PLAIN -map 0:v -map 1:a -c copy
          late-film.mp4   | -itsoffset 0.7 -i PLAIN -i PLAIN -map 0:v -map 1:a -c copy
          cut.mp4         | -ss 3 -i PLAIN -c copy
          two-sounds.mp4  | -i PLAIN SINE -map 0:v -map 0:a -map 1:a -c:v copy -c:a:0 copy -c:a:1 aac -ar:a:1 44100
          hevc.mp4        | SHORT -c:v libx265 -x265-params log-level=none:keyint=25:bframes=3 -tag:v hvc1
          av1.mp4         | SHORT -c:v libsvtav1 -preset 12 -g 25
          vp9.mp4         | SHORT -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 25
          opus.mp4        | SINE -c:a libopus -b:a 32k
          flac.mp4        | SINE -c:a flac -strict -2
          ac3.mp4         | SINE -c:a ac3 -b:a 64k
          eac3.mp4        | SINE -c:a eac3 -b:a 64k
          mp3.mp4         | SINE -c:a libmp3lame -b:a 64k
          open-gop.mp4    | OPEN
          """)
  void segments_joined_decodeToTheSameFrames(String name, String made) throws Exception {
    Path film = film(name, made);
    MediaFile file = MediaFile.open(film);
    Movie movie = file.movie();
    SegmentPlan plan = SegmentPlan.of(movie.tracks(), 4000);
    // Where a film is cut between sync samples, what lies before its beginning is shown too.
    double later = plan.laterMillis() / 1000.0;
    for (int i = 0; i < movie.tracks().size(); i++) {
      Track track = movie.tracks().get(i);
      Path joined = Films.file(name + "-" + i + "-joined.mp4", joined(file, plan.all().get(i)));
      // Of the first frame of sound, ffmpeg trims a part in whole files but not in fragments.
      double from = track.isAudio() ? 0.1 : 0;
      // What begins late is seen or silent until then.
      double late = later + (double) track.presentedAt(0) / track.timeline().timescale();
      from += late > 0 ? late - later + 0.03 : 0;
      List<Frames> wanted = Frames.of("-i " + film, "0:" + i, from);
      Frames.assertSame(wanted, Frames.of("-i " + joined, "0:0", later + from), later);
    }
  }

  static Path film(String name, String made) throws Exception {
    if (made == null) {
      return Films.plain();
    }
    String sine = "-f lavfi -i sine=frequency=330:duration=6";
    return Films.make(
        name,
        made.replace("OPEN", Films.PICTURES + Films.AVC + "-x264-params open-gop=1")
            .replace("FILM", "-i PLAIN -map 0 -c copy")
            .replace("SHORT", "-f lavfi -i testsrc2=size=160x120:rate=25:duration=4")
            .replace("SINE", sine)
            .replace("PLAIN", Films.plain().toString()));
  }
}
