package darban.stage.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.testkit.Bench;
import darban.testkit.Guard;
import darban.testkit.RawClient;
import darban.testkit.ScriptedOrigin;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The cache between raw clients and an origin that counts. Each test has URLs of its own. */
@ExtendWith(Guard.OfClass.class)
class CacheStageTest {
  private static final String FRESH = "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\n";

  @SuppressWarnings("NullAway.Init")
  private static Bench bench;

  private final AtomicInteger asked = new AtomicInteger();

  @BeforeAll
  static void start() throws Exception {
    bench =
        Bench.yaml(
            """
            listeners:
              plain: { address: "127.0.0.1:0" }
              behind: { address: "127.0.0.1:0", trusted-proxies: [127.0.0.1] }
            sites:
              "nobody.test": { routes: [ { service: origin, cache: on } ] }
              "keyed.test": { routes: [ { service: origin, cache: { key: { headers: [X-HTTP-Method-Override] } } } ] }
              "*": { routes: [ { service: origin, cache: on } ] }
            services: { origin: { servers: [ "http://ORIGIN" ] } }
            cache: { memory: 16MB, disk: off, purge-from: [127.0.0.1], status-header: X-Cache }
            log: { access: off }
            """);
  }

  @AfterAll
  static void stop() throws Exception {
    bench.close();
  }

  @AfterEach
  void clear() throws Exception {
    bench.clear();
  }

  /** Answers with these fields and, as content, what was asked and how often the origin was. */
  private void origin(String fields) {
    bench
        .origin()
        .script(connection -> {
          for (ScriptedOrigin.Request next = connection.next();
              next != null;
              next = connection.next()) {
            String body = next.line() + " #" + asked.incrementAndGet();
            connection.send(answer(fields, next.line().startsWith("HEAD ") ? "" : body));
          }
        });
  }

  private static String answer(String fields, String body) {
    return "HTTP/1.1 200 OK\r\n" + fields + "Content-Length: " + body.length() + "\r\n\r\n" + body;
  }

  private static RawClient.Answer get(String url, String... fields) throws IOException {
    return send("GET", url, fields);
  }

  private static RawClient.Answer send(String method, String url, String... fields)
      throws IOException {
    return send(bench.gateway().port("plain"), method, url, fields);
  }

  private static RawClient.Answer send(int port, String method, String url, String... fields)
      throws IOException {
    int slash = url.indexOf('/');
    try (RawClient client = RawClient.connect(port)) {
      StringBuilder head = new StringBuilder();
      head.append(method).append(' ').append(url.substring(slash)).append(" HTTP/1.1\r\nHost: ");
      head.append(url, 0, slash).append("\r\n");
      for (String field : fields) {
        head.append(field).append("\r\n");
      }
      return client.send(head.append("\r\n").toString()).answerTo(method);
    }
  }

  // What it says

  @Test
  void answer_fromStore_tellsItsAgeAndWhy() throws Exception {
    origin("Cache-Control: max-age=60\r\n");
    RawClient.Answer first = get("h.test/says");
    RawClient.Answer second = get("h.test/says");
    assertEquals(first.body(), second.body());
    assertEquals(
        List.of("Darban;fwd=uri-miss;fwd-status=200;stored;ttl=T"), all(first, "Cache-Status"));
    assertEquals(List.of("Darban;hit;ttl=T"), all(second, "Cache-Status"));
    assertEquals("MISS", first.field("X-Cache"));
    assertEquals("HIT", second.field("X-Cache"));
    assertTrue(Objects.requireNonNull(second.field("Age")).matches("[01]"));
  }

  @Test
  void cacheStatus_ofCachesNearerToTheOrigin_staysInFront() throws Exception {
    origin("Cache-Control: max-age=60\r\nCache-Status: Far;hit\r\n");
    assertEquals(
        List.of("Far;hit", "Darban;fwd=uri-miss;fwd-status=200;stored;ttl=T"),
        all(get("h.test/far"), "Cache-Status"));
    assertEquals(1, all(get("h.test/far"), "Cache-Status").size(), "Far did nothing this time");
  }

  private static List<String> all(RawClient.Answer answer, String name) {
    return answer.fields().stream()
        .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
        .map(line -> line.substring(name.length() + 1).strip())
        .map(value -> value.replaceAll("ttl=(59|60)", "ttl=T"))
        .toList();
  }

  @Test
  void fieldsForOneClient_reachItAndNobodyElse() throws Exception {
    origin(
        """
        Cache-Control: max-age=60, private="X-Who", no-cache="X-Once"\r
        X-Who: ali\r
        X-Once: 1\r
        X-All: 2\r
        """);
    RawClient.Answer first = get("h.test/own");
    assertEquals("ali", first.field("X-Who"));
    assertEquals("1", first.field("X-Once"));
    RawClient.Answer second = get("h.test/own");
    assertNull(second.field("X-Who"));
    assertNull(second.field("X-Once"));
    assertEquals("2", second.field("X-All"));
    assertEquals(1, asked.get());
  }

  @ParameterizedTest
  @CsvSource({"h2c, 1", "websocket, 2"})
  void upgrade_thatNobodyMakes_isNoReasonToAsk(String protocol, int requests) throws Exception {
    origin("Cache-Control: max-age=60\r\n");
    String[] offer = {"Connection: Upgrade, HTTP2-Settings", "Upgrade: " + protocol};
    get("h.test/" + protocol, offer);
    get("h.test/" + protocol, offer);
    assertEquals(requests, asked.get());
  }

  @Test
  void onlyIfCached_nothingStored_isGatewayTimeout() throws Exception {
    origin("Cache-Control: max-age=60\r\n");
    assertEquals(504, get("h.test/only", "Cache-Control: only-if-cached").status());
    assertEquals(0, asked.get());
  }

  @Test
  void statusKey_ifAskedFor_namesTheKey() throws Exception {
    try (Bench telling =
        Bench.yaml(
            """
            listeners: { plain: { address: "127.0.0.1:0" } }
            sites: { "*": { routes: [ { service: origin, cache: on } ] } }
            services: { origin: { servers: [ "http://ORIGIN" ] } }
            cache: { disk: off, status-key: true }
            log: { access: off }
            """)) {
      int port = telling.gateway().port("plain");
      assertEquals(
          List.of("Darban;fwd=uri-miss;fwd-status=200;key=\"http://h.test/k?a\""),
          all(send(port, "GET", "h.test/k?a"), "Cache-Status"));
    }
  }

  // Waiting for each other

  @Test
  void manyMisses_oneRequest_everyoneReadsWhileItComes() throws Exception {
    CountDownLatch rest = new CountDownLatch(1);
    bench
        .origin()
        .script(connection -> {
          connection.next();
          asked.incrementAndGet();
          connection.send(FRESH + "Content-Length: 10\r\n\r\nhello");
          await(rest);
          connection.send("world");
        });
    List<RawClient> clients = new ArrayList<>();
    try {
      for (int i = 0; i < 20; i++) {
        clients.add(bench.client().send("GET /one HTTP/1.1\r\nHost: one.test\r\n\r\n"));
      }
      for (RawClient each : clients) {
        String head = each.read(15);
        assertTrue(head.startsWith("HTTP/1.1 200"), head);
      }
      rest.countDown();
      for (RawClient each : clients) {
        each.finish();
        assertTrue(each.readToEnd().endsWith("\r\n\r\nhelloworld"));
      }
    } finally {
      for (RawClient each : clients) {
        each.close();
      }
    }
    assertEquals(1, asked.get());
  }

  @Test
  void missesAtOneMoment_answersAtOnce_oneRequestForEachUrl() throws Exception {
    origin("Cache-Control: max-age=60\r\n");
    int urls = 1_000;
    CyclicBarrier start = new CyclicBarrier(4);
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> done = new ArrayList<>();
      for (int c = 0; c < start.getParties(); c++) {
        done.add(
            clients.submit(() -> {
              try (RawClient client = RawClient.connect(bench.gateway().port("plain"))) {
                for (int i = 0; i < urls; i++) {
                  start.await(10, TimeUnit.SECONDS);
                  client.send("GET /moment" + i + " HTTP/1.1\r\nHost: h.test\r\n\r\n");
                  assertEquals(200, client.answerTo("GET").status());
                }
              }
              return null;
            }));
      }
      for (Future<?> each : done) {
        each.get(60, TimeUnit.SECONDS);
      }
    }
    assertEquals(urls, asked.get());
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      if (!latch.await(10, TimeUnit.SECONDS)) {
        throw new IOException("waited in vain");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  @Test
  void manyMisses_answerIsPrivate_theOthersAskAtOnceAndInParallel() throws Exception {
    int many = 20;
    CountDownLatch others = new CountDownLatch(many - 1);
    bench
        .origin()
        .script(connection -> {
          ScriptedOrigin.Request next = connection.next();
          while (next != null) {
            int number = asked.incrementAndGet();
            if (number > 1) {
              // Nobody is answered before all of them have asked.
              others.countDown();
              await(others);
            }
            String body = "for " + number;
            connection.send(answer("Cache-Control: private\r\n", body));
            next = connection.next();
          }
        });
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<RawClient.Answer>> answers = new ArrayList<>();
      for (int i = 0; i < many; i++) {
        answers.add(threads.submit(() -> get("h.test/private")));
      }
      List<String> bodies = new ArrayList<>();
      for (Future<RawClient.Answer> each : answers) {
        bodies.add(each.get(20, TimeUnit.SECONDS).body());
      }
      assertEquals(many, bodies.stream().distinct().count(), "each has an answer of its own");
    }
  }

  // Purging

  @Test
  void purge_fromAllowedAddress_removes() throws Exception {
    origin("Cache-Control: max-age=60\r\n");
    get("h.test/gone");
    assertEquals(200, send("PURGE", "h.test/gone").status());
    assertEquals("GET /gone #2", get("h.test/gone").body());
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH", "M-SEARCH"})
  void unsafeMethod_invalidates(String method) throws Exception {
    origin("Cache-Control: max-age=60\r\n");
    String url = "h.test/unsafe-" + method;
    get(url);
    send(method, url, "Content-Length: 0");
    assertEquals("GET /unsafe-" + method + " #3", get(url).body());
  }

  // Poisoning: what one client sends must not shape what another gets

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-Forwarded-Host: evil.test",
        "X-Forwarded-Proto: evil",
        "X-Forwarded-Port: 666",
        "X-Forwarded-Scheme: evil",
        "X-Forwarded-Prefix: /evil",
        "X-Forwarded-Server: evil.test",
        "Forwarded: host=evil.test;proto=evil",
        "X-Host: evil.test",
        "X-Original-Host: evil.test",
        "X-Original-URL: /evil",
        "X-Rewrite-URL: /evil",
        "X-HTTP-Method-Override: evil",
        "X-HTTP-Method: evil",
        "X-Method-Override: evil"
      })
  void unkeyedField_neverReachesTheOrigin(String field) throws Exception {
    origin("Cache-Control: max-age=60\r\n");
    get("h.test/poison-" + field.substring(0, field.indexOf(':')), field);
    assertFalse(bench.origin().received().contains("evil"), bench.origin().received());
  }

  @Test
  void fieldOfTheKey_reachesTheOriginAndIsAKeyOfItsOwn() throws Exception {
    origin("Cache-Control: max-age=60\r\n");
    assertEquals("GET /k #1", get("keyed.test/k", "X-HTTP-Method-Override: a").body());
    assertEquals("GET /k #2", get("keyed.test/k").body());
    assertEquals("GET /k #1", get("keyed.test/k", "X-HTTP-Method-Override: a").body());
    assertTrue(bench.origin().received().contains("X-HTTP-Method-Override: a"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          X-Forwarded-Proto: https      | X-Forwarded-Proto: http
          X-Forwarded-Host: other.test  | X-Forwarded-Host: h.test
          X-Forwarded-Port: 8443        | X-Forwarded-Port: 80
          X-Forwarded-Proto: odd        | X-Forwarded-Proto: http
          """)
  void trustedProxyTellsOtherwise_isAnotherKey(String one, String other) throws Exception {
    origin("Cache-Control: max-age=60\r\n");
    int port = bench.gateway().port("behind");
    String url = "h.test/t-" + one.hashCode();
    String first = send(port, "GET", url, one).body();
    String second = send(port, "GET", url, other).body();
    assertFalse(first.equals(second));
    assertEquals(first, send(port, "GET", url, one).body());
    assertEquals(second, send(port, "GET", url).body(), "what it says anyway is no other key");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/account/nav.css",
        "/account;x.css",
        "/account%00.css",
        "/account%2fx.js",
        "/account%3fx.js",
        "/account%23x.png",
        "/static/..%2faccount/x.css",
        "/account/%2e%2e/x.ico"
      })
  void nameOfAStaticFile_makesNothingStorable(String path) throws Exception {
    origin("");
    assertEquals("GET " + path + " #1", get("h.test" + path).body(), "passed on as it came");
    assertEquals("GET " + path + " #2", get("h.test" + path).body());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          /p%2fq  | /p/q
          /p%2Fq  | /p%2fq
          /p?a=1  | /p?a=1&a=2
          /p;a    | /p
          /P      | /p
          //p     | /p
          /p?     | /p
          /p%20   | /p+
          """)
  void pathsThatAnOriginMayTellApart_areTwoKeys(String one, String other) throws Exception {
    origin("Cache-Control: max-age=60\r\n");
    String host = "keys-" + Integer.toHexString((one + other).hashCode()) + ".test";
    String first = get(host + one).body();
    String second = get(host + other).body();
    assertEquals("GET " + one + " #1", first);
    assertEquals("GET " + other + " #2", second);
  }

  @ParameterizedTest
  @CsvSource({"same.test, SAME.test", "same2.test, same2.test:80"})
  void hostsThatAreTheSame_areOneKey(String one, String other) throws Exception {
    origin("Cache-Control: max-age=60\r\n");
    assertEquals(get(one + "/").body(), get(other + "/").body());
  }

  @Test
  void absoluteForm_countsMoreThanHost() throws Exception {
    origin("Cache-Control: max-age=60\r\n");
    try (RawClient client = bench.client()) {
      client.send("GET http://victim.test/a HTTP/1.1\r\nHost: evil.test\r\n\r\n").answer();
    }
    assertTrue(bench.origin().received().contains("Host: victim.test\r\n"));
    assertEquals("GET /a #2", get("evil.test/a").body());
    assertEquals("GET /a #1", get("victim.test/a").body());
  }

  @Test
  void requestWithContent_isNeverAnsweredFromNorIntoTheStore() throws Exception {
    origin("Cache-Control: max-age=60\r\n");
    try (RawClient client = bench.client()) {
      String body = "GET /fat HTTP/1.1\r\nHost: h.test\r\nContent-Length: 4\r\n\r\nevil";
      assertEquals("GET /fat #1", client.send(body).answer().body());
      assertEquals("GET /fat #2", client.send(body).answer().body());
    }
    assertEquals("GET /fat #3", get("h.test/fat").body());
  }

  @Test
  void refusedRequest_poisonsNothing() throws Exception {
    origin("Cache-Control: max-age=60\r\n");
    assertEquals(431, get("h.test/big", "X-A: " + "a".repeat(20_000)).status());
    assertEquals("GET /big #1", get("h.test/big").body());
  }

  @Test
  void variantsOfOneUrl_areBounded() throws Exception {
    origin("Cache-Control: max-age=60\r\nVary: X-V\r\n");
    for (int i = 0; i < 40; i++) {
      get("h.test/vary", "X-V: " + i);
    }
    assertEquals("GET /vary #40", get("h.test/vary", "X-V: 39").body());
    assertEquals("GET /vary #41", get("h.test/vary", "X-V: 0").body(), "the oldest are gone");
  }
}
