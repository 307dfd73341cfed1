package darban.media.cmaf;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.media.Fuzz;
import darban.media.MalformedMedia;
import darban.media.MediaFile;
import darban.media.mp4.BoxWriter;
import darban.media.mp4.Faststart;
import darban.media.mp4.Movie;
import darban.media.mp4.MovieHead;
import darban.media.mp4.MovieReader;
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
    MovieReader reader = new MovieReader(bytes.length);
    MediaFile file = MediaFile.of(bytes);
    file.read(reader);
    Faststart faststart = reader.faststart(0);
    faststart.pieces(file.read(faststart.place()));
    Movie movie = reader.movie();
    SegmentPlan plan = SegmentPlan.of(movie.tracks(), 1000);
    for (Segments segments : plan.all()) {
      InitSegment.of(segments);
      segments.bitRate();
      for (int i = 0; i < Math.min(segments.count(), 100); i++) {
        MediaSegment.of(segments, i, 0);
      }
    }
  }

  @Test
  void uploads_changedAtRandom_refusedOrFollowed() throws Exception {
    byte[] upload = film("upload.mp4", SHORT + "-movflags +cmaf+frag_every_frame -write_prft pts");
    Fuzz.run(ROUNDS, 4096, List.of(upload), bytes -> follow(ByteBuffer.wrap(bytes)));
  }

  @Test
  void fragment_thatClaimsEndlessSamples_refusedAtOnce() throws Exception {
    byte[] head = film("head.mp4", SHORT + "-movflags +cmaf+frag_every_frame -t 0.1");
    BoxWriter out = new BoxWriter(1 << 20);
    out.open("moof").open("traf").open("tfhd", 0, 0x2_0018).u32(1).u32(1).u32(0).close();
    for (int i = 0; i < 30_000; i++) {
      out.open("trun", 0, 0).u32(1 << 20).close();
    }
    ByteBuffer fragment = out.close().close().written();
    ByteBuffer all = ByteBuffer.allocate(head.length + fragment.remaining());
    all.put(head).put(fragment).flip();
    long began = System.nanoTime();
    assertThrows(MalformedMedia.class, () -> follow(all.duplicate()));
    assertThrows(MalformedMedia.class, () -> MediaFile.of(all.array()).movie());
    assertTrue(System.nanoTime() - began < 5e9, "soon");
  }

  private static void follow(ByteBuffer bytes) {
    new ChunkParser(
            new ChunkParser.Listener() {
              @Override
              public void init(MovieHead head, ByteBuffer all) {}

              @Override
              public void began(Chunk chunk) {}

              @Override
              public void ended(Chunk chunk, long end) {}
            })
        .accept(bytes);
  }
}
