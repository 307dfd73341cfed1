package darban.protocol.h1;

import darban.base.Failure;
import darban.base.Kind;
import darban.base.Timeouts;
import darban.flow.Loop;
import darban.http.Method;
import darban.http.RequestHead;
import darban.http.Violation;
import darban.protocol.PlainAnswer;
import darban.protocol.ServerConnection;
import darban.protocol.ServerHandler;
import darban.protocol.ServerOptions;
import darban.protocol.WriteWatch;
import darban.wire.ChunkDecoder;
import darban.wire.Framing;
import darban.wire.HeadParser;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelOption;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A client's HTTP/1 connection: takes one request after another, in order, each when the one before
 * is answered. What is pipelined waits in at most one read's worth of memory. Event loop of its
 * channel.
 *
 * <pre>
 *   no stream ─head complete─► stream: body fed, answer written ─both over─► no stream …
 *        │ bad head                 │ body bad, client gone, answer cut
 *        ▼                          ▼
 *   refusal, linger             reset
 * </pre>
 */
public final class Http1Server extends Http1Channel
    implements ServerConnection, Http1Incoming.Feeder {
  private static final int SHOWN = 96;

  /**
   * A client that closes its direction has either left or sent its last request and waits. Writing
   * to one that left is answered by a reset, so this matters only while an origin is silent.
   */
  private static final long HALF_CLOSED_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final ServerOptions options;
  private final ServerHandler handler;
  private final WriteWatch writeWatch = new WriteWatch();
  private @Nullable Http1ServerStream stream;
  private long idleSince;
  private long headSince;
  private long requests;
  private long inputEndedAt;
  private boolean draining;
  private boolean retiring;
  private boolean closing;

  /** The handler for a client's channel, the last of its pipeline. */
  public Http1Server(Loop loop, ServerOptions options, ServerHandler handler) {
    super(loop, HeadParser.ofRequests(options.limits()));
    this.options = options;
    this.handler = handler;
    this.idleSince = loop.nanos();
    this.headSince = idleSince;
  }

  @Override
  void step() {
    while (isOpen() && !closing) {
      Http1ServerStream current = stream;
      if (current == null) {
        if (!context().channel().isWritable() || !nextRequest()) {
          return;
        }
      } else {
        feed(current);
        if (!current.requestOver() || !current.written()) {
          return;
        }
        over(current);
      }
    }
  }

  /** Feeds the request's body, and ends what waits for bytes that will never come. */
  private void feed(Http1ServerStream current) {
    Http1Incoming body = current.incoming();
    if (body == null || body.ended() || body.broken() != null) {
      return;
    }
    ByteBuf bytes = pending();
    if (bytes != null) {
      body.feed(bytes);
    }
    if (inputEnded && !body.ended() && pending() == null) {
      body.fail(gone());
    }
  }

  private boolean nextRequest() {
    try {
      int end = findHead();
      if (end < 0) {
        if (inputEnded) {
          closing = true;
          closeWhenFlushed(false);
        } else if (pending() != null && headSince == 0) {
          headSince = lastRead;
        }
        return false;
      }
      RequestHead head = parser().request(loop.scratch(), 0, end);
      Framing framing = Framing.ofRequest(head.fields(), head.version());
      checkBody(head, framing);
      requireBytes().skipBytes(end);
      begin(head, framing);
      return true;
    } catch (Failure malformed) {
      refuse(malformed);
      return false;
    }
  }

  private ByteBuf requireBytes() {
    return java.util.Objects.requireNonNull(pending());
  }

  private void checkBody(RequestHead head, Framing framing) throws Failure {
    long most = options.limits().body();
    if (most > 0 && framing.length() > most) {
      throw tooLong();
    }
    if (head.method() == Method.CONNECT && framing != Framing.NONE) {
      throw Failure.of(Kind.BAD_REQUEST, "CONNECT with a body");
    }
    String expect = head.fields().joined(darban.http.FieldName.EXPECT);
    if (expect != null && !expect.equalsIgnoreCase("100-continue")) {
      throw Violation.EXPECTATION.inRequest();
    }
  }

  private static Failure tooLong() {
    return Failure.of(Kind.CONTENT_TOO_LARGE, "request body too large");
  }

  private void begin(RequestHead head, Framing framing) {
    Http1Incoming body = null;
    if (framing != Framing.NONE) {
      ChunkDecoder chunks =
          framing == Framing.CHUNKED ? ChunkDecoder.ofRequest(options.limits()) : null;
      body = new Http1Incoming(framing, chunks, this, options.limits().body(), tooLong());
    }
    requests++;
    headSince = 0;
    stream = new Http1ServerStream(this, head, body);
    handler.request(stream);
  }

  /** The exchange is over in both directions: the next one, or the end. */
  private void over(Http1ServerStream done) {
    stream = null;
    idleSince = loop.nanos();
    headSince = 0;
    if (!done.keepsAlive() || draining) {
      closing = true;
      closeWhenFlushed(false);
    }
  }

  /** Called by the stream when its answer is written but the request has not ended. */
  void answeredEarly() {
    closing = true;
    Http1ServerStream current = stream;
    stream = null;
    if (current != null && current.incoming() != null) {
      current.incoming().fail(Failure.of(Kind.CLIENT_GONE, "answered before the request ended"));
    }
    closeWhenFlushed(true);
  }

  /** Sends what is written, then closes; a client that still sends is given time to read. */
  private void closeWhenFlushed(boolean clientSends) {
    ByteBuf left = takePending();
    if (left != null) {
      left.release();
    }
    Lingering.close(context(), loop, clientSends || left != null);
  }

  /** Whether the connection may serve another request after the one answered now. */
  boolean mayKeepAlive() {
    return !draining && !retiring && (!inputEnded || pending() != null);
  }

  private void refuse(Failure why) {
    handler.refused(why, start());
    closing = true;
    PlainAnswer answer = PlainAnswer.of(why);
    Http1Heads.writeRefusal(this, answer);
    closeWhenFlushed(true);
  }

  /** The first bytes of what was refused, fit for a log line. */
  private String start() {
    ByteBuf bytes = pending();
    if (bytes == null) {
      return "";
    }
    String text =
        bytes.toString(
            bytes.readerIndex(),
            Math.min(SHOWN, bytes.readableBytes()),
            StandardCharsets.ISO_8859_1);
    int line = text.indexOf('\r');
    return line < 0 ? text : text.substring(0, line);
  }

  // What the stream's body asks for

  @Override
  public void bytesWanted() {
    advance();
  }

  @Override
  public void bodyAbandoned(Failure why) {
    Http1ServerStream current = stream;
    if (current != null && current.incoming() != null && current.incoming().drain()) {
      advance();
    }
    // What is not drained: the answer goes out, and then the connection closes.
  }

  // What the channel tells

  @Override
  void inputEnded() {
    inputEndedAt = loop.nanos();
    advance();
  }

  @Override
  void disconnected(@Nullable Throwable why) {
    closing = true;
    Http1ServerStream current = stream;
    stream = null;
    if (current != null) {
      current.clientGone(gone());
    }
  }

  private static Failure gone() {
    return Failure.of(Kind.CLIENT_GONE, "client closed the connection");
  }

  /** Ends the connection so that the client sees a cut. */
  void abort(Failure why) {
    closing = true;
    stream = null;
    if (isOpen()) {
      context().channel().config().setOption(ChannelOption.SO_LINGER, 0);
    }
    context().close();
  }

  @Override
  void writable() {
    Http1ServerStream current = stream;
    if (current != null) {
      current.writable();
    } else {
      advance();
    }
  }

  @Override
  void readComplete() {
    Http1ServerStream current = stream;
    if (current != null && current.incoming() != null) {
      current.incoming().readComplete();
    }
  }

  @Override
  boolean wantsBytes() {
    return stream == null && !closing;
  }

  @Override
  public void tick(long now) {
    Timeouts timeouts = options.timeouts();
    Http1ServerStream current = stream;
    if (writeWatch.stalled(context().channel(), now, timeouts.write().toNanos())
        || (inputEnded && now - inputEndedAt > HALF_CLOSED_NANOS)) {
      disconnected(null);
      abort(gone());
    } else if (current != null) {
      Failure slow = current.slow(now, timeouts);
      if (slow != null) {
        java.util.Objects.requireNonNull(current.incoming()).fail(slow);
      }
    } else if (pending() != null) {
      if (now - headSince > timeouts.head().toNanos()) {
        refuse(Failure.of(Kind.REQUEST_TIMEOUT, "request head not complete in time"));
      }
    } else if (!closing) {
      long most = requests == 0 ? timeouts.head().toNanos() : timeouts.idle().toNanos();
      if (now - idleSince > most) {
        closing = true;
        context().close();
      }
    }
  }

  @Override
  public boolean idleSince(long nanos) {
    return stream == null && !closing && Math.max(idleSince, lastRead) - nanos <= 0;
  }

  @Override
  public void drain() {
    draining = true;
    if (stream == null && !closing) {
      closing = true;
      closeWhenFlushed(false);
    }
  }

  @Override
  public void retire() {
    // The next answer says that it is the last; without one the idle time ends the connection.
    retiring = true;
  }

  @Override
  public void close() {
    disconnected(null);
    context().close();
  }

  /** Hands the channel over to a tunnel. */
  RawDuplex detach() {
    stream = null;
    closing = true;
    RawDuplex duplex = new RawDuplex(context().channel(), takePending());
    duplex.replace(context());
    return duplex;
  }
}
