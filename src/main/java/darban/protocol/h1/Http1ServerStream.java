package darban.protocol.h1;

import darban.base.Failure;
import darban.base.Kind;
import darban.base.Timeouts;
import darban.flow.Body;
import darban.flow.Duplex;
import darban.http.FieldName;
import darban.http.Method;
import darban.http.RequestHead;
import darban.http.ResponseHead;
import darban.http.Status;
import darban.http.Version;
import darban.protocol.BodyPace;
import darban.protocol.Ending;
import darban.protocol.ServerStream;
import darban.protocol.h1.Http1Heads.Persistence;
import darban.wire.Framing;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One request on an HTTP/1 connection and its answer. Event loop of the connection. */
final class Http1ServerStream implements ServerStream, Http1Outgoing.Owner {
  private enum Phase {
    /** No answer yet. */
    WAITING,
    /** The answer's head is out, its body is not. */
    ANSWERING,
    /** All is written; it may not all be sent. */
    WRITTEN,
    /** Nothing more happens. */
    OVER
  }

  private final Http1Server connection;
  private final RequestHead head;
  private final @Nullable Http1Incoming incoming;
  private final BodyPace pace = new BodyPace();
  private Phase phase = Phase.WAITING;
  private boolean headSent;
  private boolean keepAlive;
  private @Nullable Http1Outgoing outgoing;
  private long sent;
  private final Ending ending = new Ending();

  Http1ServerStream(Http1Server connection, RequestHead head, @Nullable Http1Incoming incoming) {
    this.connection = connection;
    this.head = head;
    this.incoming = incoming;
    this.keepAlive =
        head.version() == Version.HTTP_1_1
            ? !head.fields().hasToken(FieldName.CONNECTION, "close")
            : head.fields().hasToken(FieldName.CONNECTION, "keep-alive");
  }

  @Override
  public RequestHead head() {
    return head;
  }

  @Override
  public Body body() {
    return incoming == null ? Body.NONE : incoming;
  }

  @Nullable Http1Incoming incoming() {
    return incoming;
  }

  /** Whether the request has been read to its end, or never can be. */
  boolean requestOver() {
    return incoming == null || incoming.ended() || incoming.broken() != null;
  }

  /** Whether the answer is written. */
  boolean written() {
    return phase == Phase.WRITTEN || phase == Phase.OVER;
  }

  boolean keepsAlive() {
    return keepAlive;
  }

  @Override
  public void interim(ResponseHead interim) {
    if (phase != Phase.WAITING || head.version() == Version.HTTP_1_0) {
      return;
    }
    Http1Heads.response(connection, interim, Framing.NONE, Persistence.SILENT);
    connection
        .context()
        .write(Http1Heads.buffer(connection, 0), connection.context().voidPromise());
    connection.flush();
  }

  @Override
  public void respond(ResponseHead answer, Body body) {
    if (phase != Phase.WAITING) {
      body.discard(gone());
      return;
    }
    phase = Phase.ANSWERING;
    headSent = true;
    boolean bodiless = Status.isBodiless(head.method(), answer.status());
    Framing framing = bodiless ? Framing.NONE : framing(body);
    decidePersistence(framing);
    Http1Heads.response(connection, completed(answer, body, bodiless), framing, persistence());
    if (bodiless) {
      body.discard(Failure.of(Kind.CLIENT_GONE, "no body wanted"));
      writeLast(Http1Heads.buffer(connection, 0));
      return;
    }
    switch (body) {
      case Body.None none -> writeLast(Http1Heads.buffer(connection, 0));
      case Body.Bytes bytes -> {
        sent = bytes.length();
        writeLast(Http1Heads.withBody(connection, bytes.buffer()));
      }
      case Body.File file -> file(file, framing);
      case Body.Stream stream -> stream(stream, framing);
    }
  }

  private Framing framing(Body body) {
    long length = body.length();
    if (length >= 0) {
      return new Framing(Framing.Kind.LENGTH, length);
    }
    boolean unframed = body instanceof Body.Stream stream && stream.unframed();
    return unframed || head.version() == Version.HTTP_1_0 ? Framing.UNTIL_CLOSE : Framing.CHUNKED;
  }

  /** A bodiless answer may still tell the length that the body would have (RFC 9110 §8.6). */
  private ResponseHead completed(ResponseHead answer, Body body, boolean bodiless) {
    if (!bodiless || answer.status() == 304) {
      return answer;
    }
    if (head.method() != Method.HEAD) {
      return answer.fields().has(FieldName.CONTENT_LENGTH)
          ? answer.withFields(
              answer.fields().filtered(name -> name != FieldName.CONTENT_LENGTH).build())
          : answer;
    }
    return body.length() > 0 && !answer.fields().has(FieldName.CONTENT_LENGTH)
        ? answer.withFields(
            answer.fields().toBuilder()
                .add(FieldName.CONTENT_LENGTH, Long.toString(body.length()))
                .build())
        : answer;
  }

  private void decidePersistence(Framing framing) {
    boolean tunnelBytes = head.method() == Method.CONNECT && connection.pending() != null;
    keepAlive =
        keepAlive
            && connection.mayKeepAlive()
            && framing != Framing.UNTIL_CLOSE
            && (incoming == null || incoming.ended() || incoming.draining())
            && !tunnelBytes;
  }

  private Persistence persistence() {
    if (!keepAlive) {
      return Persistence.CLOSE;
    }
    return head.version() == Version.HTTP_1_0 ? Persistence.KEEP_ALIVE : Persistence.SILENT;
  }

  private void file(Body.File file, Framing framing) {
    if (connection.secure() || !connection.loop.transport().sendsFiles()) {
      stream(file.slice().stream(connection.loop), framing);
      return;
    }
    var context = connection.context();
    context.write(Http1Heads.buffer(connection, 0), context.voidPromise());
    sent = file.length();
    writeLast(file.slice().region());
  }

  private void stream(Body.Stream stream, Framing framing) {
    var context = connection.context();
    context.write(Http1Heads.buffer(connection, 0), context.voidPromise());
    outgoing = new Http1Outgoing(connection, framing, stream, this);
    outgoing.start();
  }

  @Override
  public void bodyWritten() {
    sent = java.util.Objects.requireNonNull(outgoing).sent();
    writeLast(Unpooled.EMPTY_BUFFER);
  }

  @Override
  public void bodyBroken(Failure why) {
    if (phase == Phase.ANSWERING) {
      reset(why);
    }
  }

  private void writeLast(Object message) {
    phase = Phase.WRITTEN;
    ChannelPromise promise = connection.context().newPromise();
    connection.context().write(message, promise);
    connection.flush();
    if (promise.isDone()) {
      flushed(promise);
    } else {
      promise.addListener(done -> flushed((ChannelFuture) done));
    }
    if (requestOver() || java.util.Objects.requireNonNull(incoming).draining()) {
      connection.advance();
    } else {
      connection.answeredEarly();
    }
  }

  private void flushed(ChannelFuture done) {
    ending.end(done.isSuccess() ? null : gone());
  }

  void writable() {
    if (outgoing != null && phase == Phase.ANSWERING) {
      outgoing.writable();
    }
  }

  @Override
  public @Nullable Duplex tunnel(ResponseHead answer) {
    if (phase != Phase.WAITING) {
      return null;
    }
    phase = Phase.OVER;
    headSent = true;
    Http1Heads.response(connection, answer, Framing.NONE, Persistence.SILENT);
    ByteBuf bytes = Http1Heads.buffer(connection, 0);
    var context = connection.context();
    context.writeAndFlush(bytes, context.voidPromise());
    return connection.detach();
  }

  @Override
  public void reset(Failure why) {
    if (phase == Phase.OVER) {
      return;
    }
    phase = Phase.OVER;
    stopBodies(why);
    connection.abort(why);
    ending.end(why);
  }

  /** The connection is gone: everything under way stops. */
  void clientGone(Failure why) {
    boolean toldByFlush = phase == Phase.WRITTEN;
    phase = Phase.OVER;
    stopBodies(why);
    if (!toldByFlush) {
      ending.end(why);
    }
  }

  private void stopBodies(Failure why) {
    if (incoming != null && !incoming.ended()) {
      incoming.fail(why);
    }
    if (outgoing != null) {
      outgoing.cancel(why);
      sent = outgoing.sent();
    }
  }

  /** The failure of a request body that comes too slowly, or null. */
  @Nullable Failure slow(long now, Timeouts timeouts) {
    Http1Incoming body = incoming;
    if (body == null || body.ended() || body.broken() != null) {
      return null;
    }
    BodyPace.Slow slow =
        pace.look(
            now,
            body.hungry(),
            body.received(),
            timeouts.body(),
            timeouts.minRate(),
            timeouts.minRateAfter());
    return switch (slow) {
      case null -> null;
      case STALLED -> Failure.of(Kind.REQUEST_TIMEOUT, "request body stalled");
      case TOO_SLOW -> Failure.of(Kind.REQUEST_TIMEOUT, "request body too slow");
    };
  }

  private static Failure gone() {
    return Failure.of(Kind.CLIENT_GONE, "client closed the connection");
  }

  @Override
  public boolean headSent() {
    return headSent;
  }

  @Override
  public void onEnd(Consumer<@Nullable Failure> listener) {
    ending.listen(listener);
  }

  @Override
  public long bytesReceived() {
    return incoming == null ? 0 : incoming.received();
  }

  @Override
  public long bytesSent() {
    return phase == Phase.ANSWERING && outgoing != null ? outgoing.sent() : sent;
  }
}
