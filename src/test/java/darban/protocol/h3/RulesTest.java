package darban.protocol.h3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.testkit.Bench;
import darban.testkit.Guard;
import darban.testkit.RawQuic;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a client may not do, and what has to be ignored (RFC 9114, RFC 9204): bytes of streams in
 * hexadecimal, a bar ends a stream.
 */
@ExtendWith(Guard.OfClass.class)
class RulesTest {
  /** A head of GET and of POST to a.example: method, scheme, path, authority. */
  private static final String GET = "0110 0000 d1d7c1 5009 612e6578616d706c65";

  private static final String POST = "0110 0000 d4d7c1 5009 612e6578616d706c65";
  private static final String NO_TRAILERS = "0102 0000";

  @SuppressWarnings("NullAway.Init")
  private static Bench bench;

  @BeforeAll
  static void start() throws Exception {
    bench = Bench.of("web: { address: \"127.0.0.1:0\", protocols: [h1, h3], tls: internal }");
  }

  @AfterAll
  static void end() throws Exception {
    bench.close();
  }

  private static RawQuic client() throws Exception {
    return new RawQuic(bench.gateway().port("web"));
  }

  private static String answer(RawQuic client, String request) throws Exception {
    byte[] bytes = client.send(true, request).get(10, TimeUnit.SECONDS);
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /** Streams of one direction, and the code that ends the connection. */
  @ParameterizedTest
  @CsvSource({
    "00 0100, 10a", // no SETTINGS first
    "00 0700, 10a",
    "00 0400 0400, 105", // SETTINGS twice
    "00 0400 0000, 105", // what belongs to requests
    "00 0400 0102 0000, 105",
    "00 0400 0500, 105",
    "00 0400 0200, 105", // frames of HTTP/2
    "00 0400 0600, 105",
    "00 0400 0800, 105",
    "00 0400 0900, 105",
    "00 0402 0000, 109", // settings of HTTP/2
    "00 0402 0201, 109",
    "00 0402 0501, 109",
    "00 0404 0601 0602, 109", // the same twice
    "00 0402 0802, 109", // neither yes nor no
    "00 0402 3302, 109",
    "00 0401 06, 106", // cut short
    "00 0402 06c0, 106",
    "00 0480008000, 107", // far more of them than there are
    "00 0400 0d0102 0d0101, 108", // fewer pushes than before
    "00 0400 030100, 108", // nothing was pushed
    "00 0400 070100 070104, 108", // later than before
    "00 0400 0700, 106", // no number
    "00 0400 07020000, 106", // more than a number
    "00 0400|, 104", // streams that have to stay
    "00 0400 21|, 104",
    "02|, 104",
    "03|, 104",
    "01, 103", // clients do not push
    "02 3f01, 201", // a table
    "02 80, 201",
    "02 4161, 201",
    "03 80, 202", // nothing to acknowledge
    "03 01, 202",
    "03 7fffffffffffffffffffffff, 202"
  })
  void streamOfOneDirection_wrong_endsTheConnection(String bytes, String code) throws Exception {
    try (RawQuic client = client()) {
      client.send(false, bytes);
      assertEquals(code, Integer.toHexString(client.closeCode()));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"00 0400", "02", "03"})
  void streamOfAKind_twice_endsTheConnection(String bytes) throws Exception {
    try (RawQuic client = client()) {
      client.send(false, bytes);
      client.send(false, bytes);
      assertEquals(0x103, client.closeCode());
    }
  }

  /** Streams of requests, and the code that ends the connection. */
  @ParameterizedTest
  @CsvSource({
    "0000, 105", // a body without a head
    "0400, 105", // what belongs to the control stream
    "0700, 105",
    "0d0100, 105",
    "030100, 105",
    "0500, 105",
    "0200, 105", // frames of HTTP/2
    "0600, 105",
    "0800, 105",
    "0900, 105",
    GET + NO_TRAILERS + "0000, 105", // something behind the trailers
    GET + NO_TRAILERS + NO_TRAILERS + ", 105",
    GET + "0400, 105",
    "0102 0200, 200", // of a dynamic table
    "0102 0080, 200",
    "0103 000080, 200",
    "0104 000051ff, 200", // cut short
    "01|, 106",
    "0103 0000|, 106",
    GET + "0002 61|, 106",
    GET + "21|, 106"
  })
  void request_wrong_endsTheConnection(String bytes, String code) throws Exception {
    try (RawQuic client = client()) {
      client.send(true, bytes);
      assertEquals(code, Integer.toHexString(client.closeCode()));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "00 0409 06 80010000 2101 3301", // settings, one of them unknown
        "00 0400 21 02 ffff", // a frame that nobody knows
        "00 0400 800f0700 04 00753d30", // PRIORITY_UPDATE
        "00 0400 0d0105 0d0107 070104 070100",
        "02 20 2020", // no table
        "03 41 7f8001 40", // streams cancelled
        "21 ffffff", // a stream that nobody knows
        "4021 ffffff|",
        "40|", // gone before it said what it is
        "|"
      })
  void streamOfOneDirection_allowed_isNoTrouble(String bytes) throws Exception {
    try (RawQuic client = client()) {
      client.send(false, bytes);
      for (int i = 0; i < 3; i++) {
        assertTrue(answer(client, GET + "|").endsWith("GET / 0"));
      }
      assertFalse(client.isClosed());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "21 03 010203" + GET + "|, GET / 0", // frames that nobody knows, all over
    GET + "2100|, GET / 0",
    GET + NO_TRAILERS + "2101 00|, GET / 0",
    POST + "2101 00 0002 6162 2100 0000 0001 63 2100|, POST / 3",
    POST + "0003 616263" + NO_TRAILERS + "|, POST / 3",
    POST + "|, POST / 0"
  })
  void request_withMoreThanItNeeds_isAnswered(String bytes, String body) throws Exception {
    try (RawQuic client = client()) {
      assertTrue(answer(client, bytes).endsWith(body));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0000", "2100"})
  void frames_ofNoUse_veryMany_areAFlood(String frame) throws Exception {
    try (RawQuic client = client()) {
      client.send(true, POST + frame.repeat(500));
      assertEquals(0x107, client.closeCode());
    }
  }
}
