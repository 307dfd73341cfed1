package darban.protocol.h2;

import darban.base.Failure;
import darban.base.Kind;
import darban.base.Retry;
import darban.flow.Body;
import darban.flow.Loop;
import darban.http.RequestHead;
import darban.protocol.ClientConnection;
import darban.protocol.ClientHandler;
import darban.protocol.ClientOptions;
import darban.protocol.ClientStream;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.function.Consumer;

/**
 * An HTTP/2 connection to an origin: many exchanges at once. Event loop of its channel; owned by a
 * pool, which {@code free} tells when it can take one request more.
 */
public final class Http2Client extends Http2Channel implements ClientConnection {
  private final ClientOptions options;
  private final String scheme;
  private final Consumer<Http2Client> free;
  private int open;
  private long exchanges;
  private long idleSince;
  private boolean draining;

  /**
   * The handler for an origin's channel, the last of its pipeline.
   *
   * @param secure whether TLS lies beneath, which the scheme tells
   */
  public Http2Client(Loop loop, ClientOptions options, boolean secure, Consumer<Http2Client> free) {
    super(loop, options.limits(), Parts.of(false, options.limits()));
    this.options = options;
    this.scheme = secure ? "https" : "http";
    this.free = free;
    this.idleSince = loop.nanos();
  }

  @Override
  public boolean available() {
    return open()
        && connection().local().canOpenStream()
        && open < Math.min(connection().local().maxActiveStreams(), limits.streams());
  }

  @Override
  public boolean open() {
    return isOpen() && !draining && !connection().goAwayReceived();
  }

  @Override
  public boolean shared() {
    return true;
  }

  @Override
  public boolean reused() {
    return exchanges > 1;
  }

  @Override
  public ClientStream send(RequestHead head, Body body, ClientHandler handler) {
    exchanges++;
    open++;
    Http2ClientStream exchange = new Http2ClientStream(this, head, handler, options);
    exchange.start(connection().local().incrementAndGetNextStreamId(), scheme, body);
    return exchange;
  }

  /** A stream is over. */
  void ended() {
    open--;
    idleSince = loop.nanos();
    if (!open() && open == 0 && isOpen()) {
      context().channel().close();
    } else if (available()) {
      free.accept(this);
    }
  }

  @Override
  void opened(Http2Stream stream, Http2Headers headers, boolean end) throws Failure {
    throw Failure.of(Kind.RESPONSE_MALFORMED, "origin opened a stream");
  }

  @Override
  void malformed(Http2Stream stream, Failure why) {
    if (state(stream) instanceof Http2ClientStream exchange) {
      exchange.closed(why);
    }
    resetFor(stream, Http2Error.PROTOCOL_ERROR);
  }

  @Override
  void malformedHead(int id, Failure why) {
    // The stream is told when it closes.
  }

  @Override
  void ending(Failure why) {
    // Each stream is told when the connection closes.
  }

  @Override
  void goingAway() {
    if (open == 0) {
      context().channel().close();
    }
  }

  @Override
  void disconnected() {
    // Each stream was told when it closed.
  }

  @Override
  public void drain() {
    draining = true;
    if (open == 0) {
      context().channel().close();
    }
  }

  @Override
  public void close(Failure why) {
    draining = true;
    forEach(exchange -> exchange.closed(why.retry(Retry.NEVER)));
    context().channel().close();
  }

  private void forEach(Consumer<Http2ClientStream> action) {
    try {
      connection()
          .forEachActiveStream(stream -> {
            if (state(stream) instanceof Http2ClientStream exchange) {
              action.accept(exchange);
            }
            return true;
          });
    } catch (Http2Exception impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  @Override
  public void tick(long now) {
    if (open == 0) {
      if (now - idleSince > options.idle().toNanos()) {
        drain();
      }
    } else {
      forEach(exchange -> exchange.tick(now));
    }
  }
}
