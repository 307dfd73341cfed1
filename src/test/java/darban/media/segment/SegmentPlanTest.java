package darban.media.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.media.mp4.Movie;
import darban.media.mp4.SyntheticMovie;
import darban.media.mp4.Track;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SegmentPlanTest {
  /** Sync samples: all each frames, or those that are listed. */
  private static int[] syncs(String text, int count) {
    if (text.startsWith("every ")) {
      int each = Integer.parseInt(text.substring(6));
      return IntStream.iterate(0, i -> i < count, i -> i + each).toArray();
    }
    return text.isEmpty()
        ? new int[0]
        : Arrays.stream(text.split(" ")).mapToInt(Integer::parseInt).toArray();
  }

  private static String seconds(Segments segments) {
    return IntStream.range(0, segments.count())
        .mapToObj(i -> text((double) segments.duration(i) / segments.timescale()))
        .collect(Collectors.joining(" "));
  }

  private static String text(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }

  /** Pictures, 25 a second: where they are cut for a wished length in milliseconds. */
  @ParameterizedTest(name = "{0} frames, {1}, {2} ms")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          250 | every 50       | 4000 | 4 4 2
          250 | every 50       | 5000 | 6 4
          250 | every 50       | 6000 | 6 4
          250 | every 25       | 6000 | 6 4
          250 | every 1        | 4000 | 4 4 2
          250 | every 250      | 4000 | 10
          500 | every 250      | 4000 | 10 10
          250 | ''             | 4000 | 10
          250 | 0 98 212       | 4000 | 3.92 4.56 1.52
          250 | 0 10 20 30 120 | 4000 | 4.8 5.2
          250 | 0 60 149       | 4000 | 2.4 3.56 4.04
          250 | 7 107          | 4000 | 4.28 5.72
          1   | 0              | 4000 | 0.04
          """)
  void pictures_cutNearTheWish_onSyncSamplesOnly(
      int frames, String syncs, int wish, String lengths) {
    for (boolean reordered : new boolean[] {false, true}) {
      Movie movie =
          SyntheticMovie.begin().pictures(frames, reordered, syncs(syncs, frames)).movie();
      Track track = movie.tracks().getFirst();
      Segments segments = SegmentPlan.of(List.of(track), wish).all().getFirst();
      if (!reordered) {
        assertEquals(lengths, seconds(segments));
      }
      assertEquals(0, segments.first(0));
      assertEquals(frames, segments.end(segments.count() - 1));
      for (int i = 1; i < segments.count(); i++) {
        assertTrue(track.samples().isSync(segments.first(i)), "segment " + i);
        assertEquals(i, segments.at(segments.start(i)));
        assertEquals(i - 1, segments.at(segments.start(i) - 1));
      }
    }
  }

  /** Sound after pictures of ten seconds cut every four: how many frames each segment has. */
  @ParameterizedTest(name = "{0} frames of sound")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          469  | 188 187 94
          400  | 188 187 25
          180  | 180
          188  | 188
          189  | 188 1
          500  | 188 187 125
          1000 | 188 187 94 188 187 156
          """)
  void sound_followsPictures_goesOnByTime(int frames, String counts) {
    Movie movie =
        SyntheticMovie.begin().pictures(250, false, syncs("every 50", 250)).sound(frames).movie();
    Segments sound = SegmentPlan.of(movie.tracks(), 4000).all().get(1);
    assertEquals(counts, counts(sound));
    assertEquals(frames, sound.end(sound.count() - 1));
  }

  private static String counts(Segments segments) {
    return IntStream.range(0, segments.count())
        .mapToObj(i -> Integer.toString(segments.end(i) - segments.first(i)))
        .collect(Collectors.joining(" "));
  }

  @Test
  void sound_alone_cutByTime() {
    Movie movie = SyntheticMovie.begin().sound(1000).movie();
    Segments sound = SegmentPlan.of(movie.tracks(), 4000).all().getFirst();
    assertEquals("188 187 188 187 250", counts(sound));
    assertEquals(1000L * 1024, sound.start(sound.count()));
  }

  /** Several bit rates: the cuts of each and whether they are the same. */
  @ParameterizedTest(name = "{0} with {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          every 50  | every 50  | true  | 4 4 2 | 4 4 2
          every 50  | every 25  | true  | 4 4 2 | 4 4 2
          every 25  | every 50  | true  | 4 4 2 | 4 4 2
          every 50  | every 75  | true  | 6 4   | 6 4
          0 100 200 | 0 99 203  | false | 4 4 2 | 3.96 4.16 1.88
          every 100 | every 250 | false | 4 4 2 | 10
          """)
  void bitRates_commonSyncSamples_cutAlike(
      String one, String other, boolean aligned, String cuts, String otherCuts) {
    Movie movie =
        SyntheticMovie.begin()
            .pictures(250, false, syncs(one, 250))
            .pictures(250, false, syncs(other, 250))
            .movie();
    SegmentPlan plan = SegmentPlan.of(movie.tracks(), 4000);
    assertEquals(
        Stream.of(cuts, otherCuts).toList(),
        plan.all().stream().map(SegmentPlanTest::seconds).toList());
    assertEquals(aligned, plan.aligned());
  }

  @Test
  void rates_ofSegments_coverTheBusiest() {
    Movie movie = SyntheticMovie.begin().sound(1000).movie();
    Segments sound = SegmentPlan.of(movie.tracks(), 4000).all().getFirst();
    double busiest = 0;
    for (int i = 0; i < sound.count(); i++) {
      busiest = Math.max(busiest, 8.0 * sound.bytes(i) * 48_000 / sound.duration(i));
    }
    assertTrue(sound.bitRate().peak() >= busiest);
    assertTrue(sound.bitRate().average() <= sound.bitRate().peak());
  }
}
