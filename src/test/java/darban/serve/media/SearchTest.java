package darban.serve.media;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SearchTest {
  @ParameterizedTest
  @CsvSource({
    "holiday, Holiday by the sea.mp4, true",
    "SEA hol, Holiday by the sea.mp4, true",
    "holiday lake, Holiday by the sea.mp4, false",
    "season 2, series/Season.2/Episode_7.mkv, true",
    "cafe, Café.mp4, true",
    "café, cafe.mp4, true",
    "straße, Straße.mp4, true",
    "كتاب, کتاب ها.mp4, true",
    "علي, علی.mp4, true",
    "کتاب‌ها, کتاب ها.mp4, true",
    "2024, فیلم ۲۰۲۴.mp4, true",
    "۲۰۲۴, film 2024.mp4, true",
    "'', any.mp4, true",
  })
  void words_areFound_howeverTheyAreTyped(String words, String path, boolean wanted) {
    Item item = new Item(Item.Kind.VIDEO, path, 1, 1, 1);
    assertEquals(wanted, new Search(words).finds(item));
  }
}
