package darban.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import darban.base.Cidr;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ForwardedForTest {
  private static final Cidr TRUSTED = Cidr.parse("10.0.0.0/8").orElseThrow();

  private static String client(String... fields) {
    return ForwardedFor.client(Fields.of(fields), TRUSTED::contains).orElse("-");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          1.1.1.1                        | 1.1.1.1
          1.1.1.1, 10.0.0.1              | 1.1.1.1
          9.9.9.9, 1.1.1.1, 10.0.0.1     | 1.1.1.1
          10.0.0.2, 10.0.0.1             | 10.0.0.2
          1.1.1.1:4711, 10.0.0.1:80      | 1.1.1.1
          [2001:db8::1]:4711             | 2001:db8::1
          [2001:db8::1]                  | 2001:db8::1
          2001:db8::1, 10.0.0.1          | 2001:db8::1
          unknown, 10.0.0.1              | 10.0.0.1
          1.1.1.1, unknown               | -
          ::ffff:10.0.0.1                | ::ffff:10.0.0.1
          1.1.1.1, ::ffff:10.0.0.1       | 1.1.1.1
          [::1                           | -
          x                              | -
          """)
  void client_rightmostNotTrusted(String value, String client) {
    assertEquals(client, client("X-Forwarded-For", value));
  }

  @Test
  void client_severalLines_areOneList() {
    assertEquals("2.2.2.2", client("X-Forwarded-For", "1.1.1.1", "X-Forwarded-For", "2.2.2.2"));
    assertEquals("-", client("Forwarded", "for=1.1.1.1"));
    assertEquals("-", client("X-Forwarded-For", ""));
  }
}
