package darban.base;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteSizeTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "512, 512",
    "512B, 512",
    "1 B, 1",
    "1k, 1000",
    "1K, 1000",
    "1kB, 1000",
    "10MB, 10000000",
    "3GB, 3000000000",
    "2TB, 2000000000000",
    "64KiB, 65536",
    "64Ki, 65536",
    "1 MiB, 1048576",
    "1GiB, 1073741824",
    "1TiB, 1099511627776",
    "1.5KiB, 1536",
    "0.5MB, 500000",
    "1.125kB, 1125",
    "999999999999999999, 999999999999999999",
  })
  void parse_size_bytes(String text, long bytes) {
    assertEquals(OptionalLong.of(bytes), ByteSize.parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-1",
        "+1",
        "B",
        "1.5",
        "1.5B",
        "1.KiB",
        ".5KiB",
        "1.2345KiB",
        "1  kB",
        " 1",
        "1 ",
        "1 PiB",
        "1iB",
        "1KIB",
        "1kib ",
        "9999999TiB",
        "1e3",
        "0x10",
        "\u0661",
        "1\u00a0kB",
      })
  void parse_otherText_empty(String text) {
    assertEquals(OptionalLong.empty(), ByteSize.parse(text));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0B",
    "1023, 1023B",
    "1024, 1KiB",
    "1536, 1.5KiB",
    "1048576, 1MiB",
    "1073741824, 1GiB",
    "1099511627776, 1TiB",
    "1125899906842624, 1024TiB",
  })
  void format_bytes_shortestText(long bytes, String text) {
    assertEquals(text, ByteSize.format(bytes));
  }

  @Test
  void format_readAgain_isWithinFiveInAHundred() {
    Random random = new Random(7);
    for (int i = 0; i < 10_000; i++) {
      long bytes = random.nextLong() >>> 1 >>> (16 + random.nextInt(47));
      long again = ByteSize.parse(ByteSize.format(bytes)).orElseThrow();
      assertTrue(Math.abs(again - bytes) <= bytes / 20 + 1, () -> bytes + " became " + again);
    }
  }
}
