package darban.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.testkit.Browser;
import darban.testkit.DarbanProcess;
import darban.testkit.Films;
import darban.testkit.Program;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Chromium looks for a film in a library of a thousand, watches it, and comes back to it. */
class C19LibraryIT {
  private static final String FILM = "Series/Season 1/The long one.mp4";
  private static final String SUBTITLES = "1\n00:00:00,000 --> 00:01:00,000\n";

  private static final String KEY = "0123456789abcdef0123456789abcdef";

  @TempDir static Path folder;

  @SuppressWarnings("NullAway.Init")
  private static DarbanProcess darban;

  @SuppressWarnings("NullAway.Init")
  private static Browser shared;

  @BeforeAll
  static void start() throws Exception {
    Path films = Files.createDirectory(folder.resolve("films"));
    Path film = films.resolve(FILM);
    Files.createDirectories(Objects.requireNonNull(film.getParent()));
    Path made =
        Films.make(
            "long.mp4",
            "-stream_loop 4 -i "
                + Films.plain()
                + " -map 0:v -map 0:a -map 0:a -c copy "
                + "-metadata:s:a:0 language=eng -metadata:s:a:1 language=fas");
    Files.copy(made, film);
    Files.writeString(film.resolveSibling("The long one.fa.srt"), SUBTITLES + "سلام");
    Files.writeString(film.resolveSibling("The long one.en.srt"), SUBTITLES + "hello");
    Path plain = Films.plain();
    Path others = Files.createDirectory(films.resolve("Others"));
    Files.copy(Films.plain("plain.mkv", ""), others.resolve("film.mkv"));
    Files.copy(
        Films.make("plain.webm", "-i " + plain + " -c:v libvpx -deadline realtime -c:a libopus"),
        others.resolve("film.webm"));
    Files.copy(
        Films.make("song.mp3", Films.TONE + "-metadata title=Song -c:a libmp3lame"),
        others.resolve("song.mp3"));
    Files.copy(
        Films.make("song.flac", Films.TONE + "-metadata title=Song -c:a flac"),
        others.resolve("song.flac"));
    for (int i = 1; i <= 1000; i++) {
      Files.createLink(films.resolve("Film " + i + ".mp4"), plain);
    }
    darban =
        DarbanProcess.start(
            folder,
            """
            listeners: { plain: { address: "127.0.0.1:0" } }
            sites:
              "*":
                routes:
                  - { match: { path: "/v/*" }, media: films }
                  - { match: { path: "/friends/*" }, media: films, signed-urls: { keys: { k1: %s } } }
            media: { films: { root: films, browse: true } }
            log: { access: off }
            """
                .formatted(KEY));
    shared = Browser.start(folder.resolve("shared"), "--window-size=1200,900");
  }

  @AfterAll
  static void end() {
    shared.close();
    darban.close();
  }

  private static String url(String path) throws Exception {
    return "http://127.0.0.1:" + darban.port("plain") + "/v/" + path;
  }

  private static void press(Browser.Page page, String key) throws Exception {
    page.value(
        "document.body.dispatchEvent(new KeyboardEvent('keydown', { key: '%s', bubbles: true }))"
            .formatted(key));
  }

  private static void choose(Browser.Page page, String select, String text) throws Exception {
    page.until(
        "[...document.getElementById('%s').options].some((o) => o.text === '%s')"
            .formatted(select, text));
    page.value(
        """
        { const select = document.getElementById('%s');
          select.value = [...select.options].find((o) => o.text === '%s').value;
          select.dispatchEvent(new Event('change')); }
        """
            .formatted(select, text));
  }

  /** A number that a page gives; the page is in pieces while it changes. */
  private static final String TIME = "document.querySelector('video').currentTime";

  @Test
  void film_isFound_played_sought_read_andResumed() throws Exception {
    try (Browser browser = Browser.start(folder.resolve("desk"), "--window-size=1280,860")) {
      Browser.Page page = browser.page();
      page.open(url(""));
      assertEquals(1000, page.number("document.querySelectorAll('.card').length"));
      // Pictures come by ffmpeg, lengths as cards come into sight.
      page.until("document.querySelector('.card img').naturalWidth === 480");
      page.until("document.querySelector('.card .time').textContent === '0:12'");
      page.value(
          "{ const q = document.getElementById('q'); q.value = 'LONG one';"
              + " q.dispatchEvent(new Event('input')); }");
      page.until("document.querySelectorAll('#results .card').length === 1");
      assertTrue(page.text("location.search").startsWith("?q=LONG"));
      page.value("document.querySelector('#results .card a').click()");

      page.until("document.querySelector('video') && " + TIME + " > 0.5");
      assertTrue(page.text("document.querySelector('video').currentSrc").startsWith("blob:"));
      choose(page, "sound", "Persian");
      choose(page, "subtitles", "فارسی");
      page.until(
          "[...document.querySelector('video').textTracks].some((t) => t.mode === 'showing'"
              + " && t.activeCues?.length && t.activeCues[0].text === 'سلام')");
      press(page, "ArrowRight");
      press(page, "l");
      page.until(TIME + " > 20 && document.querySelector('video').readyState > 2");
      press(page, "k");
      page.until("document.querySelector('video').paused");
      double left = page.number(TIME);

      page.open(url(""));
      page.until("!document.getElementById('continue').hidden");
      // A text is shown once the page was laid out.
      page.until("document.querySelector('#continue .name').innerText === 'The long one'");
      page.value("document.querySelector('#continue .card a').click()");
      page.until("document.querySelector('video') && " + TIME + " >= " + (left - 0.5));
      page.until("!document.getElementById('again').hidden");
      page.until("document.querySelector('#subtitles').selectedOptions[0].text === 'فارسی'");
      page.value("document.getElementById('again').click()");
      page.until(TIME + " > 0.2 && " + TIME + " < 10");
      assertEquals(0, page.number("Number(document.querySelector('video').error !== null)"));
    }
  }

  @Test
  void signedLink_toAFolder_isWalked_played_sought() throws Exception {
    String link =
        Program.of(
                DarbanProcess.command(
                    folder,
                    List.of(),
                    "sign",
                    url("").replace("/v/", "/friends/Series/"),
                    "--key",
                    "k1=" + KEY))
            .in(folder)
            .run()
            .good()
            .out()
            .strip();
    try (Browser browser = Browser.start(folder.resolve("friend"))) {
      Browser.Page page = browser.page();
      page.open(link);
      assertEquals("", page.text("document.querySelector('.crumbs a')?.href ?? ''"));
      page.value("document.querySelector('.folders a').click()");
      page.until("document.querySelector('.card img')?.naturalWidth > 0");
      assertEquals("Series", page.text("document.querySelector('.crumbs a').innerText"));
      page.until("document.querySelector('.card .time').textContent === '1:00'");
      page.value("document.querySelector('.card a').click()");
      page.until("document.querySelector('video') && " + TIME + " > 0.5");
      assertTrue(page.text("document.querySelector('video').currentSrc").startsWith("blob:"));
      page.value("document.querySelector('video').currentTime = 40");
      page.until(TIME + " > 40.5 && document.querySelector('video').readyState > 2");
      choose(page, "subtitles", "فارسی");
      page.until(
          "[...document.querySelector('video').textTracks].some((t) => t.mode === 'showing'"
              + " && t.activeCues?.length && t.activeCues[0].text === 'سلام')");
      page.open(url("").replace("/v/", "/friends/"));
      assertTrue(page.text("document.body.innerText").contains("a signed link is needed"));
    }
  }

  @Test
  void phone_inPersian_fitsAndReadsFromTheRight() throws Exception {
    try (Browser browser = Browser.start(folder.resolve("phone"), "--window-size=500,900")) {
      Browser.Page page = browser.page();
      String film = java.net.URLEncoder.encode(FILM, StandardCharsets.UTF_8);
      String path = film.replace("+", "%20").replace("%2F", "/") + "/";
      for (String each : new String[] {"?lang=fa", path, "Series/"}) {
        page.open(url(each));
        assertEquals("rtl", page.text("getComputedStyle(document.body).direction"));
        assertTrue(
            page.number("document.documentElement.scrollWidth")
                <= page.number("document.documentElement.clientWidth"));
        // Whoever has no mouse comes by; whoever does not see is told what it is.
        assertEquals(
            0,
            page.number(
                "[...document.querySelectorAll('a, button, select, input')].filter((e) =>"
                    + " !e.hidden && !(e.textContent.trim() || e.labels?.length || e.ariaLabel"
                    + " || e.querySelector('.name'))).length"));
      }
      assertTrue(page.text("document.body.innerText").contains("کتابخانه"));
      page.open(url(path));
      page.until("document.querySelector('video') && " + TIME + " > 0.5");
      choose(page, "sound", "فارسی");
      page.value("document.querySelector('video').currentTime = 30");
      page.until(TIME + " > 30.5 && document.querySelector('video').readyState > 2");
      assertTrue(page.number("document.querySelector('video').videoWidth") > 0);
    }
  }

  /** Lightness as WCAG 2.2 counts it, of a text and of all that lies behind it. */
  private static final String CONTRASTS =
      """
      (() => {
        const parts = (colour) => {
          const all = colour.match(/[\\d.]+/g).map(Number);
          return all.length < 4 ? [...all, 1] : all;
        };
        const behind = (e) => {
          if (!e) return [255, 255, 255];
          const [r, g, b, a] = parts(getComputedStyle(e).backgroundColor);
          if (a === 1) return [r, g, b];
          const below = behind(e.parentElement);
          return [r, g, b].map((each, i) => each * a + below[i] * (1 - a));
        };
        const light = (rgb) => rgb.slice(0, 3).map((each) => each / 255)
          .map((each) => (each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4))
          .reduce((sum, each, i) => sum + each * [0.2126, 0.7152, 0.0722][i], 0);
        const ratio = (e) => {
          const [one, other] = [light(parts(getComputedStyle(e).color)), light(behind(e))];
          return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
        };
        return [...document.body.querySelectorAll('*')]
          .filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()) || e.matches('input'))
          .filter((e) => e.checkVisibility() && !e.closest('option, script, style, template'))
          .map((e) => [ratio(e), e.tagName + ' ' + e.className + ' ' + e.textContent.trim().slice(0, 30)])
          .sort(([one], [other]) => one - other);
      })()\
      """;

  /** What has the focus: where it is, and whether that is seen. */
  private static final String FOCUS =
      """
      (() => {
        const e = document.activeElement, at = e.getBoundingClientRect(), style = getComputedStyle(e);
        return [e.id || e.tagName + ' ' + e.textContent.trim().slice(0, 20), at.left, at.top + scrollY, at.right, at.bottom + scrollY,
          Number(e.matches(':focus-visible') && style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2
            && at.bottom > 0 && at.top < innerHeight)].join('|');
      })()\
      """;

  @ParameterizedTest
  @ValueSource(strings = {"", "Series/Season 1/", "Series/Season 1/The long one.mp4/"})
  void pages_byDayAndByNight_canBeRead(String path) throws Exception {
    Browser.Page page = shared.page();
    Map<String, String> grounds = new HashMap<>();
    for (String scheme : List.of("light", "dark")) {
      page.scheme(scheme);
      page.open(url(path.replace(" ", "%20")));
      grounds.put(page.text("getComputedStyle(document.body).backgroundColor"), scheme);
      String least = page.text(CONTRASTS + "[0].join(' ')");
      assertTrue(Double.parseDouble(least.split(" ")[0]) >= 4.5, scheme + ": " + least);
    }
    assertEquals(2, grounds.size(), grounds::toString);
  }

  /** Each stop is right of the one before, or below it; a reader sees which it is. */
  @ParameterizedTest
  @CsvSource({
    "1200, '', 'q Series Others card'",
    "500, '', 'q Series Others card'",
    "1200, Series/Season%201/The%20long%20one.mp4/, 'player sound subtitles speed'"
  })
  void tabKey_leadsThroughAPage_inTheOrderOfReading(int width, String path, String stops)
      throws Exception {
    Browser.Page page = shared.page();
    page.width(width);
    page.open(url(path));
    page.until(
        "!document.querySelector('video') || document.querySelector('#sound').options.length === 2");
    page.value("document.querySelector('video')?.pause()");
    List<String> seen = new ArrayList<>();
    double[] before = null;
    for (int i = 0; i < 18; i++) {
      page.tab();
      String focus = page.text(FOCUS);
      String[] words = focus.split("\\|");
      double[] at = Arrays.stream(words).skip(1).mapToDouble(Double::parseDouble).toArray();
      if (words[0].startsWith("BODY")) {
        break; // Around, to the browser's own buttons.
      }
      if (!seen.isEmpty() && words[0].equals("player") && seen.getLast().startsWith("player")) {
        continue; // Among those of the film, which no page sees.
      }
      assertEquals(1, at[4], () -> focus + " is not seen, after " + seen);
      boolean below = before == null || at[1] >= before[3] - 1;
      boolean beside = before != null && at[0] >= before[2] - 1 && at[3] > before[1];
      boolean inside =
          before != null && at[1] >= before[1] - 1 && at[3] <= before[3] + 1 && at[0] >= before[0];
      assertTrue(below || beside || inside, () -> focus + " follows " + seen);
      seen.add(focus);
      before = at;
    }
    for (String stop : stops.split(" ")) {
      assertTrue(
          seen.toString().contains(stop.equals("card") ? "Film 1" : stop),
          () -> seen + " has no " + stop);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"film.mkv", "film.webm", "song.mp3", "song.flac"})
  void musicAndOtherContainers_arePlayedOnTheirPages(String name) throws Exception {
    Browser.Page page = shared.page();
    page.open(url("Others/" + name + "/"));
    page.until("document.querySelector('video') && " + TIME + " > 0.5");
    page.value("document.querySelector('video').currentTime = 7");
    page.until(TIME + " > 7.3 && document.querySelector('video').readyState > 2");
    assertEquals(12, page.number("document.querySelector('video').duration"), 0.2);
    assertTrue(page.number("Number(document.getElementById('alert').hidden)") > 0);
    page.open("about:blank#");
  }
}
