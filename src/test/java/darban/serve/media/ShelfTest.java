package darban.serve.media;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import darban.http.Etag;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ShelfTest {
  private final Shelf shelf = new Shelf(2 * Film.EMPTY);

  private static Film.Stamp stamp(String file, String... texts) {
    return new Film.Stamp(new Etag(false, file), Optional.of(String.join(",", texts)));
  }

  private static Film film(String stamp, String... texts) {
    return new Film.Broken(stamp(stamp, texts), "no film");
  }

  @Test
  void full_whatWasNotAskedForLongest_goes() {
    shelf.put("a", film("1"));
    shelf.put("b", film("1"));
    assertNotNull(shelf.get("a", stamp("1")));
    shelf.put("c", film("1"));
    assertNull(shelf.get("b", stamp("1")));
    assertNotNull(shelf.get("a", stamp("1")));
    assertNotNull(shelf.get("c", stamp("1")));
    assertEquals(2 * Film.EMPTY, shelf.weight());
  }

  @Test
  void changedFile_isNotKnown_andTakesThePlaceOfTheOldOne() {
    shelf.put("a", film("1"));
    assertNull(shelf.get("a", stamp("2")));
    shelf.put("a", film("2"));
    assertNotNull(shelf.get("a", stamp("2")));
    assertEquals(Film.EMPTY, shelf.weight());
  }

  @Test
  void changedSubtitles_matterOnlyToWhoAsksForThem() {
    Film film = film("1", "fa");
    shelf.put("a", film);
    assertNull(shelf.get("a", stamp("1", "fa", "en")));
    assertSame(film, shelf.get("a", stamp("1", "fa")));
    assertSame(film, shelf.get("a", new Film.Stamp(new Etag(false, "1"), Optional.empty())));
  }

  @Test
  void tooHeavy_isNotKept_norIsTheOldOne() {
    Shelf small = new Shelf(Film.EMPTY - 1);
    small.put("a", film("1"));
    assertNull(small.get("a", stamp("1")));
    assertEquals(0, small.weight());
  }
}
