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
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Chromium looks for a film in a library of a thousand, watches it, and comes back to it. */
class C19LibraryIT {
  private static final String FILM = "Series/Season 1/The long one.mp4";
  private static final String SUBTITLES = "1\n00:00:00,000 --> 00:01:00,000\n";

  private static final String KEY = "0123456789abcdef0123456789abcdef";

  @TempDir static Path folder;

  @SuppressWarnings("NullAway.Init")
  private static DarbanProcess darban;

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
  }

  @AfterAll
  static void end() {
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
    }
  }
}
