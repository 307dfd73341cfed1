package darban.protocol.h1;

import darban.testkit.Guard;
import darban.testkit.RawBench;
import darban.testkit.Shown;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What belongs to the connection stays on it, and nobody speaks in our name (RFC 9110 §7.6). */
@ExtendWith(Guard.OfClass.class)
class ConnectionFieldsTest {
  private static RawBench bench;

  @BeforeAll
  static void start() throws Exception {
    bench = new RawBench("");
  }

  @AfterAll
  static void stop() throws Exception {
    bench.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '§',
      ignoreLeadingAndTrailingWhitespace = false,
      textBlock =
          """
          GET / HTTP/1.1⏎Host: h⏎Connection: x⏎X: 1⏎⏎|X|§§
          GET / HTTP/1.1⏎Host: h⏎Connection: x⏎X: 1⏎⏎|Connection|§§
          GET / HTTP/1.1⏎Host: h⏎Connection: keep-alive, x , y⏎Y: 1⏎⏎|Y|§§
          GET / HTTP/1.1⏎Host: h⏎Connection: a⏎Connection: x⏎X: 1⏎⏎|X|§§
          GET / HTTP/1.1⏎Host: h⏎Connection: "x"⏎X: 1⏎⏎|X|1
          GET / HTTP/1.1⏎Host: h⏎Connection: host⏎⏎|Host|h
          GET / HTTP/1.1⏎Host: h⏎Connection: via⏎Via: 1.0 a⏎⏎|Via|1.1 darban
          GET / HTTP/1.1⏎Host: h⏎Connection: x-forwarded-for⏎⏎|X-Forwarded-For|127.0.0.1
          GET / HTTP/1.1⏎Host: h⏎Connection: cookie⏎Cookie: a⏎⏎|Cookie|§§
          GET / HTTP/1.1⏎Host: h⏎Keep-Alive: timeout=5⏎⏎|Keep-Alive|§§
          GET / HTTP/1.1⏎Host: h⏎Proxy-Connection: keep-alive⏎⏎|Proxy-Connection|§§
          GET / HTTP/1.1⏎Host: h⏎TE: gzip⏎⏎|TE|§§
          GET / HTTP/1.1⏎Host: h⏎TE: trailers, gzip;q=0.5⏎Connection: te⏎⏎|TE|trailers
          GET / HTTP/1.1⏎Host: h⏎Upgrade: h2c⏎Connection: Upgrade, HTTP2-Settings⏎HTTP2-Settings: AAMAAABk⏎⏎|Upgrade|§§
          GET / HTTP/1.1⏎Host: h⏎Upgrade: h2c⏎Connection: Upgrade, HTTP2-Settings⏎HTTP2-Settings: AAMAAABk⏎⏎|HTTP2-Settings|§§
          GET / HTTP/1.1⏎Host: h⏎Upgrade: h2c⏎Connection: Upgrade⏎⏎|Connection|§§
          GET / HTTP/1.1⏎Host: h⏎Upgrade: TLS/1.3⏎Connection: Upgrade⏎⏎|Upgrade|§§
          GET / HTTP/1.1⏎Host: h⏎Upgrade: foo⏎⏎|Upgrade|§§
          GET / HTTP/1.1⏎Host: h⏎Upgrade: foo⏎Connection: x⏎⏎|Upgrade|§§
          GET / HTTP/1.1⏎Host: h⏎Upgrade: h2c, foo⏎Connection: upgrade⏎⏎|Upgrade|foo
          GET / HTTP/1.1⏎Host: h⏎Proxy-Authorization: Basic eA==⏎⏎|Proxy-Authorization|§§
          GET / HTTP/1.1⏎Host: h⏎Proxy-Authenticate: Basic⏎⏎|Proxy-Authenticate|§§
          GET / HTTP/1.1⏎Host: h⏎X-Forwarded-For: 6.6.6.6⏎⏎|X-Forwarded-For|127.0.0.1
          GET / HTTP/1.1⏎Host: h⏎X_Forwarded_For: 6.6.6.6⏎⏎|X_Forwarded_For|§§
          GET / HTTP/1.1⏎Host: h⏎X-Forwarded_For: 6.6.6.6⏎⏎|X-Forwarded_For|§§
          GET / HTTP/1.1⏎Host: h⏎X-Forwarded-Proto: https⏎⏎|X-Forwarded-Proto|http
          GET / HTTP/1.1⏎Host: h⏎X-Forwarded-Host: evil⏎⏎|X-Forwarded-Host|h
          GET / HTTP/1.1⏎Host: h⏎X-Real-IP: 6.6.6.6⏎⏎|X-Real-IP|§§
          GET / HTTP/1.1⏎Host: h⏎Forwarded: for=6.6.6.6⏎⏎|Forwarded|for=127.0.0.1;proto=http;host=h
          GET / HTTP/1.1⏎Host: h⏎Authorization: Basic eA==⏎⏎|Authorization|Basic eA==
          GET / HTTP/1.1⏎Host: h⏎traceparent: 00-1-1-01⏎⏎|traceparent|00-1-1-01
          GET / HTTP/1.1⏎Host: h⏎Max-Forwards: 5⏎⏎|Max-Forwards|5
          """)
  void field_ofTheConnection_orForged_isNotPassedOn(String shown, String name, String expected)
      throws Exception {
    bench.passed(Shown.raw(shown), expected, RawBench.field(name));
  }
}
