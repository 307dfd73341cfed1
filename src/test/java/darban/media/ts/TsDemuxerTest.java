package darban.media.ts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.media.MediaFile;
import darban.media.ts.Demuxed.Sample;
import darban.testkit.Films;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TsDemuxerTest {
  /** Two ticks of 1/90000 and one of any sound: what rounding costs. */
  private static final long ROUNDED = 45;

  private static byte[] ffmpeg(String name, String arguments) throws Exception {
    return Files.readAllBytes(Films.make(name, arguments));
  }

  /** The same samples, in the same order, at the same times but for a constant shift. */
  private static void assertSame(List<Sample> wanted, List<Sample> found, long shift) {
    assertEquals(wanted.size(), found.size(), "samples");
    for (int i = 0; i < wanted.size(); i++) {
      Sample one = wanted.get(i);
      Sample other = found.get(i);
      assertEquals(one.bytes(), other.bytes(), "sample " + i);
      assertEquals(one.sync(), other.sync(), "sample " + i);
      long apart = other.shown() - one.shown() - shift;
      assertTrue(Math.abs(apart) <= ROUNDED, "sample " + i + " is " + apart + " us off");
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          aac  | 0 | -i PLAIN -map 0 -c copy
          mp3  | 0 | -i PLAIN -map 0 -c:v copy -c:a libmp3lame -b:a 64k
          ac3  | 0 | -i PLAIN -map 0 -c:v copy -c:a ac3 -b:a 96k
          eac3 | 0 | -i PLAIN -map 0 -c:v copy -c:a eac3 -b:a 96k
          mp2  | 0 | -i PLAIN -map 0 -c:v copy -c:a mp2 -b:a 96k -ar 44100
          hevc | 0 | -i PLAIN -map 0 -c:v libx265 -preset ultrafast -x265-params log-level=none:info=0:keyint=50:bframes=2:open-gop=0 -tag:v hvc1 -c:a copy
          wrap | 95440 | -i PLAIN -map 0 -c copy
          """)
  void ffmpegsStream_hasTheSamplesOfTheFilm(String name, int later, String made) throws Exception {
    String arguments = made.replace("PLAIN", Films.plain().toString());
    String copied = " -output_ts_offset " + later + " ";
    MediaFile film = MediaFile.open(Films.make("demux-" + name + ".mp4", arguments));
    String again = "-i " + Films.make("demux-" + name + ".mp4", arguments) + " -map 0 -c copy";
    byte[] stream = ffmpeg("demux-" + name + ".ts", again + copied);
    Demuxed found = Demuxed.of(stream);
    assertEquals(2, found.tracks.size());
    List<Sample> pictures = Demuxed.samples(film, film.movie().tracks().get(0));
    List<Sample> sounds = Demuxed.samples(film, film.movie().tracks().get(1));
    long shift = found.samples("video").getFirst().shown() - pictures.getFirst().shown();
    assertSame(pictures, found.samples("video"), shift);
    assertSame(sounds, found.samples("audio"), shift);
    assertEquals(film.movie().tracks().get(0).codec().name(), found.track("video").codec().name());
    assertEquals(film.movie().tracks().get(1).codec().name(), found.track("audio").codec().name());
    assertEquals(film.movie().tracks().get(0).format(), found.track("video").format());
    assertEquals(film.movie().tracks().get(1).format(), found.track("audio").format());
  }
}
