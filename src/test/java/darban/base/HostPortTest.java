package darban.base;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostPortTest {
  @ParameterizedTest
  @CsvSource({
    "a, a, -1, a",
    "A.Example, a.example, -1, a.example",
    "a:80, a, 80, a:80",
    "a:, a, -1, a",
    "a:0, a, 0, a:0",
    "a:00080, a, 80, a:80",
    "a:65535, a, 65535, a:65535",
    "x-y_z~1.example., x-y_z~1.example., -1, x-y_z~1.example.",
    "10.0.0.1:8080, 10.0.0.1, 8080, 10.0.0.1:8080",
    "[::1], ::1, -1, [::1]",
    "[::1]:443, ::1, 443, [::1]:443",
    "[2001:DB8::A]:, 2001:db8::a, -1, [2001:db8::a]",
    "[::ffff:1.2.3.4]:1, ::ffff:1.2.3.4, 1, [::ffff:1.2.3.4]:1",
  })
  void parse_authority_itsParts(String text, String host, int port, String written) {
    HostPort parsed = HostPort.parse(text).orElseThrow();
    assertEquals(new HostPort(host, port), parsed);
    assertEquals(written, parsed.toString());
    assertEquals(Optional.of(parsed), HostPort.parse(written));
    assertEquals(Optional.of(written), HostPort.normalized(text));
    assertEquals(Optional.of(written), HostPort.normalized(written));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":80",
        "a:65536",
        "a:999999",
        "a:+1",
        "a:-1",
        "a:8 0",
        "a:80:",
        "a b",
        "a@b",
        "u:p@a",
        "a/b",
        "a?b",
        "a#b",
        "a,b",
        "a%41",
        "a\u0000",
        "a\r",
        "a\t",
        " a",
        "a ",
        "\u00e4",
        "a\u0130",
        "[",
        "[]",
        "[:]",
        "[::1",
        "::1",
        "[::1]a",
        "[::1]:x",
        "[::1]:65536",
        "[1.2.3.4]",
        "[::g]",
        "[::%eth0]",
        "[fe80::1%25eth0]",
        "[:::]",
        "[1:2]",
        "[1:2:3:4:5:6:7:8:9]",
        "[12345::]",
        "[::1.2.3]",
        "[v1.x]",
        "a:\u0661",
      })
  void parse_otherText_empty(String text) {
    assertEquals(Optional.empty(), HostPort.parse(text));
    assertEquals(Optional.empty(), HostPort.normalized(text));
  }

  @Test
  void parse_longHost_boundAt255() {
    assertEquals(255, HostPort.parse("a".repeat(255)).orElseThrow().host().length());
    assertEquals(Optional.empty(), HostPort.parse("a".repeat(256)));
  }

  @Test
  void ports_absentOrGiven() {
    HostPort none = new HostPort("a", -1);
    assertEquals(443, none.portOr(443));
    assertEquals(80, none.withPort(80).portOr(443));
    assertEquals("[::1]:80", new HostPort("::1", -1).withPort(80).toString());
  }

  @Test
  void parse_randomText_isRefusedOrWrittenTheSameAgain() {
    Random random = new Random(11);
    String letters = "aZ09.-_~:[]%@/ ,\u0000\u007f\u00ff";
    for (int i = 0; i < 50_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(8); n >= 0; n--) {
        text.append(letters.charAt(random.nextInt(letters.length())));
      }
      assertEquals(
          HostPort.parse(text.toString()).map(HostPort::toString),
          HostPort.normalized(text.toString()));
      HostPort.parse(text.toString())
          .ifPresent(parsed -> {
            assertEquals(Optional.of(parsed), HostPort.parse(parsed.toString()), text::toString);
            assertEquals(parsed.host().toLowerCase(java.util.Locale.ROOT), parsed.host());
          });
    }
  }
}
