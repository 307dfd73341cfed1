package darban.media.cmaf;

import darban.media.Fuzz;
import darban.media.MediaFile;
import darban.media.mp4.Movie;
import darban.media.mp4.MovieHead;
import darban.media.segment.SegmentPlan;
import darban.media.segment.Segments;
import darban.testkit.Films;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Files and uploads changed at random: refused, or read and cut to the end. */
class Mp4FuzzTest {
  private static final int ROUNDS = Integer.getInteger("darban.rounds", 2_000);
  private static final String SHORT = "-t 3 -map 0:v -map 0:a -c copy ";

  private static byte[] film(String name, String options) throws Exception {
    return Files.readAllBytes(Films.make("fuzz-" + name, "-i " + Films.plain() + " " + options));
  }

  @Test
  void files_changedAtRandom_refusedOrCut() throws Exception {
    List<byte[]> seeds = new ArrayList<>();
    seeds.add(film("front.mp4", SHORT + "-movflags +faststart"));
    seeds.add(film("end.mp4", SHORT));
    seeds.add(film("quick.mov", SHORT + "-metadata title=x"));
    seeds.add(film("parts.mp4", SHORT + "-movflags +dash+global_sidx -frag_duration 500000"));
    seeds.add(film("opus.mp4", "-t 2 -map 0:a -c:a libopus"));
    Fuzz.run(ROUNDS, 4096, seeds, Mp4FuzzTest::readAndCut);
  }

  private static void readAndCut(byte[] bytes) {
    MediaFile file = MediaFile.of(bytes);
    Movie movie = file.movie();
    SegmentPlan plan = SegmentPlan.of(movie.tracks(), 1000);
    for (Segments segments : plan.all()) {
      InitSegment.of(segments);
      segments.peakBitRate();
      for (int i = 0; i < Math.min(segments.count(), 100); i++) {
        MediaSegment.of(segments, i, 0);
      }
    }
  }

  @Test
  void uploads_changedAtRandom_refusedOrFollowed() throws Exception {
    byte[] upload = film("upload.mp4", SHORT + "-movflags +cmaf+frag_every_frame -write_prft pts");
    Fuzz.run(
        ROUNDS,
        4096,
        List.of(upload),
        bytes ->
            new ChunkParser(
                    new ChunkParser.Listener() {
                      @Override
                      public void init(MovieHead head, ByteBuffer all) {}

                      @Override
                      public void began(Chunk chunk) {}

                      @Override
                      public void ended(Chunk chunk, long end) {}
                    })
                .accept(ByteBuffer.wrap(bytes)));
  }
}
