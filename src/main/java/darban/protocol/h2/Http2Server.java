package darban.protocol.h2;

import darban.base.Failure;
import darban.base.Kind;
import darban.base.Timeouts;
import darban.flow.Loop;
import darban.http.FieldName;
import darban.http.RequestHead;
import darban.http.Version;
import darban.protocol.PlainAnswer;
import darban.protocol.ServerConnection;
import darban.protocol.ServerHandler;
import darban.protocol.ServerOptions;
import darban.protocol.WriteWatch;
import darban.wire.FieldBlock;
import darban.wire.Framing;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/** A client's HTTP/2 connection. Event loop of its channel. */
public final class Http2Server extends Http2Channel implements ServerConnection {
  private final ServerOptions options;
  private final ServerHandler handler;
  private final WriteWatch writeWatch = new WriteWatch();
  private long idleSince;
  private long requests;
  private int open;
  private boolean draining;
  private long retiredAt;

  /** The handler for a client's channel, the last of its pipeline. */
  public Http2Server(Loop loop, ServerOptions options, ServerHandler handler) {
    super(loop, options.limits(), Parts.of(true, options.limits()));
    this.options = options;
    this.handler = handler;
    this.idleSince = loop.nanos();
  }

  @Override
  void opened(Http2Stream stream, Http2Headers headers, boolean end) throws Failure {
    requests++;
    open++;
    RequestHead head =
        Http2Heads.read(headers, FieldBlock.ofRequest(limits)).request(Version.HTTP_2);
    Http2ServerStream exchange = new Http2ServerStream(this, stream, head, end, length(head));
    state(stream, exchange);
    long most = limits.body();
    if (exchange.incoming() != null && most > 0) {
      Failure tooLong = Failure.of(Kind.CONTENT_TOO_LARGE, "request body too large");
      if (length(head) > most) {
        throw tooLong;
      }
      exchange.incoming().limit(most, tooLong);
    }
    handler.request(exchange);
  }

  private static long length(RequestHead head) {
    String value = head.fields().get(FieldName.CONTENT_LENGTH);
    return value == null ? -1 : Framing.length(value);
  }

  @Override
  void malformed(Http2Stream stream, Failure why) {
    malformedHead(stream.id(), why);
    if (why.kind() == Kind.BAD_REQUEST) {
      resetFor(stream, Http2Error.PROTOCOL_ERROR);
      frameWatch().fault(stream.id(), Http2Error.PROTOCOL_ERROR);
      return;
    }
    PlainAnswer answer = PlainAnswer.of(why);
    Http2ServerStream refused =
        new Http2ServerStream(this, stream, Http2ServerStream.REFUSED, false, -1);
    state(stream, refused);
    refused.body().discard(why);
    refused.respond(answer.head(), answer.body());
  }

  @Override
  void malformedHead(int id, Failure why) {
    handler.refused(why, "HTTP/2 stream " + id);
  }

  @Override
  void ending(Failure why) {
    handler.refused(why, "HTTP/2 connection");
  }

  @Override
  protected void onConnectionError(
      io.netty.channel.ChannelHandlerContext ctx,
      boolean outbound,
      Throwable cause,
      @Nullable Http2Exception error) {
    if (error != null && !hasEnded()) {
      handler.refused(
          Failure.of(Kind.BAD_REQUEST, "HTTP/2 connection error", cause)
              .detailed(String.valueOf(cause.getMessage())),
          "HTTP/2 connection");
    }
    super.onConnectionError(ctx, outbound, cause, error);
  }

  /** A stream ended, one way or another. */
  void ended() {
    open--;
    idleSince = loop.nanos();
    if (draining && open == 0 && isOpen()) {
      context().channel().close();
    }
  }

  @Override
  void goingAway() {
    // The client opens no more streams; those under way go on.
  }

  @Override
  void disconnected() {
    // Each stream was told when it closed.
  }

  @Override
  public boolean idleSince(long nanos) {
    return open == 0 && idleSince - nanos <= 0;
  }

  @Override
  public void drain() {
    draining = true;
    goAway(connection().remote().lastStreamCreated());
    if (open == 0) {
      context().channel().close();
    }
  }

  private void goAway(int last) {
    goAway(
        context(),
        last,
        Http2Error.NO_ERROR.code(),
        io.netty.buffer.Unpooled.EMPTY_BUFFER,
        context().newPromise());
    flush(context());
  }

  @Override
  public void retire() {
    // Streams that are on their way here are served: the last one is named a moment later.
    retiredAt = loop.nanos();
    goAway(Integer.MAX_VALUE);
  }

  @Override
  public void close() {
    context().channel().close();
  }

  @Override
  public void tick(long now) {
    Timeouts timeouts = options.timeouts();
    if (writeWatch.stalled(context().channel(), now, timeouts.write().toNanos())) {
      close();
      return;
    }
    if (frameWatch().headPending(now) > timeouts.head().toNanos()) {
      endWith(Http2Error.ENHANCE_YOUR_CALM, "head not complete in time");
      return;
    }
    if (retiredAt != 0 && !draining && now - retiredAt > ServerConnection.FAREWELL_NANOS) {
      drain();
    }
    if (open == 0) {
      long most = requests == 0 ? timeouts.head().toNanos() : timeouts.idle().toNanos();
      if (now - idleSince > most) {
        endWith(Http2Error.NO_ERROR, "idle");
      }
      return;
    }
    lookAtStreams(now, timeouts);
  }

  private void lookAtStreams(long now, Timeouts timeouts) {
    try {
      connection()
          .forEachActiveStream(stream -> {
            if (state(stream) instanceof Http2ServerStream exchange) {
              exchange.tick(now, timeouts);
            }
            return true;
          });
    } catch (Http2Exception impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
