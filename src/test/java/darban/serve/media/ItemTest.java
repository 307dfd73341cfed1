package darban.serve.media;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ItemTest {
  private static Item film(String path) {
    return new Item(Item.Kind.VIDEO, path, 1, -1, -1);
  }

  @ParameterizedTest
  @CsvSource({
    "a/Holiday by the sea.mp4, Holiday by the sea",
    "The.Long.Film.2019.mkv, The Long Film 2019",
    "Dr. No.mp4, Dr. No",
    "some_film.mp4, some film",
    "فیلم.mp4, فیلم",
  })
  void title_isTheNameInWords(String path, String wanted) {
    assertEquals(wanted, film(path).title());
  }

  @ParameterizedTest
  @CsvSource({
    "a.mp4, '', ./a.mp4/",
    "s/t/a b.mp4, s, ./t/a%20b.mp4/",
    "s/x:y?#%.mp4, s, ./x%3Ay%3F%23%25.mp4/",
  })
  void address_countsFromTheFoldersPage(String path, String folder, String wanted) {
    assertEquals(wanted, film(path).href(folder));
  }

  @ParameterizedTest
  @CsvSource({"a.MP4, VIDEO", "a.flac, SOUND", "a.srt,", "mp4,", ".mp4,", "a.mp4.part,"})
  void kind_isThatOfTheEnding(String name, Item.Kind wanted) {
    assertEquals(wanted, Item.kindOf(name).orElse(null));
  }

  @Test
  void order_isThatOfPeople() {
    List<Item> wanted =
        List.of(
            Item.folder("Zoo"),
            film("a"),
            film("B"),
            film("part 1"),
            film("Part 2"),
            film("part 010"),
            film("part 11"),
            film("part 123456789012345678901234567890"));
    List<Item> items = new ArrayList<>(wanted);
    Collections.shuffle(items, new Random(7));
    items.sort(Natural.ORDER);
    assertEquals(wanted, items);
  }
}
