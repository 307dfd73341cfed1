package darban.config;

import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever is done to a good file, reading it ends with a value or with problems. */
class FuzzTest {
  private static final int ROUNDS = Integer.getInteger("darban.rounds", 2_000);
  private static final List<String> BITS =
      List.of(
          "\t",
          "\n",
          "  ",
          "- ",
          ": ",
          ":",
          "[",
          "]",
          "{",
          "}",
          "'",
          "\"",
          "#",
          "&a ",
          "*a",
          "*",
          "!x ",
          "|",
          ">",
          "%",
          "@",
          "`",
          "${",
          "${X}",
          "$${",
          "---\n",
          "...\n",
          "\\x",
          "\0",
          "\u0085",
          "\u2028",
          "\uFEFF",
          "\ud83d",
          "\ud83d\ude00",
          "<<: ",
          "? ",
          "0",
          "-1",
          "99999999999999999999",
          "include: ",
          "null",
          "~",
          "file:",
          "unix:",
          "http://",
          ",",
          "\r",
          "\u0007");

  @Test
  void goodFile_randomlyChanged_isReadOrRefusedButNeverThrown() throws IOException {
    long seed = Long.getLong("darban.seed", System.nanoTime());
    Random random = new Random(seed);
    String good =
        Files.readString(Path.of("src/test/resources/cases/config-sample/good.case"))
            .split("\n----\n")[0];
    Shape<SampleConfig> shape = SampleConfig.shape();
    for (int round = 0; round < ROUNDS; round++) {
      String text = changed(good, random);
      String where = "-Ddarban.seed=" + seed + " round " + round + ":\n" + text;
      var result =
          assertTimeoutPreemptively(Duration.ofSeconds(20), () -> read(text, shape, where));
      assertTrue(result.isGood() || !result.problems().isEmpty(), where);
      result.problems().forEach(it -> assertTrue(it.toString().lines().count() == 1, where));
    }
  }

  private static ConfigFile.Result<SampleConfig> read(
      String text, Shape<SampleConfig> shape, String where) {
    try {
      return ConfigFile.parse(Path.of("no-such-directory/x.yaml"), text, shape, _ -> null);
    } catch (RuntimeException | StackOverflowError thrown) {
      return fail(where, thrown);
    }
  }

  private static String changed(String good, Random random) {
    StringBuilder text = new StringBuilder(good);
    for (int change = random.nextInt(6); change >= 0; change--) {
      int at = random.nextInt(text.length());
      int end = Math.min(text.length(), at + 1 + random.nextInt(12));
      switch (random.nextInt(5)) {
        case 0 -> text.delete(at, end);
        case 1 -> text.insert(at, BITS.get(random.nextInt(BITS.size())));
        case 2 -> text.replace(at, at + 1, BITS.get(random.nextInt(BITS.size())));
        case 3 -> text.insert(random.nextInt(text.length()), text.substring(at, end));
        default -> text.setCharAt(at, (char) random.nextInt(0x300));
      }
      if (text.isEmpty()) {
        text.append(' ');
      }
    }
    return text.toString();
  }
}
