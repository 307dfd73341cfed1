package darban.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SequencesTest {
  /** Parts as they are asked for; a {@code +} behind those that go on where one ended. */
  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "one after the other, 0-10 10-20+ 20-40+ 40-41+",
    "twice the same, 0-10 0-10 10-20+ 10-20+ 10-20",
    "from the start is no sequence, 10-0 0-10",
    "a seek, 0-10 10-20+ 70-80 80-90+",
    "back, 10-20 0-10 10-20+",
    "a gap, 0-10 11-20",
    "an overlap, 0-10 9-20",
    "two players, 0-10 50-60 10-20+ 60-70+ 20-30+",
    "four players, 0-10 100-110 200-210 300-310 10-20+ 110-120+ 210-220+ 310-320+",
    "a fifth takes the place of the first, 1-10 100-110 200-210 300-310 400-410 10-20 410-420+",
  })
  void parts_continue_whereOneOfTheLatestEnded(String what, String parts) {
    Sequences sequences = new Sequences();
    List<String> told = new ArrayList<>();
    for (String part : parts.split(" ")) {
      String[] ends = part.replace("+", "").split("-");
      boolean goesOn = sequences.continues(Long.parseLong(ends[0]), Long.parseLong(ends[1]));
      told.add(ends[0] + "-" + ends[1] + (goesOn ? "+" : ""));
    }
    assertEquals(parts, String.join(" ", told));
  }
}
