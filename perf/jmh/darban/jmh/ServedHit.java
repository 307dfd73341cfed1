package darban.jmh;

import darban.base.Limits;
import darban.base.Ticker;
import darban.base.Timeouts;
import darban.caching.CachePolicy;
import darban.exchange.Endpoint;
import darban.exchange.Exchanges;
import darban.exchange.Match;
import darban.exchange.Match.PathRule;
import darban.exchange.Peer;
import darban.exchange.Phase;
import darban.exchange.Pipeline;
import darban.exchange.Recorder;
import darban.exchange.Refusal;
import darban.exchange.Reply;
import darban.exchange.Route;
import darban.exchange.Routes;
import darban.exchange.Underway;
import darban.flow.Body;
import darban.flow.Loop;
import darban.http.Fields;
import darban.observe.Meters;
import darban.protocol.ServerOptions;
import darban.protocol.h1.Http1Server;
import darban.stage.cache.CacheConfig;
import darban.stage.cache.CacheStage;
import darban.store.Store;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A cached hit from the bytes of its request to those of its answer, by all that is ours and
 * nothing of the kernel: connection, route, cache, metrics.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
    value = 1,
    jvmArgs = {"-XX:+UseCompactObjectHeaders", "-XX:+UseSerialGC"})
@Warmup(iterations = 8, time = 1)
@Measurement(iterations = 5, time = 1)
public class ServedHit {
  private static final InetSocketAddress HERE = new InetSocketAddress("127.0.0.1", 8080);
  private static final Peer PEER =
      new Peer("plain", "127.0.0.1", HERE, HERE, false, false, null, null);

  private final Vertx vertx = Vertx.vertx();
  private final Loop loop =
      new Loop(
          ((io.vertx.core.internal.VertxInternal) vertx).createEventLoopContext(), Ticker.system());
  private final Meters meters = new Meters(Instant.EPOCH);
  private final Store store =
      new Store(new Store.Limits(64_000_000, 512 << 10, 1 << 30, 1 << 20), null, Ticker.system());
  private final ByteBuf request =
      Unpooled.unreleasableBuffer(
          Unpooled.directBuffer()
              .writeBytes(
                  "GET /hit/0 HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n"
                      .getBytes(StandardCharsets.ISO_8859_1)));
  private final EmbeddedChannel channel = channel();

  private EmbeddedChannel channel() {
    // It would look at the connection from its own thread.
    loop.close();
    Endpoint cached =
        Pipeline.of(
            Map.of(
                Phase.CACHE,
                new CacheStage(store, CachePolicy.DEFAULT, List.of(), CacheConfig.Telling.NOTHING)),
            exchange -> Future.succeededFuture(original()));
    Match match = new Match(PathRule.parse("/hit/*"), Set.of(), Map.of(), Map.of(), Set.of());
    Routes routes = new Routes(Map.of("*", List.of(new Route("*", "origin", match, cached))));
    Exchanges.Service service =
        new Exchanges.Service(
            loop,
            exchange -> routes.find(exchange.request(), "plain"),
            new Refusal("darban"),
            new Underway(new Recorder(Ticker.system(), meters, null)),
            exchange -> "127.0.0.1",
            Duration.ofMinutes(1),
            () -> false);
    return new EmbeddedChannel(
        new Http1Server(
            loop,
            new ServerOptions(Limits.DEFAULT, Timeouts.DEFAULT),
            new Exchanges(() -> service, PEER)));
  }

  private static Reply original() {
    return new Reply.Message(
        200,
        Fields.of(
            "Server", "nginx/1.22.1",
            "Date", "Fri, 15 Jan 2027 08:00:00 GMT",
            "Content-Type", "text/plain",
            "Content-Length", "1024",
            "Last-Modified", "Thu, 14 Jan 2027 08:00:00 GMT",
            "ETag", "\"5f3e-400\"",
            "Cache-Control", "max-age=86400",
            "Accept-Ranges", "bytes"),
        new Body.Bytes(Unpooled.directBuffer().writeZero(1024)));
  }

  @Benchmark
  public int hit() {
    channel.writeInbound(request.retainedDuplicate());
    int bytes = 0;
    for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
      bytes += out.readableBytes();
      out.release();
    }
    if (bytes < 1024) {
      throw new IllegalStateException("no answer");
    }
    return bytes;
  }

  @TearDown
  public void close() {
    channel.close();
    meters.close();
    vertx.close();
  }
}
