package darban.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RangesTest {
  private static String parts(String value, long length) {
    return Ranges.parse(value, length)
        .map(parts ->
            parts.stream()
                .map(part -> part.first() + "-" + part.last())
                .collect(Collectors.joining(" ")))
        .orElse("ignored");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "none",
      textBlock =
          """
          bytes=0-0        | 10 | 0-0
          bytes=0-         | 10 | 0-9
          bytes=3-5        | 10 | 3-5
          bytes=3-99       | 10 | 3-9
          bytes=-3         | 10 | 7-9
          bytes=-99        | 10 | 0-9
          bytes=9-         | 10 | 9-9
          BYTES=1-2        | 10 | 1-2
          bytes=0-1,5-6    | 10 | 0-1 5-6
          bytes=5-6, 0-1   | 10 | 0-1 5-6
          bytes=0-4,2-6    | 10 | 0-6
          bytes=0-4,5-6    | 10 | 0-6
          bytes=0-,0-,0-   | 10 | 0-9
          bytes=0-1,99-    | 10 | 0-1
          bytes= 1-2       | 10 | 1-2
          """)
  void parse_ranges_partsInOrder(String value, long length, String expected) {
    assertEquals(expected, parts(value, length));
  }

  @ParameterizedTest
  @CsvSource({
    "bytes=10-, 10",
    "bytes=10-11, 10",
    "bytes=-0, 10",
    "bytes=0-0, 0",
    "bytes=-5, 0",
    "bytes=999999999999999999-, 10",
  })
  void parse_nothingWithin_notSatisfiable(String value, long length) {
    assertEquals(Optional.of(List.of()), Ranges.parse(value, length));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "bytes",
        "bytes=",
        "bytes=,",
        "bytes=-",
        "bytes=a-b",
        "bytes=1",
        "bytes=2-1",
        "bytes=1-2-3",
        "bytes=--1",
        "bytes=+1-2",
        "bytes=0x1-2",
        "bytes=1-2,x",
        "bytes=1000000000000000000-",
        "bytes=\u0661-2",
        "lines=1-2",
        "bytes =1-2",
        "bytes=0-0,2-2,4-4,6-6,8-8,10-10,12-12,14-14,16-16",
      })
  void parse_otherText_ignored(String value) {
    assertEquals("ignored", parts(value, 100));
  }

  @Test
  void part_written() {
    assertEquals("bytes 2-5/10", new Ranges.Part(2, 5).contentRange(10));
    assertEquals(4, new Ranges.Part(2, 5).length());
  }

  @Test
  void parse_randomRanges_coverExactlyTheAskedBytes() {
    Random random = new Random(37);
    for (int round = 0; round < 5_000; round++) {
      int length = 1 + random.nextInt(40);
      boolean[] asked = new boolean[length];
      List<String> specs = new ArrayList<>();
      for (int i = random.nextInt(Ranges.MOST); i >= 0; i--) {
        int first = random.nextInt(50);
        int last = first + random.nextInt(20);
        specs.add(first + "-" + last);
        for (int at = first; at <= last && at < length; at++) {
          asked[at] = true;
        }
      }
      List<Ranges.Part> parts =
          Ranges.parse("bytes=" + String.join(",", specs), length).orElseThrow();
      boolean[] given = new boolean[length];
      long end = -2;
      for (Ranges.Part part : parts) {
        assertTrue(part.first() > end + 1, "joined and in order");
        end = part.last();
        for (long at = part.first(); at <= part.last(); at++) {
          given[(int) at] = true;
        }
      }
      assertTrue(java.util.Arrays.equals(asked, given), specs::toString);
    }
  }
}
