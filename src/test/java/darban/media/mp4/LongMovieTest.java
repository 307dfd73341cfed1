package darban.media.mp4;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.media.cmaf.MediaSegment;
import darban.media.segment.SegmentPlan;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Two hours: 173,000 pictures and 340,000 frames of sound. */
class LongMovieTest {
  private static final int PICTURES = 173_000;
  private static final int SOUNDS = 340_000;

  @Test
  void head_ofTwoHours_readSoonIntoLittle() {
    byte[] head =
        SyntheticMovie.begin()
            .pictures(PICTURES, true, IntStream.range(0, PICTURES / 50).map(i -> i * 50).toArray())
            .sound(SOUNDS)
            .head();
    long best = Long.MAX_VALUE;
    long bestCut = Long.MAX_VALUE;
    Movie movie = SyntheticMovie.read(head);
    for (int round = 0; round < 20; round++) {
      long began = System.nanoTime();
      movie = SyntheticMovie.read(head);
      long read = System.nanoTime();
      SegmentPlan plan = SegmentPlan.of(movie.tracks(), 4000);
      MediaSegment.of(plan.all().getFirst(), 900, 0);
      best = Math.min(best, read - began);
      bestCut = Math.min(bestCut, System.nanoTime() - read);
    }
    assertEquals(PICTURES, movie.videos().getFirst().samples().count());
    assertTrue(best < 200_000_000, "read in " + best + " ns");
    long weight = movie.tracks().stream().mapToLong(each -> each.samples().weight()).sum();
    assertTrue(weight < 2 << 20, weight + " bytes");
  }
}
