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
import darban.wire.FieldBlock;
import io.netty.handler.codec.http2.Http2Error;
import java.util.function.Consumer;

/**
 * An HTTP/2 connection to an origin: many exchanges at once. Event loop of its channel; owned by a
 * pool, which {@code free} tells when it can take one request more.
 */
public final class Http2Client extends Http2Channel implements ClientConnection {
  /** Of a request that the origin has not looked at (RFC 9113 §8.7). */
  @SuppressWarnings("StaticAssignmentOfThrowable") // it has no stack
  static final Failure REFUSED =
      Failure.of(Kind.CONNECTION_TERMINATED, "origin takes no more requests").retry(Retry.ALWAYS);

  private final ClientOptions options;
  private final String scheme;
  private final Consumer<Http2Client> free;
  private int nextId = 1;
  private int allowed = Integer.MAX_VALUE;
  private long exchanges;
  private long idleSince;
  private boolean draining;

  /**
   * The handler for an origin's channel, the last of its pipeline.
   *
   * @param secure whether TLS lies beneath, which the scheme tells
   */
  public Http2Client(Loop loop, ClientOptions options, boolean secure, Consumer<Http2Client> free) {
    super(loop, options.limits(), false);
    this.options = options;
    this.scheme = secure ? "https" : "http";
    this.free = free;
    this.idleSince = loop.nanos();
  }

  @Override
  public boolean available() {
    return open() && nextId > 0 && openStreams() < Math.min(allowed, limits.streams());
  }

  @Override
  public boolean open() {
    return isOpen() && !draining;
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
    Http2ClientStream exchange = new Http2ClientStream(this, head, handler, options);
    Http2Stream stream = open(nextId, exchange);
    nextId += 2;
    exchange.start(stream, scheme, body);
    return exchange;
  }

  /** A stream is over. */
  void ended() {
    idleSince = loop.nanos();
    if (draining && openStreams() == 0 && isOpen()) {
      closeWhenSent();
    } else if (available()) {
      free.accept(this);
    }
  }

  @Override
  FieldBlock fieldBlock() {
    return FieldBlock.ofResponse(limits);
  }

  @Override
  void opened(int id, FieldBlock lines, boolean end) throws Http2Fault {
    if (isIdle(id)) {
      throw new Http2Fault(Http2Error.PROTOCOL_ERROR, "origin opened a stream");
    }
    // It was under way when we reset the stream.
  }

  @Override
  boolean isIdle(int id) {
    return id % 2 == 0 || (nextId > 0 && id >= nextId);
  }

  @Override
  int lastOpened() {
    return 0;
  }

  @Override
  void malformed(Http2Stream stream, Failure why) {
    if (stream.owner() instanceof Http2ClientStream exchange) {
      exchange.closed(why);
    }
    resetFor(stream, Http2Error.PROTOCOL_ERROR);
  }

  @Override
  void ending(Failure why) {
    // Each stream is told when the connection closes.
  }

  @Override
  void streamsAllowed(int most) {
    allowed = most;
  }

  @Override
  Failure resetBy(long error) {
    if (error == Http2Error.REFUSED_STREAM.code()) {
      return REFUSED;
    }
    return error == Http2Error.CANCEL.code()
        ? Failure.of(Kind.RESPONSE_CANCELLED, "origin cancelled the request")
        : CLOSED;
  }

  @Override
  void goingAway(int last) {
    draining = true;
    for (Http2Stream stream : streams()) {
      if (stream.id() > last) {
        close(stream, REFUSED);
      }
    }
    closeIfIdle();
  }

  private void closeIfIdle() {
    if (openStreams() == 0) {
      context().channel().close();
    }
  }

  @Override
  public void drain() {
    draining = true;
    closeIfIdle();
  }

  @Override
  public void close(Failure why) {
    draining = true;
    closeAll(why.retry(Retry.NEVER));
    context().channel().close();
  }

  @Override
  public void tick(long now) {
    if (openStreams() == 0) {
      if (now - idleSince > options.idle().toNanos()) {
        drain();
      }
    } else {
      for (Http2Stream stream : streams()) {
        if (stream.owner() instanceof Http2ClientStream exchange) {
          exchange.tick(now);
        }
      }
    }
  }
}
