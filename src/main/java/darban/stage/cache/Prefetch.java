package darban.stage.cache;

import darban.base.Failure;
import darban.base.Kind;
import darban.exchange.Endpoint;
import darban.exchange.Exchange;
import darban.exchange.Reply;
import darban.flow.Body;
import darban.flow.Sink;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.Method;
import darban.http.RequestHead;
import darban.observe.Timeline;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Future;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * Asks for what players are about to ask for, so that it is there when they do. It comes after the
 * client that led to it, and there are never many at once: beyond that, it is not done at all. One
 * per route and event loop.
 */
final class Prefetch {
  private static final int MOST_AT_ONCE = 4;

  /** Of the client's fields those by which origins choose what they send. */
  private static final Set<FieldName> PASSED =
      Set.of(
          FieldName.HOST,
          FieldName.ACCEPT,
          FieldName.ACCEPT_ENCODING,
          FieldName.ACCEPT_LANGUAGE,
          FieldName.USER_AGENT);

  private final BiFunction<Exchange, Endpoint, Future<Reply>> cache;
  private int running;

  /** Through {@code cache}, which stores what comes. */
  Prefetch(BiFunction<Exchange, Endpoint, Future<Reply>> cache) {
    this.cache = cache;
  }

  /**
   * Asks for these soon.
   *
   * @param cause the exchange that led to it
   * @param targets paths with their queries, of the same host
   */
  void soon(Exchange cause, Endpoint next, List<String> targets) {
    if (!targets.isEmpty() && running < MOST_AT_ONCE) {
      cause.loop().execute(() -> targets.forEach(target -> ask(cause, next, target)));
    }
  }

  private void ask(Exchange cause, Endpoint next, String target) {
    if (running >= MOST_AT_ONCE) {
      return;
    }
    running++;
    // Composed, so that whatever is wrong with a target is a failure too.
    Future.succeededFuture()
        .compose(start -> cache.apply(background(cause, target), next))
        .onSuccess(this::drain)
        // Whoever really needs it will be told.
        .onFailure(failed -> running--);
  }

  private static Exchange background(Exchange cause, String target) {
    return Exchange.background(
        cause, request(cause.request(), target), new Timeline(cause.loop().nanos()), interim -> {});
  }

  private static RequestHead request(RequestHead client, String target) {
    Fields fields = client.fields().filtered(PASSED::contains).build();
    return client.withMethod(Method.GET).withPath(target).withFields(fields);
  }

  private void drain(Reply reply) {
    Body body = reply instanceof Reply.Message message ? message.body() : Body.NONE;
    if (body instanceof Body.Stream stream) {
      stream.open(new Drain());
    } else {
      running--;
      reply.discard(Failure.of(Kind.CLIENT_GONE, "nobody waits for it"));
    }
  }

  /** Lets all of a body go by: it is stored on its way. */
  private final class Drain implements Sink {
    @Override
    public void data(ByteBuf bytes) {
      bytes.release();
    }

    @Override
    public void flush() {
      // There is nobody to send it to.
    }

    @Override
    public void end(Fields trailers) {
      running--;
    }

    @Override
    public void fail(Failure why) {
      running--;
    }
  }
}
