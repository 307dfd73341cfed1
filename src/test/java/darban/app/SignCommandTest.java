package darban.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.access.UrlKeys;
import darban.base.Secret;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SignCommandTest {
  private static final String SECRET = "0123456789abcdef";
  private static final UrlKeys KEYS = new UrlKeys(Map.of("k", new Secret(SECRET)));

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    return Main.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  @ParameterizedTest
  @CsvSource({
    "https://h.example/live/yard/index.m3u8, '', https://h.example/live/yard/index.m3u8?token=T, /live/yard/s1.ts, true",
    "https://h.example/live/yard/index.m3u8, '', https://h.example/live/yard/index.m3u8?token=T, /live/gate/s1.ts, false",
    "https://h.example/film.mp4?a=1, '', https://h.example/film.mp4?a=1&token=T, /film.mp4, true",
    "https://h.example/film.mp4, '', https://h.example/film.mp4?token=T, /film.mp4x, false",
    "/live/yard/v/i.mpd, --below=/live/, /live/yard/v/i.mpd?token=T, /live/any, true",
    "/live/yard/i.mpd, --in-path=/live, /live/token=T/yard/i.mpd, /live/yard/x, true",
    "/live/yard/i.mpd, --parameter=t, /live/yard/i.mpd?t=T, /live/yard/x, true",
    "/live/yard/i.mpd, --for=0s, /live/yard/i.mpd?token=T, /live/yard/x, false",
    "/live/yard/i.mpd, --client=192.0.2.9, /live/yard/i.mpd?token=T, /live/yard/x, false",
  })
  void url_isSigned_forWhatItSays(
      String url, String option, String expected, String asked, boolean granted) {
    int status =
        option.isEmpty()
            ? run("sign", url, "--key=k=" + SECRET)
            : run("sign", url, "--key=k=" + SECRET, option);
    assertEquals(Main.OK, status, err::toString);
    String signed = out.toString().strip();
    Matcher token = Pattern.compile("(?<==)[\\w-]{20,}\\.[\\w-]{43}").matcher(signed);
    assertTrue(token.find(), signed);
    assertEquals(expected, signed.replace(token.group(), "T"));
    assertEquals(
        granted,
        KEYS.judge(token.group(), asked, "192.0.2.1", Instant.now())
            instanceof UrlKeys.Verdict.Granted);
  }

  @Test
  void key_ofAFile(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("key"), SECRET + "\n");
    assertEquals(Main.OK, run("sign", "/a", "--key=k=file:" + file), err::toString);
  }

  @ParameterizedTest
  @CsvSource({
    "live/a, --key=k=0123456789abcdef, write a URL with a path",
    "https://h.example, --key=k=0123456789abcdef, write a URL with a path",
    "/a/../b, --key=k=0123456789abcdef, may be read two ways",
    "/a, --key=k=short, can be guessed",
    "/a, --key=k, write NAME=file:PATH",
    "/a, --for=soon, `soon` is not a duration",
    "/a, --below=/b, not below /b/",
    "/a, --client=me, me is no address",
    "/a, --in-path=/b, not below /b/",
  })
  void wrongUse_isTold(String url, String option, String told) {
    int status =
        option.startsWith("--key")
            ? run("sign", url, option)
            : run("sign", url, option, "--key=k=" + SECRET);
    assertEquals(Main.USAGE, status);
    assertTrue(err.toString().contains(told), err::toString);
    assertEquals("", out.toString());
  }
}
