package darban.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostNamesTest {

  @ParameterizedTest
  @CsvSource({
    "a.example, a.example",
    "A.Example., a.example",
    "localhost, localhost",
    "xn--mgbh0fb.example, xn--mgbh0fb.example",
    "1.2.3.4, 1.2.3.4",
    "0:0:0:0:0:0:0:1, ::1",
    "::FFFF:1.2.3.4, 1.2.3.4",
    "3com.example, 3com.example",
    "1.2.3, ",
    "1.2.3.256, ",
    "a_b.example, ",
    "-a.example, ",
    "a-.example, ",
    "a..example, ",
    ".example, ",
    "., ",
    "a example, ",
    "*.example, ",
    "fe80::1%eth0, ",
    "a.example/b, ",
    "دربان.example, "
  })
  void normal_hostNameOrAddress_hasOneForm(String text, String expected) {
    assertEquals(Optional.ofNullable(expected), HostNames.normal(text));
  }

  @ParameterizedTest
  @CsvSource({"63, true", "64, false"})
  void normal_label_atMost63(int length, boolean valid) {
    assertEquals(valid, HostNames.normal("a".repeat(length) + ".example").isPresent());
  }

  @ParameterizedTest
  @CsvSource({"253, true", "254, false"})
  void normal_name_atMost253(int length, boolean valid) {
    String name = "a.".repeat(126) + "b".repeat(length - 252);
    assertEquals(valid, HostNames.normal(name).isPresent());
  }

  @ParameterizedTest
  @CsvSource({
    "*.Example, *.example",
    "*.a.example, *.a.example",
    "a.example, a.example",
    "*.1.2.3.4, ",
    "*., ",
    "*, ",
    "a.*.example, ",
    "a*.example, "
  })
  void pattern_wildcard_onlyAsFirstLabel(String text, String expected) {
    assertEquals(Optional.ofNullable(expected), HostNames.pattern(text));
  }

  @ParameterizedTest
  @CsvSource({
    "a.example, a.example, true",
    "*.example, a.example, true",
    "*.example, b.a.example, false",
    "*.example, example, false",
    "*.2.3.4, 1.2.3.4, false",
    "1.2.3.4, 1.2.3.4, true",
    "b.example, a.example, false"
  })
  void matches_wildcard_standsForOneLabel(String pattern, String name, boolean expected) {
    assertEquals(expected, HostNames.matches(pattern, name));
  }
}
