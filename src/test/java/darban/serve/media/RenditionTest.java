package darban.serve.media;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RenditionTest {
  private static final List<String> NAMES =
      List.of(
          "film-720p.mp4",
          "film-360p.mp4",
          "film-1080p.mov",
          "film.mp4",
          "other-720p.mp4",
          "720p.mp4",
          "240p.MP4",
          "film-720p.fa.srt");

  @ParameterizedTest
  @CsvSource({
    "film-720p.mp4, film-360p.mp4 film-720p.mp4 film-1080p.mov",
    "film-360p.mp4, film-360p.mp4 film-720p.mp4 film-1080p.mov",
    "other-720p.mp4, other-720p.mp4",
    "720p.mp4, 240p.MP4 720p.mp4",
    "film.mp4, film.mp4",
    "gone-720p.mp4, gone-720p.mp4",
  })
  void set_isOfThoseThatDifferInSizeOnly_smallOnesFirst(String name, String wanted) {
    assertEquals(wanted, String.join(" ", Rendition.set(name, NAMES)));
  }

  @Test
  void list_hasTheLargestOfASet() {
    List<Item> items =
        NAMES.stream()
            .filter(each -> Item.kindOf(each).isPresent())
            .map(each -> new Item(Item.Kind.VIDEO, "a/" + each, 1, 1, 1))
            .toList();
    assertEquals(
        List.of("a/film-1080p.mov", "a/film.mp4", "a/other-720p.mp4", "a/720p.mp4"),
        Rendition.folded(items).stream().map(Item::path).toList());
  }

  @ParameterizedTest
  @CsvSource({
    "film-720p.fa.srt, film-720p.mp4, true",
    "film.fa.srt, film-720p.mp4, true",
    "film.srt, film-720p.mp4, true",
    "film-360p.fa.srt, film-720p.mp4, false",
    "film.fa.srt, film.mp4, true",
    "films.fa.srt, film.mp4, false",
    "film.fa.txt, film.mp4, false",
  })
  void subtitles_areOfOneSizeOrAll(String name, String film, boolean wanted) {
    assertEquals(wanted, Texts.beside(film).test(name));
  }

  @ParameterizedTest
  @CsvSource({"a/film-720p.mp4, film", "Holiday/720p.mp4, Holiday", "720p.mp4, 720p"})
  void title_isWithoutTheSize(String path, String wanted) {
    assertEquals(wanted, new Item(Item.Kind.VIDEO, path, 1, 1, 1).title());
  }
}
