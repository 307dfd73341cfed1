package darban.protocol.h1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.testkit.Bench;
import darban.testkit.Guard;
import darban.testkit.RawClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What certain methods ask of a proxy (RFC 9110 §9.3, §7.6.2). */
@ExtendWith(Guard.OfClass.class)
class MethodsTest {
  private static Bench bench;

  @BeforeAll
  static void start() throws Exception {
    bench = Bench.plain();
  }

  @AfterAll
  static void stop() throws Exception {
    bench.close();
  }

  @AfterEach
  void clear() throws Exception {
    bench.clear();
  }

  @ParameterizedTest
  @ValueSource(strings = {"TRACE /", "CONNECT h:443", "CONNECT localhost:ORIGIN"})
  void method_notOffered_refusedAndNotPassedOn(String line) throws Exception {
    String asked = line.replace("ORIGIN", Integer.toString(bench.origin().port()));
    try (RawClient client = bench.client()) {
      RawClient.Answer answer =
          client.send(asked + " HTTP/1.1\r\nHost: h\r\n\r\nearly bytes").answer();
      assertEquals(501, answer.status());
    }
    assertEquals("", bench.origin().received());
  }

  @Test
  void options_noHopLeft_answeredHere() throws Exception {
    try (RawClient client = bench.client()) {
      client.send("OPTIONS * HTTP/1.1\r\nHost: h\r\nMax-Forwards: 0\r\n\r\n");
      assertEquals(200, client.answer().status());
      assertEquals("", bench.origin().received());
      client.send("OPTIONS /a HTTP/1.1\r\nHost: h\r\nMax-Forwards: 7\r\n\r\n");
      assertEquals(200, client.answer().status());
      client.send("GET /a HTTP/1.1\r\nHost: h\r\nMax-Forwards: 0\r\n\r\n");
      assertEquals(200, client.answer().status());
    }
    assertEquals("6", bench.origin().requests().get(0).field("Max-Forwards"));
    assertEquals("0", bench.origin().requests().get(1).field("Max-Forwards"));
  }

  @Test
  void head_bodyNeverFollows_andTheConnectionGoesOn() throws Exception {
    try (RawClient client = bench.client()) {
      client.send("HEAD /a HTTP/1.1\r\nHost: h\r\n\r\nGET /b HTTP/1.1\r\nHost: h\r\n\r\n");
      RawClient.Answer head = client.answerTo("HEAD");
      assertEquals("9", head.field("Content-Length"));
      assertEquals("GET /b 0", client.answer().body());
    }
  }

  @Test
  void version10_closesUnlessAsked_andGetsNoChunks() throws Exception {
    String chunked =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX: y\r\n\r\n";
    bench.origin().answering(chunked);
    try (RawClient client = bench.client()) {
      client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
      RawClient.Answer answer = client.answer();
      assertFalse(answer.has("Transfer-Encoding"));
      assertEquals("close", answer.field("Connection"));
      assertEquals("hi", answer.body());
    }
    bench.clear();
    try (RawClient client = bench.client()) {
      client.send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
      RawClient.Answer kept = client.answer();
      assertEquals("keep-alive", kept.field("Connection"));
      client.send("GET /b HTTP/1.0\r\n\r\n");
      assertEquals("GET /b 0", client.answer().body());
      assertTrue(client.isClosed());
    }
    assertTrue(bench.origin().requests().stream().noneMatch(each -> each.field("Host") == null));
  }

  @Test
  void close_asked_answersOnceAndCloses() throws Exception {
    try (RawClient client = bench.client()) {
      String canary = "GET /canary HTTP/1.1\r\nHost: h\r\n\r\n";
      client.send("GET /a HTTP/1.1\r\nHost: h\r\nConnection: x, Close\r\n\r\n" + canary);
      RawClient.Answer answer = client.answer();
      assertEquals("close", answer.field("Connection"));
      assertTrue(client.isClosed());
    }
    assertFalse(bench.origin().received().contains("canary"));
  }
}
