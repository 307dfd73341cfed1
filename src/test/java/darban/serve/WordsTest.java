package darban.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import darban.http.Fields;
import darban.http.Method;
import darban.http.RequestHead;
import darban.http.Target;
import darban.http.Version;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WordsTest {
  private static Words words(String path, String... fields) {
    return Words.of(
        new RequestHead(
            Version.HTTP_1_1, Method.GET, Target.origin(path), "h", Fields.of(fields), null));
  }

  @ParameterizedTest
  @CsvSource({
    "/, '', '', en",
    "/, fa, '', fa",
    "/, 'de, fa-IR;q=0.8, en;q=0.5', '', fa",
    "/, 'de, ru', '', en",
    "/, ';;;', '', en",
    "/, fa, darban-language=en, en",
    "/, fa, 'a=b; darban-language=fa', fa",
    "/, en, darban-language=<b>, en",
    "/?lang=fa, en, darban-language=en, fa",
    "/?lang=xx, fa, '', en",
  })
  void language_isTheReadersChoice_elseTheBrowsers(
      String path, String accepted, String cookie, String wanted) {
    assertEquals(wanted, words(path, "Accept-Language", accepted, "Cookie", cookie).language());
  }

  @Test
  void languages_sayTheSameThings() throws IOException {
    Properties english = properties("en");
    Properties persian = properties("fa");
    assertEquals(english.stringPropertyNames(), persian.stringPropertyNames());
    for (String key : english.stringPropertyNames()) {
      assertEquals(
          english.getProperty(key).contains("{0}"), persian.getProperty(key).contains("{0}"), key);
    }
  }

  private static Properties properties(String language) throws IOException {
    Properties texts = new Properties();
    try (InputStream in = Words.class.getResourceAsStream(language + ".properties")) {
      texts.load(Objects.requireNonNull(in));
    }
    return texts;
  }

  @ParameterizedTest
  @CsvSource({"0, 0:00", "499, 0:00", "65000, 1:05", "3599600, 1:00:00", "45296000, 12:34:56"})
  void clock_isThatOfPlayers(long millis, String wanted) {
    assertEquals(wanted, words("/").clock(millis));
  }

  @Test
  void numbers_areThoseOfTheLanguage() {
    assertEquals("۱:۰۵", words("/?lang=fa").clock(65_000));
  }

  @Test
  void value_isEscaped() {
    assertEquals(
        "Results for “<bdi>&lt;b&gt; &amp; &quot;c&quot;</bdi>”",
        words("/").say("searched", "<b> & \"c\""));
    assertThrows(IllegalArgumentException.class, () -> words("/").say("no such thing"));
  }
}
