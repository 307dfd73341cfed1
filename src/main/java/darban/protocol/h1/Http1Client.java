package darban.protocol.h1;

import darban.base.Failure;
import darban.base.Kind;
import darban.base.Retry;
import darban.flow.Body;
import darban.flow.Loop;
import darban.http.RequestHead;
import darban.http.Violation;
import darban.protocol.ClientConnection;
import darban.protocol.ClientHandler;
import darban.protocol.ClientOptions;
import darban.protocol.ClientStream;
import darban.protocol.WriteWatch;
import darban.wire.HeadParser;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1 connection to an origin: one exchange at a time. It may serve another one only if the
 * last ended in perfect order: response complete, request sent to its end, nothing read beyond.
 * Event loop of its channel; owned by a pool, which {@code idle} tells when it is free again.
 */
public final class Http1Client extends Http1Channel
    implements ClientConnection, Http1Incoming.Feeder {
  private final ClientOptions options;
  private final Consumer<Http1Client> idle;
  private final WriteWatch writeWatch = new WriteWatch();
  private @Nullable Http1ClientStream stream;
  private long idleSince;
  private long exchanges;
  private boolean draining;
  private boolean closing;

  /**
   * The handler for an origin's channel, the last of its pipeline.
   *
   * @param idle told when the connection is free for another request
   */
  public Http1Client(Loop loop, ClientOptions options, Consumer<Http1Client> idle) {
    super(loop, HeadParser.ofResponses(options.limits()));
    this.options = options;
    this.idle = idle;
    this.idleSince = loop.nanos();
  }

  @Override
  public boolean available() {
    return stream == null && !closing && !inputEnded && isOpen() && pending() == null;
  }

  @Override
  public boolean open() {
    return isOpen() && !closing;
  }

  @Override
  public boolean shared() {
    return false;
  }

  @Override
  public boolean reused() {
    return exchanges > 1;
  }

  @Override
  public ClientStream send(RequestHead head, Body body, ClientHandler handler) {
    exchanges++;
    Http1ClientStream exchange = new Http1ClientStream(this, head, handler, options);
    stream = exchange;
    exchange.start(body);
    return exchange;
  }

  @Override
  void step() {
    while (isOpen() && !closing) {
      Http1ClientStream current = stream;
      if (current == null) {
        if (pending() != null) {
          // Nobody asked: whatever it is, it must not become an answer to the next request.
          close(Violation.STATUS_LINE.inResponse());
        }
        return;
      }
      boolean more = current.answered() ? feed(current) : nextHead(current);
      if (!more) {
        return;
      }
    }
  }

  private boolean nextHead(Http1ClientStream current) {
    try {
      int end = findHead();
      if (end < 0) {
        if (inputEnded) {
          lost(current);
        }
        return false;
      }
      HeadParser.Response response = parser().response(loop.scratch(), 0, end);
      java.util.Objects.requireNonNull(pending()).skipBytes(end);
      current.head(response);
      return true;
    } catch (Failure malformed) {
      close(malformed);
      return false;
    }
  }

  private void lost(Http1ClientStream current) {
    close(
        Failure.of(Kind.CONNECTION_TERMINATED, "origin closed the connection without an answer")
            .retry(current.anythingRead() || pending() != null ? Retry.NEVER : Retry.IDEMPOTENT));
  }

  /** Feeds the response's body; false when there is nothing more to do for now. */
  private boolean feed(Http1ClientStream current) {
    Http1Incoming body = java.util.Objects.requireNonNull(current.incoming());
    ByteBuf bytes = pending();
    if (bytes != null) {
      body.feed(bytes);
    }
    if (body.broken() != null) {
      close(body.broken());
      return false;
    }
    if (!body.ended() && inputEnded && pending() == null) {
      endedByConnection(body);
    }
    if (body.ended()) {
      over(current);
      return true;
    }
    return false;
  }

  private void endedByConnection(Http1Incoming body) {
    boolean wholeByClose =
        body.framing() == darban.wire.Framing.UNTIL_CLOSE && (!secure() || closedByTls);
    if (wholeByClose) {
      body.endOfConnection();
    } else {
      close(Failure.of(Kind.RESPONSE_INCOMPLETE, "origin closed the connection within a body"));
    }
  }

  /** The response is complete: keeps the connection for another, or closes it. */
  void over(Http1ClientStream done) {
    if (stream != done) {
      return;
    }
    stream = null;
    boolean clean = pending() == null;
    if (done.reusable() && clean && !inputEnded && !closing && !draining) {
      idleSince = loop.nanos();
      idle.accept(this);
    } else {
      closing = true;
      done.stopRequest(Failure.of(Kind.CONNECTION_TERMINATED, "answered before the request ended"));
      context().close();
    }
  }

  @Override
  public void drain() {
    draining = true;
    if (stream == null) {
      cancelled();
    }
  }

  /** Ends the exchange under way and the connection; {@code why} reaches the handler. */
  @Override
  public void close(Failure why) {
    closing = true;
    Http1ClientStream current = stream;
    stream = null;
    if (current != null) {
      current.fail(why);
    }
    context().close();
  }

  /** Ends the connection of an exchange that nobody wants any more. */
  void cancelled() {
    closing = true;
    stream = null;
    context().close();
  }

  RawDuplex detach() {
    stream = null;
    closing = true;
    RawDuplex duplex = new RawDuplex(context().channel(), takePending());
    duplex.replace(context());
    return duplex;
  }

  @Override
  public void bytesWanted() {
    advance();
  }

  @Override
  public void bodyAbandoned(Failure why) {
    Http1ClientStream current = stream;
    if (current != null) {
      current.stopRequest(why);
    }
    cancelled();
  }

  @Override
  void inputEnded() {
    if (stream == null) {
      closing = true;
      context().close();
    } else {
      advance();
    }
  }

  @Override
  void disconnected(@Nullable Throwable why) {
    Http1ClientStream current = stream;
    if (current == null || closing) {
      closing = true;
      return;
    }
    closing = true;
    stream = null;
    Failure lost =
        why == null
            ? Failure.of(Kind.CONNECTION_TERMINATED, "connection to the origin lost")
            : Failure.of(Kind.CONNECTION_TERMINATED, "connection to the origin lost", why);
    boolean anyAnswer = current.anythingRead() || pending() != null;
    current.fail(lost.retry(anyAnswer ? Retry.NEVER : Retry.IDEMPOTENT));
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    Http1ClientStream current = stream;
    if (current != null && !closing && current.writeFailed() && isOpen()) {
      // The origin takes no more of the request; it may have said why before it stopped.
      return;
    }
    super.exceptionCaught(ctx, cause);
  }

  @Override
  void writable() {
    if (stream != null) {
      stream.writable();
    }
  }

  @Override
  void readComplete() {
    if (stream != null && stream.incoming() != null) {
      stream.incoming().readComplete();
    }
  }

  @Override
  boolean wantsBytes() {
    return stream != null && !stream.answered();
  }

  @Override
  public void tick(long now) {
    Http1ClientStream current = stream;
    if (current == null) {
      if (!closing && now - idleSince > options.idle().toNanos()) {
        close(Failure.of(Kind.CONNECTION_TERMINATED, "idle"));
      }
      return;
    }
    Failure late =
        writeWatch.stalled(context().channel(), now, options.idle().toNanos())
            ? Failure.of(Kind.RESPONSE_TIMEOUT, "origin takes no request")
            : current.late(now);
    if (late != null) {
      close(late);
    }
  }
}
