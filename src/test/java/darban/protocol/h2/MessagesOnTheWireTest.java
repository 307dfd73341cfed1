package darban.protocol.h2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.testkit.Await;
import darban.testkit.Bench;
import darban.testkit.Guard;
import darban.testkit.LogFile;
import darban.testkit.RawBench;
import darban.testkit.RawHttp2;
import darban.testkit.ScriptedOrigin;
import darban.testkit.Shown;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Messages of HTTP/2 on their way to an origin of HTTP/1 (RFC 9113 §8): the malformed are reset and
 * not a byte of them passes; the others mean the same there. Lines are name=value, + is a space.
 */
@ExtendWith(Guard.OfClass.class)
class MessagesOnTheWireTest {
  private static final String GET = ":method=GET :scheme=http :authority=h :path=/p";
  private static final String POST = ":method=POST :scheme=http :authority=h :path=/p";
  private static final int PROTOCOL_ERROR = 1;

  private static Bench bench;
  private static LogFile log;

  @BeforeAll
  static void start() throws Exception {
    bench =
        Bench.yaml(
            """
            listeners: { plain: { address: "127.0.0.1:0", protocols: [h2] } }
            sites: { "*": { routes: [ { service: origin } ] } }
            services: { origin: { servers: [ "http://ORIGIN" ] } }
            log: { access: { file: access.log } }
            """);
    log = new LogFile(bench.folder().resolve("access.log"), line -> line.contains("\"err\""));
  }

  @AfterAll
  static void stop() throws Exception {
    bench.close();
  }

  @AfterEach
  void clear() throws Exception {
    bench.clear();
    log.skip();
  }

  private static RawHttp2 connect() throws IOException {
    return RawHttp2.connect(bench.gateway().port("plain"));
  }

  /** What the first octet of an answer's section is, on the stream. */
  private static int sectionBegin(RawHttp2 client, int stream) throws Exception {
    client.get(stream, "/").flush();
    RawHttp2.Frame head =
        client.await(each -> each.type() == RawHttp2.HEADERS && each.stream() == stream);
    client.await(each -> each.stream() == stream && each.ends());
    return head.payload().get(0) & 0xff;
  }

  @Test
  void dynamicTable_allowedToBeSmaller_isToldToBeNone_once() throws Exception {
    int headerTableSize = 1;
    try (RawHttp2 smaller = RawHttp2.connect(bench.gateway().port("plain"), headerTableSize, 1000);
        RawHttp2 usual = connect()) {
      assertEquals(0x20, sectionBegin(smaller, 1)); // RFC 7541 §6.3
      assertEquals(0x88, sectionBegin(smaller, 3)); // :status 200
      assertEquals(0x88, sectionBegin(usual, 1));
    }
  }

  private static String[] lines(String shown) {
    List<String> all = new ArrayList<>();
    for (String line : shown.replace("GET!", GET).replace("POST!", POST).split(" ")) {
      int equals = line.indexOf('=', 1);
      all.add(Shown.raw(line.substring(0, equals)).replace("~", ""));
      all.add(Shown.raw(line.substring(equals + 1)).replace('+', ' '));
    }
    return all.toArray(String[]::new);
  }

  private static void isReset(RawHttp2 client, String reason) throws Exception {
    RawHttp2.Frame reset =
        client.await(each -> each.type() == RawHttp2.RST_STREAM && each.stream() == 1);
    assertEquals(PROTOCOL_ERROR, reset.error());
    client.get(3, "/next").flush();
    assertEquals("200", client.answer(3).status().toString(), "the connection goes on");
    String line = log.next(1).getFirst();
    assertTrue(line.contains(reason), line);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '§',
      textBlock =
          """
          :scheme=http :path=/ :authority=h|METHOD,
          :method= :scheme=http :path=/ :authority=h|METHOD,
          :method=G+T :scheme=http :path=/ :authority=h|METHOD,
          :method=GET⏎x:+y :scheme=http :path=/ :authority=h|FIELD_VALUE,
          :method=GET :path=/ :authority=h|PSEUDO_FIELD
          :method=GET :scheme=http :authority=h|PSEUDO_FIELD
          :method=GET :scheme=http :path= :authority=h|PSEUDO_FIELD,
          :method=GET :scheme=ftp :path=/ :authority=h|PSEUDO_FIELD
          :method=GET :scheme=http⏎ :path=/ :authority=h|FIELD_VALUE,
          :method=GET :scheme=http :path=/ :path=/ :authority=h|PSEUDO_FIELD,
          :method=GET :method=GET :scheme=http :path=/ :authority=h|PSEUDO_FIELD,
          :method=GET :scheme=http :path=/ :authority=h :authority=h|PSEUDO_FIELD,
          GET! :status=200|PSEUDO_FIELD,
          GET! :other=x|PSEUDO_FIELD,
          GET! :protocol=websocket|PSEUDO_FIELD
          x=1 :method=GET :scheme=http :path=/ :authority=h|PSEUDO_FIELD,
          :method=GET :scheme=http x=1 :path=/ :authority=h|PSEUDO_FIELD,
          :method=CONNECT :authority=a:1 :path=/|PSEUDO_FIELD
          :method=CONNECT|HOST_MISSING
          :method=GET :scheme=http :path=/|HOST_MISSING
          :method=GET :scheme=http :path=/ :authority=|HOST_MISSING,
          :method=GET :scheme=http :path=/ :authority=u@h|TARGET_USERINFO
          :method=GET :scheme=http :path=/ :authority=h/x|HOST,
          :method=GET :scheme=http :path=/ :authority=h+x|HOST,
          :method=GET :scheme=http :path=/ :authority=a,b|HOST,
          :method=GET :scheme=http :path=/ :authority=h⏎x:y|FIELD_VALUE,
          GET! host=other|HOST_CONFLICT
          GET! host=h host=h|HOST_REPEATED
          :method=GET :scheme=http :path=x :authority=h|TARGET,
          :method=GET :scheme=http :path=* :authority=h|TARGET,
          :method=GET :scheme=http :path=http://x/ :authority=h|TARGET,
          :method=GET :scheme=http :path=/a#b :authority=h|TARGET,
          :method=GET :scheme=http :path=/a+b :authority=h|TARGET,
          :method=GET :scheme=http :path=/a+HTTP/1.1⏎x:+y :authority=h|FIELD_VALUE,
          :method=GET :scheme=http :path=/a⇥b :authority=h|TARGET,
          :method=GET :scheme=http :path=/ä :authority=h|TARGET,
          :method=GET :scheme=http :path=/␀ :authority=h|FIELD_VALUE,
          GET! X=1|FIELD_NAME,
          GET! x:y=1|FIELD_NAME,
          GET! ~=1|FIELD_NAME,
          GET! xä=1|FIELD_NAME,
          GET! x⏎y=1|FIELD_NAME,
          GET! x␀=1|FIELD_NAME,
          GET! x⇥=1|FIELD_NAME,
          GET! x=a⏎b:c|FIELD_VALUE,
          GET! x=a↵|FIELD_VALUE,
          GET! x=a←|FIELD_VALUE,
          GET! x=a␀|FIELD_VALUE,
          GET! x=a␡|FIELD_VALUE,
          GET! x=+a|FIELD_VALUE,
          GET! x=a⇥|FIELD_VALUE
          GET! connection=x|CONNECTION_FIELD,
          GET! transfer-encoding=chunked|CONNECTION_FIELD,
          GET! upgrade=x|CONNECTION_FIELD,
          GET! keep-alive=x|CONNECTION_FIELD,
          GET! proxy-connection=x|CONNECTION_FIELD,
          GET! te=gzip|CONNECTION_FIELD,
          GET! content-length=1|does not match content-length
          GET! content-length=1 content-length=1|LENGTH_REPEATED,
          GET! content-length=x|LENGTH,
          GET! content-length=-1|LENGTH,
          GET! content-length=1,1|LENGTH,
          GET! content-length=18446744073709551616|LENGTH,
          """)
  void head_malformed_isReset_andNothingPasses(String shown, String reason) throws Exception {
    try (RawHttp2 client = connect()) {
      client.headers(1, RawHttp2.END_STREAM, lines(shown)).flush();
      isReset(client, reason);
    }
    assertEquals(
        List.of("GET /next"),
        bench.origin().requests().stream().map(ScriptedOrigin.Request::line).toList());
    assertFalse(bench.origin().received().contains("x: y"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '§',
      textBlock =
          """
          POST! content-length=5|hell||does not match content-length
          POST! content-length=5|hello!||does not match content-length
          POST! content-length=5|hello|:path=/x|PSEUDO_FIELD,
          POST!|hello|:status=200|PSEUDO_FIELD,
          POST!|hello|X=1|FIELD_NAME,
          POST!|hello|x=a⏎b|FIELD_VALUE,
          POST!|hello|connection=x|CONNECTION_FIELD,
          POST!|hello|transfer-encoding=chunked|CONNECTION_FIELD,
          """)
  void body_malformed_isACutForTheOrigin(String head, String body, String trailers, String reason)
      throws Exception {
    bench.origin().script(ScriptedOrigin.Connection::next);
    try (RawHttp2 client = connect()) {
      client.headers(1, 0, lines(head)).flush();
      Await.until(
          Duration.ofSeconds(10),
          () -> !bench.origin().requests().isEmpty(),
          () -> "the origin sees no head");
      bench.origin().script(ScriptedOrigin.ECHO);
      byte[] data = body.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
      client.frame(RawHttp2.DATA, trailers == null ? RawHttp2.END_STREAM : 0, 1, data);
      if (trailers != null) {
        client.headers(1, RawHttp2.END_STREAM, lines(trailers));
      }
      client.flush();
      isReset(client, reason);
    }
    assertFalse(bench.origin().requests().getFirst().whole(), "the origin takes it for whole");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '§',
      textBlock =
          """
          GET!|Host|h
          GET! host=H|Host|h
          :method=GET :scheme=http :path=/ host=h|Host|h
          :method=GET :scheme=https :path=/ :authority=h:80|Host|h:80
          GET! cookie=a=b cookie=c=d|Cookie|a=b; c=d
          GET! x=a x=b|X|a; b
          GET! x=|X|§§
          GET! x=ä|X|ä
          GET! te=trailers|TE|trailers
          GET! content-length=0|Content-Length|§§
          GET! via=2+a|Via|2 a, 2.0 darban
          GET! x-forwarded-for=6.6.6.6|X-Forwarded-For|127.0.0.1
          GET! x_forwarded_for=6.6.6.6|X_Forwarded_For|§§
          GET! transfer_encoding=chunked|Transfer_Encoding|§§
          GET! proxy-authorization=x|Proxy-Authorization|§§
          """)
  void head_good_meansTheSame(String shown, String name, String expected) throws Exception {
    try (RawHttp2 client = connect()) {
      client.headers(1, RawHttp2.END_STREAM, lines(shown)).flush();
      assertEquals("200", client.answer(1).status().toString());
    }
    assertEquals(expected, RawBench.field(name).apply(bench.origin().requests().getFirst()));
    assertEquals(List.of(), bench.origin().faults());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '§',
      textBlock =
          """
          POST!|hello||POST /p [hello]
          POST! content-length=5|hello||POST /p [hello]
          POST! content-length=0|||POST /p []
          POST!|hello|digest=x|POST /p [hello]
          POST!|0⏎⏎GET+/x+HTTP/1.1⏎||POST /p [0⏎⏎GET+/x+HTTP/1.1⏎]
          POST!|hello|content-length=9|POST /p [hello]
          POST!|hello|host=x|POST /p [hello]
          """)
  void body_good_passes(String head, String body, String trailers, String expected)
      throws Exception {
    byte[] data =
        Shown.raw(body == null ? "" : body).getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
    try (RawHttp2 client = connect()) {
      client.headers(1, 0, lines(head));
      client.frame(RawHttp2.DATA, trailers == null ? RawHttp2.END_STREAM : 0, 1, data);
      if (trailers != null) {
        client.headers(1, RawHttp2.END_STREAM, lines(trailers));
      }
      client.flush();
      assertEquals("200", client.answer(1).status().toString());
    }
    ScriptedOrigin.Request seen = bench.origin().requests().getFirst();
    assertTrue(seen.whole());
    assertEquals(Shown.raw(expected), RawBench.lineAndBody(seen));
    assertEquals(List.of("h"), seen.all("Host"));
  }
}
