package darban.protocol.h2;

import darban.base.Failure;
import darban.base.Kind;
import darban.base.Side;
import darban.base.Timeouts;
import darban.flow.Body;
import darban.flow.Duplex;
import darban.http.Fields;
import darban.http.Method;
import darban.http.RequestHead;
import darban.http.ResponseHead;
import darban.http.Status;
import darban.http.Target;
import darban.http.Version;
import darban.protocol.BodyPace;
import darban.protocol.Ending;
import darban.protocol.MultiplexedHead;
import darban.protocol.ServerStream;
import darban.wire.FieldBlock;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http2.Http2Error;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One request on an HTTP/2 connection and its answer. Event loop of the connection. */
final class Http2ServerStream implements ServerStream, Http2Stream.Owner, Http2Outgoing.Owner {
  /** Stands in for the head of a request that was refused. */
  static final RequestHead REFUSED =
      new RequestHead(Version.HTTP_2, Method.GET, Target.origin("/"), "", Fields.NONE, null);

  @SuppressWarnings("StaticAssignmentOfThrowable") // it has no stack
  private static final Failure GONE = Failure.of(Kind.CLIENT_GONE, "client closed the stream");

  private final Http2Server connection;
  private final Http2Stream stream;
  private final RequestHead head;
  private final @Nullable Http2Incoming incoming;
  private final BodyPace pace = new BodyPace();
  private boolean requestEnded;
  private boolean headSent;
  private boolean written;
  private boolean over;
  private @Nullable Http2Outgoing outgoing;
  private @Nullable Http2Duplex duplex;
  private long sent;
  private long writeMark = -1;
  private long writeMarkSince;
  private final Ending ending = new Ending();

  Http2ServerStream(
      Http2Server connection, Http2Stream stream, RequestHead head, boolean ended, long length) {
    this.connection = connection;
    this.stream = stream;
    this.head = head;
    this.requestEnded = ended;
    this.incoming = ended ? null : new Http2Incoming(connection, stream, length, () -> {});
  }

  @Override
  public RequestHead head() {
    return head;
  }

  @Override
  public Body body() {
    return incoming == null || head.method() == Method.CONNECT ? Body.NONE : incoming;
  }

  @Override
  public @Nullable Http2Incoming incoming() {
    return incoming;
  }

  @Override
  public void headers(FieldBlock lines, boolean end) throws Failure {
    if (!end || incoming == null) {
      throw Failure.of(Kind.BAD_REQUEST, "header block within a body");
    }
    Fields trailers = lines.trailers();
    requestEnded = true;
    incoming.end(trailers);
  }

  @Override
  public void interim(ResponseHead interim) {
    if (!headSent && !over) {
      writeHead(interim);
      connection.flush();
    }
  }

  private void writeHead(ResponseHead answer) {
    connection.frameWatch().sent();
    connection.writer().head(stream.id(), Http2Head.response(answer), false);
  }

  @Override
  public void respond(ResponseHead answer, Body body) {
    if (headSent || over) {
      body.discard(GONE);
      return;
    }
    headSent = true;
    boolean bodiless = Status.isBodiless(head.method(), answer.status());
    ResponseHead complete =
        MultiplexedHead.of(answer, head.method(), body, bodiless, connection.loop.date());
    if (bodiless || body == Body.NONE) {
      body.discard(GONE);
      bodyWritten();
      connection.frameWatch().sent();
      connection.sending().end(stream, Http2Head.response(complete), this::bodySent);
      connection.flush();
      return;
    }
    writeHead(complete);
    switch (body) {
      case Body.None none -> throw new IllegalStateException();
      case Body.Bytes bytes -> {
        sent = bytes.length();
        bodyWritten();
        connection.frameWatch().sent();
        connection.sending().sendAll(stream, bytes.buffer(), this::bodySent);
        connection.flush();
      }
      case Body.File file -> stream(file.slice().stream(connection.loop));
      case Body.Stream streamed -> stream(streamed);
    }
  }

  private void stream(Body.Stream body) {
    outgoing = new Http2Outgoing(connection, stream, body, this);
    outgoing.start();
  }

  @Override
  public void bodyWritten() {
    written = true;
  }

  @Override
  public void bodySent(ChannelFuture done) {
    if (outgoing != null) {
      sent = outgoing.sent();
    }
    if (!done.isSuccess()) {
      end(GONE);
      return;
    }
    connection.frameWatch().completed();
    if (!over && !requestEnded && (incoming == null || !incoming.complete())) {
      // The answer is whole: the rest of the request is not wanted (RFC 9113 §8.1).
      connection.resetFor(stream, Http2Error.NO_ERROR);
    }
    end(null);
  }

  @Override
  public void bodyBroken(Failure why) {
    reset(why);
  }

  @Override
  public void writable() {
    if (duplex != null) {
      duplex.writable();
    } else if (outgoing != null) {
      outgoing.writable();
    }
  }

  @Override
  public @Nullable Duplex tunnel(ResponseHead answer) {
    if (headSent || over || incoming == null) {
      return null;
    }
    headSent = true;
    // An upgrade of HTTP/1 is an accepted extended CONNECT here (RFC 8441 §5).
    writeHead(new ResponseHead(answer.status() == 101 ? 200 : answer.status(), answer.fields()));
    connection.flush();
    duplex = new Http2Duplex(connection, stream, incoming);
    return duplex;
  }

  @Override
  public void reset(Failure why) {
    if (over) {
      return;
    }
    headSent = true;
    Http2Error error = errorOf(why);
    closed(why);
    end(why);
    connection.resetFor(stream, error);
    if (why.side() == Side.CLIENT) {
      connection.frameWatch().fault(error);
    }
  }

  private static Http2Error errorOf(Failure why) {
    return switch (why.kind()) {
      case CLIENT_GONE -> Http2Error.CANCEL;
      case STOPPING -> Http2Error.REFUSED_STREAM;
      default -> Http2Error.INTERNAL_ERROR;
    };
  }

  @Override
  public void closed(Failure why) {
    if (over) {
      return;
    }
    over = true;
    connection.ended();
    if (duplex != null) {
      duplex.closed(GONE);
      return;
    }
    if (incoming != null) {
      incoming.fail(GONE);
    }
    if (outgoing != null) {
      outgoing.cancel(GONE);
      sent = outgoing.sent();
    }
    // Of what was written to its end the system tells; what still waited is lost.
    if (!stream.haveWeEnded()) {
      end(why.kind() == Kind.CONNECTION_TERMINATED ? GONE : why);
    }
  }

  /** Looks whether the client keeps up. */
  void tick(long now, Timeouts timeouts) {
    if (incoming != null && duplex == null && !incoming.complete() && !over) {
      BodyPace.Slow slow =
          pace.look(
              now,
              incoming.hungry(),
              incoming.received(),
              timeouts.body(),
              timeouts.minRate(),
              timeouts.minRateAfter());
      if (slow != null) {
        incoming.fail(Failure.of(Kind.REQUEST_TIMEOUT, "request body too slow"));
      }
    }
    if (headSent && !over && duplex == null) {
      lookAtWriting(now, timeouts);
    }
  }

  /** An answer that nobody takes is reset; sooner if the client keeps the stream's window shut. */
  private void lookAtWriting(long now, Timeouts timeouts) {
    long total = outgoing != null ? outgoing.sent() : sent;
    boolean waits = written || (outgoing != null && !connection.sending().isWritable(stream));
    int window = stream.window();
    long mark = total * 31 + window;
    if (!waits || mark != writeMark) {
      writeMark = mark;
      writeMarkSince = now;
      return;
    }
    Duration most = window <= 0 ? timeouts.window() : timeouts.write();
    if (now - writeMarkSince > most.toNanos()) {
      reset(Failure.of(Kind.CLIENT_GONE, "client does not take the answer"));
    }
  }

  @Override
  public boolean headSent() {
    return headSent;
  }

  @Override
  public void onEnd(Consumer<@Nullable Failure> listener) {
    ending.listen(listener);
  }

  private void end(@Nullable Failure why) {
    if (duplex == null) {
      ending.end(why);
    }
  }

  @Override
  public long bytesReceived() {
    return incoming == null ? 0 : incoming.received();
  }

  @Override
  public long bytesSent() {
    return outgoing != null ? outgoing.sent() : sent;
  }
}
