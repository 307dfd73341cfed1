package darban.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import darban.media.Span;
import darban.media.mp4.Movie;
import darban.media.mp4.MovieReader;
import darban.media.mp4.SampleTable;
import darban.media.mp4.Track;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The film of a rehearsal, held against the one that it repeats. */
class LongFilmTest {
  private static final int TIMES = 7;

  private static byte[] clock() throws IOException {
    try (InputStream film = Main.class.getResourceAsStream("/darban/demo/clock.mp4")) {
      return Objects.requireNonNull(film).readAllBytes();
    }
  }

  private static Movie movie(byte[] film) {
    MovieReader reader = new MovieReader(film.length);
    while (!reader.wanted().isEmpty()) {
      Span wanted = reader.wanted().getFirst();
      reader.accept(
          wanted.offset(),
          ByteBuffer.wrap(film, (int) wanted.offset(), (int) wanted.length()).slice());
    }
    return reader.movie();
  }

  @Test
  void film_isShownOverAndOver() throws IOException {
    byte[] once = clock();
    List<Track> shown = movie(once).tracks();
    List<Track> repeated = movie(LongFilm.of(once, TIMES)).tracks();
    assertEquals(shown.size(), repeated.size());
    for (int i = 0; i < shown.size(); i++) {
      SampleTable one = shown.get(i).samples();
      SampleTable all = repeated.get(i).samples();
      assertEquals(one.count() * TIMES, all.count());
      assertEquals(one.duration() * TIMES, all.duration());
      for (int sample = 0; sample < all.count(); sample++) {
        int same = sample % one.count();
        assertEquals(one.size(same), all.size(sample));
        assertEquals(one.offset(same), all.offset(sample));
        assertEquals(one.composition(same), all.composition(sample));
        assertEquals(one.isSync(same), all.isSync(sample));
      }
    }
  }
}
