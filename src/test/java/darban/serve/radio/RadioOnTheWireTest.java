package darban.serve.radio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.media.radio.IcyMetadata;
import darban.media.radio.IcyReader;
import darban.testkit.Await;
import darban.testkit.Bench;
import darban.testkit.Guard;
import darban.testkit.RawClient;
import darban.testkit.RawClient.Answer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sources and listeners of radio, byte by byte. */
@ExtendWith(Guard.class)
class RadioOnTheWireTest {
  private static final String DJ = login("dj:salam");

  private Bench bench;

  @BeforeEach
  void start() throws Exception {
    bench =
        Bench.yaml(
            """
            listeners:
              plain: { address: "127.0.0.1:0" }
              studio: { address: "127.0.0.1:0", sources: true }
            sites:
              "*":
                routes:
                  - { match: { path: "/skip/*" }, radio: skip }
                  - { match: { path: "/quick/*" }, radio: quick }
                  - { match: { path: "/origin/*" }, service: origin }
                  - { radio: main }
            radio:
              main: { sources: [ dj ], queue: 64KiB, burst: 8KiB, metadata-interval: 1KiB, grace: 30s }
              skip: { sources: anyone, queue: 64KiB, slow: skip }
              quick: { sources: anyone, source-timeout: 1s, grace: 0s }
            services: { origin: { servers: [ "http://ORIGIN" ] } }
            users: [ { name: dj, password: salam }, { name: other, password: salam } ]
            log: { access: off }
            """);
  }

  @AfterEach
  void stop() throws Exception {
    bench.close();
  }

  private static String login(String user) {
    byte[] bytes = user.getBytes(StandardCharsets.UTF_8);
    return "Authorization: Basic " + Base64.getEncoder().encodeToString(bytes);
  }

  private static String head(String start, String... fields) {
    StringBuilder head = new StringBuilder(start + "\r\nHost: h\r\n");
    for (String field : fields) {
      head.append(field).append("\r\n");
    }
    return head.append("\r\n").toString();
  }

  private RawClient studio() throws IOException {
    return RawClient.connect(bench.gateway().port("studio"));
  }

  /** A source that has been told to go on. */
  private RawClient source(String path, String... fields) throws IOException {
    RawClient source = studio();
    source.send(head("SOURCE " + path + " HTTP/1.0", fields));
    assertTrue(source.read(15).startsWith("HTTP/1.1 200 OK"));
    return source;
  }

  private RawClient listener(String path, String... fields) throws IOException {
    RawClient listener = bench.client();
    listener.send(head("GET " + path + " HTTP/1.1", fields));
    return listener;
  }

  private static String upTo(RawClient client, String wanted) throws IOException {
    StringBuilder read = new StringBuilder();
    while (read.indexOf(wanted) < 0) {
      read.append(client.read(1));
    }
    return read.toString();
  }

  private int status(String path) throws IOException {
    try (RawClient client = bench.client()) {
      return client.send(head("HEAD " + path + " HTTP/1.1")).answerTo("HEAD").status();
    }
  }

  private void awaitStatus(String path, int status) throws Exception {
    Await.until(
        Duration.ofSeconds(10), () -> status(path) == status, () -> path + " is not " + status);
  }

  // Sources

  @ParameterizedTest
  @ValueSource(
      strings = {"SOURCE /m.mp3 HTTP/1.0", "SOURCE /m.mp3 HTTP/1.1", "PUT /m.mp3 HTTP/1.1"})
  void sourceWithoutAnEnd_isHeard_whateverItsBytesLookLike(String start) throws Exception {
    String sound = "\r\n\r\nGET /origin/stolen HTTP/1.1\r\nHost: h\r\n\r\n0\r\n\r\n";
    try (RawClient source = studio()) {
      source.send(head(start, DJ, "ice-name: Jazz", "Expect: 100-continue") + sound);
      assertTrue(upTo(source, "\r\n\r\n").startsWith("HTTP/1.1 200 OK"));
      awaitStatus("/m.mp3", 200);
      try (RawClient listener = listener("/m.mp3")) {
        String heard = upTo(listener, "0\r\n\r\n");
        assertTrue(heard.contains("icy-name: Jazz\r\n"), heard);
        assertFalse(heard.contains("Transfer-Encoding"), heard);
        assertTrue(heard.endsWith(sound), heard);
        source.send("more");
        assertEquals("more", listener.read(4));
      }
    }
    assertEquals(List.of(), bench.origin().requests());
  }

  @ParameterizedTest
  @ValueSource(strings = {"SOURCE /no.mp3 HTTP/1.0", "PUT /no.mp3 HTTP/1.1"})
  void sourceWithoutAnEnd_onAnOrdinaryListener_isRefused(String start) throws Exception {
    try (RawClient source = bench.client()) {
      Answer answer = source.send(head(start, DJ)).answer();
      assertEquals(400, answer.status());
      assertTrue(answer.body().contains("must tell where it ends"), answer.body());
    }
    assertEquals(404, status("/no.mp3"));
  }

  @Test
  void putWithoutAnEnd_toAnOrdinaryRoute_hasNoBody_onAnyListener() throws Exception {
    for (String listener : List.of("plain", "studio")) {
      bench.clear();
      try (RawClient client = RawClient.connect(bench.gateway().port(listener))) {
        client.send(head("PUT /origin/a HTTP/1.1") + head("GET /origin/b HTTP/1.1"));
        assertEquals(200, client.answer().status());
        assertEquals(200, client.answer().status());
      }
      assertEquals(
          List.of("PUT /origin/a 0", "GET /origin/b null"),
          bench.origin().requests().stream()
              .map(each -> each.line() + " " + each.field("Content-Length"))
              .toList());
    }
  }

  @Test
  void sourceWithAnEnd_isHeard_onAnyListener() throws Exception {
    try (RawClient source = bench.client()) {
      source.send(
          head("PUT /put.mp3 HTTP/1.1", DJ, "Expect: 100-continue", "Transfer-Encoding: chunked"));
      assertTrue(upTo(source, "\r\n\r\n").startsWith("HTTP/1.1 100 "));
      source.send("5\r\nsound\r\n");
      awaitStatus("/put.mp3", 200);
      try (RawClient listener = listener("/put.mp3")) {
        upTo(listener, "\r\n\r\nsound");
        source.send("4\r\nmore\r\n0\r\n\r\n");
        assertEquals("more", listener.read(4));
        assertEquals(200, source.answer().status());
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"'', 401", "dj:falsch, 401", "nobody:salam, 401", "other:salam, 403"})
  void source_whoMayNot_isRefused(String user, int status) throws Exception {
    try (RawClient source = studio()) {
      String field = user.isEmpty() ? "X: y" : login(user);
      assertEquals(status, source.send(head("PUT /a.mp3 HTTP/1.1", field)).answer().status());
    }
    try (RawClient client = bench.client()) {
      String field = user.isEmpty() ? "X: y" : login(user);
      String update = "GET /admin/metadata?mode=updinfo&mount=/a.mp3&song=x HTTP/1.1";
      assertEquals(status, client.send(head(update, field)).answer().status());
    }
  }

  @Test
  void secondSource_isRefused_untilTheFirstLeaves_listenersStay() throws Exception {
    RawClient first = source("/two.mp3", DJ);
    first.send("one");
    awaitStatus("/two.mp3", 200);
    try (RawClient listener = listener("/two.mp3")) {
      upTo(listener, "\r\n\r\none");
      try (RawClient second = studio()) {
        assertEquals(403, second.send(head("SOURCE /two.mp3 HTTP/1.1", DJ)).answer().status());
      }
      first.close();
      List<RawClient> tries = new ArrayList<>();
      Await.until(
          Duration.ofSeconds(10),
          () -> {
            tries.add(studio());
            String start = head("SOURCE /two.mp3 HTTP/1.1", DJ);
            return tries.getLast().send(start).read(12).endsWith("200");
          },
          () -> "the mount is not given to another");
      tries.getLast().send("two");
      assertEquals("two", listener.read(3));
      for (RawClient each : tries) {
        each.close();
      }
    }
  }

  @Test
  void silentSource_isGivenUp_andListenersHearTheEnd() throws Exception {
    try (RawClient source = source("/quick/a.mp3")) {
      source.send("sound");
      awaitStatus("/quick/a.mp3", 200);
      try (RawClient listener = listener("/quick/a.mp3")) {
        upTo(listener, "\r\n\r\nsound");
        assertEquals("", listener.readToEnd());
      }
      assertTrue(source.endsInReset());
      awaitStatus("/quick/a.mp3", 404);
    }
  }

  // Listeners

  @Test
  void listener_whoComesLate_getsTheBurst() throws Exception {
    try (RawClient source = source("/late.mp3", DJ)) {
      for (int i = 0; i < 10; i++) {
        source.send(("piece " + i).repeat(4096 / 7 + 1).substring(0, 4096));
      }
      awaitStatus("/late.mp3", 200);
      Await.until(
          Duration.ofSeconds(10),
          () -> {
            try (RawClient listener = listener("/late.mp3")) {
              upTo(listener, "\r\n\r\n");
              return listener.read(8192).contains("piece 8");
            }
          },
          () -> "no burst");
    }
  }

  @Test
  void titles_standBetweenTheSounds() throws Exception {
    try (RawClient source = source("/t.mp3", DJ)) {
      source.send("a".repeat(4096));
      awaitStatus("/t.mp3", 200);
      List<String> titles = new ArrayList<>();
      StringBuilder sound = new StringBuilder();
      try (RawClient listener = listener("/t.mp3", "Icy-MetaData: 1")) {
        String answer = upTo(listener, "\r\n\r\n");
        assertTrue(answer.contains("icy-metaint: 1024\r\n"), answer);
        IcyReader reader =
            new IcyReader(
                1024,
                new IcyReader.Listener() {
                  @Override
                  public void sound(ByteBuffer bytes) {
                    sound.append(StandardCharsets.ISO_8859_1.decode(bytes));
                  }

                  @Override
                  public void metadata(IcyMetadata metadata) {
                    titles.add(metadata.title());
                  }
                });
        for (String song : List.of("Ali%20-%20Salam", "%D8%B3%D9%84%D8%A7%D9%85", "caf%E9+1")) {
          update("/t.mp3", "song=" + song);
          source.send("b".repeat(4096));
          // A title stands before the sound that came after it, if that came before the next title.
          for (int heard = titles.size() + (titles.isEmpty() ? 2 : 1); titles.size() < heard; ) {
            reader.accept(StandardCharsets.ISO_8859_1.encode(listener.read(1)));
          }
        }
        update("/t.mp3", "artist=A&title=T");
        source.send("c".repeat(4096));
        while (titles.size() < 5 || sound.length() < 4 * 4096) {
          reader.accept(StandardCharsets.ISO_8859_1.encode(listener.read(1)));
        }
        assertEquals(List.of("", "Ali - Salam", "سلام", "café 1", "A - T"), titles);
        assertTrue(sound.toString().matches("a{4096}b{8192,12288}c*"), sound::toString);
      }
    }
  }

  private void update(String mount, String what) throws IOException {
    try (RawClient client = bench.client()) {
      String start = "GET /admin/metadata?mode=updinfo&mount=" + mount + "&" + what + " HTTP/1.1";
      Answer answer = client.send(head(start, DJ)).answer();
      assertEquals(200, answer.status());
      assertTrue(answer.body().contains("<return>1</return>"), answer.body());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/slow.mp3", "/skip/slow.mp3"})
  void listener_whoDoesNotRead_isLetGoOf_orSkips(String path) throws Exception {
    try (RawClient source = source(path, DJ);
        RawClient slow = RawClient.narrow(bench.gateway().port("plain"))) {
      source.send("x");
      awaitStatus(path, 200);
      slow.send(head("GET " + path + " HTTP/1.1"));
      upTo(slow, "\r\n\r\n");
      byte[] sound = new byte[64 * 1024];
      Await.until(
          Duration.ofSeconds(30),
          () -> {
            source.send(sound);
            return counted(path).matcher(bench.gateway().metrics()).find();
          },
          () -> "it is not noticed");
      if (path.startsWith("/skip")) {
        source.send("z".repeat(8192));
        while (!slow.read(4096).contains("z")) {
          // What waited in the sockets.
        }
      } else {
        assertTrue(slow.endsInReset());
      }
    }
  }

  private static Pattern counted(String path) {
    String radio = path.startsWith("/skip") ? "skip" : "main";
    return Pattern.compile(
        "darban_radio_slow_listeners\\{mount=\"" + path + "\",radio=\"" + radio + "\"} [1-9]");
  }

  @ParameterizedTest
  @CsvSource({
    "/l.mp3.m3u, audio/x-mpegurl, #EXTM3U",
    "/l.mp3.pls, audio/x-scpls, [playlist]",
    "/l.mp3.xspf, application/xspf+xml, <?xml",
  })
  void lists_openTheMountInAPlayer(String path, String type, String start) throws Exception {
    try (RawClient source = source("/l.mp3", DJ, "icy-name: Jazz & more");
        RawClient client = bench.client()) {
      source.send("x");
      Answer answer = client.send(head("GET " + path + " HTTP/1.1")).answer();
      assertEquals(type, answer.field("Content-Type"));
      assertTrue(answer.body().startsWith(start), answer.body());
      assertTrue(answer.body().contains("http://h/l.mp3"), answer.body());
      assertEquals(404, client.send(head("GET /none.mp3.m3u HTTP/1.1")).answer().status());
      assertEquals(
          "*",
          client
              .send(head("GET /none.mp3 HTTP/1.1"))
              .answer()
              .field("Access-Control-Allow-Origin"));
    }
  }
}
