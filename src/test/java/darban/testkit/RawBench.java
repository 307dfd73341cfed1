package darban.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Sends one request in raw bytes again and again: at once, cut in two at several points, and byte
 * by byte, each piece reaching the gateway as a read of its own. For that the gateway has but one
 * event loop, and between two pieces another connection of it answers a request. What is judged
 * must come out the same each time. Closed by the class of tests.
 */
public final class RawBench implements AutoCloseable {
  /** Another request, sent behind the one that is judged. */
  private static final String CANARY = "GET /canary HTTP/1.1\r\nHost: canary\r\n\r\n";

  private static final String PULSE = "GET /pulse HTTP/1.1\r\nHost: pulse\r\n\r\n";
  private static final int TWO_PARTS = 5;

  private final Bench bench;
  private final RawClient pulse;
  private final LogFile log;

  /** A listener {@code plain} with these settings besides its address; ends with a comma. */
  public RawBench(String settings) throws Exception {
    bench =
        Bench.yaml(
            """
            listeners: { plain: { %s address: "127.0.0.1:0" } }
            sites:
              pulse: { routes: [ { respond: { body: pulse } } ] }
              "*": { routes: [ { service: origin } ] }
            services: { origin: { servers: [ "http://ORIGIN" ] } }
            log: { access: { file: access.log } }
            """
                .formatted(settings),
            1);
    pulse = bench.client();
    log =
        new LogFile(
            bench.folder().resolve("access.log"), line -> !line.matches(".*/(pulse|probe)\\b.*"));
  }

  /** The origin. */
  public ScriptedOrigin origin() {
    return bench.origin();
  }

  /** A new connection. */
  public RawClient client() throws IOException {
    return bench.client();
  }

  /** The access log. */
  public LogFile log() {
    return log;
  }

  /** Waits until the gateway has used all that it was sent before. */
  public void settle() throws IOException {
    assertEquals("pulse", pulse.send(PULSE).answer().body());
  }

  /** Each way to cut so many bytes: the points, in order. */
  private static List<int[]> cuts(int length) {
    List<int[]> cuts = new ArrayList<>();
    cuts.add(new int[0]);
    for (int i = 1; i <= TWO_PARTS; i++) {
      int point = i == TWO_PARTS ? length - 1 : length * i / TWO_PARTS;
      if (point > 0) {
        cuts.add(new int[] {point});
      }
    }
    if (length <= 400) {
      cuts.add(java.util.stream.IntStream.range(1, length).toArray());
    }
    return cuts;
  }

  /** Runs {@code judge} on a new connection for each way to cut {@code request}; how many. */
  private int each(String request, Judge judge) throws Exception {
    log.skip();
    List<int[]> all = cuts(request.length());
    for (int[] cuts : all) {
      bench.clear();
      settle();
      try (RawClient client = client()) {
        int from = 0;
        for (int cut : cuts) {
          client.sendWhatItTakes(request.substring(from, cut));
          settle();
          from = cut;
        }
        client.sendWhatItTakes(request.substring(from) + CANARY);
        judge.judge(client);
      } catch (IOException | AssertionError wrong) {
        String how = cuts.length == 1 ? "cut at " + cuts[0] : cuts.length + " cuts";
        throw new AssertionError(how + ": " + wrong.getMessage(), wrong);
      }
    }
    return all.size();
  }

  /** Who looks at what comes of it. */
  private interface Judge {
    void judge(RawClient client) throws Exception;
  }

  /** Another client is served as ever. */
  private void probe() throws Exception {
    bench.clear();
    settle();
    try (RawClient client = client()) {
      client.send("GET /probe HTTP/1.1\r\nHost: probe\r\n\r\n");
      assertEquals("GET /probe 0", client.answer().body());
    }
    bench.clear();
  }

  /**
   * The head of {@code request} is refused: {@code status}, then the end; one line in the log that
   * names {@code reason}; not a byte reaches the origin.
   */
  public void refused(String request, int status, String reason) throws Exception {
    int times =
        each(
            request,
            client -> {
              refusal(client, status);
              assertEquals("", origin().received());
            });
    for (String line : logged(times, status, reason)) {
      assertTrue(!line.contains("upstream"), line);
    }
    probe();
  }

  private static void refusal(RawClient client, int status) throws Exception {
    RawClient.Answer answer = client.answer();
    assertEquals(status, answer.status());
    assertTrue(answer.whole());
    assertEquals("close", answer.field("Connection"));
    assertTrue(client.isClosed(), "more after the refusal");
  }

  private List<String> logged(int times, int status, String reason) throws Exception {
    List<String> lines = log.next(times);
    for (String line : lines) {
      assertTrue(line.contains(reason), () -> reason + " is not in " + line);
      assertTrue(line.contains("\"status\":" + status + ","), line);
    }
    return lines;
  }

  /**
   * The body of {@code request} is refused: as {@link #refused}, but the origin may have seen the
   * head and a part of the body, then a cut.
   */
  public void bodyRefused(String request, int status, String reason) throws Exception {
    int times =
        each(
            request,
            client -> {
              refusal(client, status);
              Await.until(
                  java.time.Duration.ofSeconds(5),
                  () -> origin().open() == 0,
                  () -> "the origin's connection lives on");
              for (ScriptedOrigin.Request seen : origin().requests()) {
                assertTrue(!seen.whole(), () -> "the origin takes it for whole: " + seen);
              }
              assertTrue(!origin().received().contains("canary"), origin().received());
            });
    logged(times, status, reason);
    probe();
  }

  /** {@code request} reaches the origin, which sees {@code expected}; so does the next. */
  public void passed(String request, String expected, Function<ScriptedOrigin.Request, String> view)
      throws Exception {
    int times =
        each(
            request,
            client -> {
              RawClient.Answer answer = client.answerTo(request.substring(0, request.indexOf(' ')));
              assertEquals(200, answer.status(), answer.body());
              assertEquals("GET /canary 0", client.answer().body());
              assertEquals(List.of(), origin().faults());
              List<ScriptedOrigin.Request> seen = origin().requests();
              assertEquals(2, seen.size(), seen.toString());
              assertTrue(seen.getFirst().whole());
              assertEquals(expected, view.apply(seen.getFirst()));
            });
    for (String line : log.next(2 * times)) {
      assertTrue(line.contains("\"status\":200,") && !line.contains("\"err\""), line);
    }
    probe();
  }

  /** The line and the body, the body in brackets. */
  public static String lineAndBody(ScriptedOrigin.Request request) {
    return request.line() + " [" + request.body() + "]";
  }

  /** The values of the fields {@code name}, joined by a semicolon; our name without its number. */
  public static Function<ScriptedOrigin.Request, String> field(String name) {
    return request -> String.join("; ", request.all(name)).replaceAll("darban-\\w+", "darban");
  }

  @Override
  public void close() throws IOException {
    pulse.close();
    bench.close();
  }
}
