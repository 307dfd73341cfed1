package darban.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.base.Failure;
import darban.base.Kind;
import darban.base.Ticker;
import darban.http.Fields;
import darban.http.Method;
import darban.http.RequestHead;
import darban.http.Target;
import darban.http.Version;
import darban.observe.Timeline;
import darban.testkit.OneLoop;
import io.vertx.core.Future;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The order of stages, and what becomes of one that does what it must not. */
class PipelineTest {
  private static final OneLoop LOOP = new OneLoop(Ticker.system());

  private final List<String> seen = new ArrayList<>();

  @AfterAll
  static void end() {
    LOOP.close();
  }

  private static Exchange exchange() {
    RequestHead head =
        new RequestHead(
            Version.HTTP_1_1, Method.GET, Target.origin("/"), "a.example", Fields.NONE, null);
    InetSocketAddress nobody = new InetSocketAddress("192.0.2.1", 9);
    Peer peer = new Peer("web", "192.0.2.1", nobody, nobody, false, false, null, null, false);
    return new Exchange(
        LOOP.loop(),
        peer,
        new OwnStream(head, interim -> {}),
        new Timeline(1),
        Duration.ofSeconds(1));
  }

  private Stage noting(Phase phase) {
    return (exchange, next) -> {
      seen.add(phase + " in");
      return next.serve(exchange)
          .map(reply -> {
            seen.add(phase + " out");
            return reply;
          });
    };
  }

  private static Endpoint answering(int status) {
    return exchange -> Future.succeededFuture(Reply.empty(status, Fields.NONE));
  }

  @Test
  void stages_inTheOrderOfPhases_inAndOut() {
    Map<Phase, Stage> stages = new EnumMap<>(Phase.class);
    // As in README.md and in the drawing of a request's way.
    List<Phase> phases =
        List.of(
            Phase.CORS,
            Phase.LIMIT,
            Phase.GATE,
            Phase.PLAYER,
            Phase.SIGNED,
            Phase.REWRITE,
            Phase.CACHE,
            Phase.MANIFEST,
            Phase.COMPRESS,
            Phase.FORWARDED);
    phases.reversed().forEach(phase -> stages.put(phase, noting(phase)));
    Future<Reply> reply = Pipeline.of(stages, answering(204)).serve(exchange());
    assertEquals(204, reply.result().status());
    List<String> expected = new ArrayList<>();
    phases.forEach(phase -> expected.add(phase + " in"));
    phases.reversed().forEach(phase -> expected.add(phase + " out"));
    assertEquals(expected, seen);
  }

  /** What a step may come to do by a bug. */
  enum Bug {
    THROWS,
    RETURNS_NOTHING
  }

  @SuppressWarnings("NullAway") // on purpose
  private static Future<Reply> buggy(Bug bug) {
    return switch (bug) {
      case THROWS -> throw new IllegalStateException("bug");
      case RETURNS_NOTHING -> null;
    };
  }

  @ParameterizedTest
  @EnumSource
  void stage_withABug_isAFailureOfOurs(Bug bug) {
    Pipeline pipeline =
        Pipeline.of(Map.of(Phase.GATE, (exchange, next) -> buggy(bug)), answering(200));
    failedInside(pipeline.serve(exchange()));
  }

  @ParameterizedTest
  @EnumSource
  void endpoint_withABug_isAFailureOfOurs(Bug bug) {
    Pipeline pipeline = Pipeline.of(Map.of(Phase.GATE, noting(Phase.GATE)), exchange -> buggy(bug));
    failedInside(pipeline.serve(exchange()));
  }

  private static void failedInside(Future<Reply> reply) {
    assertTrue(reply.failed());
    Failure why = assertInstanceOf(Failure.class, reply.cause());
    assertEquals(Kind.INTERNAL, why.kind());
  }

  @Test
  void stage_thatAnswers_isTheLast() {
    Stage answers = (exchange, next) -> answering(403).serve(exchange);
    Pipeline pipeline =
        Pipeline.of(Map.of(Phase.GATE, answers, Phase.CACHE, noting(Phase.CACHE)), answering(200));
    assertEquals(403, pipeline.serve(exchange()).result().status());
    assertEquals(List.of(), seen);
  }

  @Test
  void underway_none_completesWithTheLastOne() {
    Underway underway = new Underway(new Nobody());
    underway.began(exchange());
    underway.began(exchange());
    underway.ended(exchange(), null);
    Future<?> none = underway.none();
    assertEquals(false, none.isComplete());
    underway.ended(exchange(), Failure.of(Kind.CLIENT_GONE, "gone"));
    assertEquals(true, none.succeeded());
    assertEquals(true, new Underway(new Nobody()).none().succeeded());
  }

  /** Hears nothing. */
  private static final class Nobody implements Observer {
    @Override
    public void began(Exchange exchange) {}

    @Override
    public void tunnels(Exchange exchange) {}

    @Override
    public void ended(Exchange exchange, @org.jspecify.annotations.Nullable Failure why) {}

    @Override
    public void refused(Peer peer, Failure why, String start) {}
  }
}
