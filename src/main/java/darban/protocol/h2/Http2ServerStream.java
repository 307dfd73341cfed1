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
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One request on an HTTP/2 connection and its answer. Event loop of the connection. */
final class Http2ServerStream
    implements ServerStream, Http2Channel.StreamState, Http2Outgoing.Owner {
  /** Stands in for the head of a request that was refused. */
  static final RequestHead REFUSED =
      new RequestHead(Version.HTTP_2, Method.GET, Target.origin("/"), "", Fields.NONE, null);

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
  public void headers(Http2Headers headers, boolean end) throws Failure {
    if (!end || incoming == null) {
      throw Failure.of(Kind.BAD_REQUEST, "header block within a body");
    }
    Fields trailers = Http2Heads.read(headers, FieldBlock.ofRequest(connection.limits)).trailers();
    requestEnded = true;
    incoming.end(trailers);
  }

  @Override
  public void interim(ResponseHead interim) {
    if (!headSent && !over) {
      writeHead(interim, false);
      connection.flush();
    }
  }

  private ChannelFuture writeHead(ResponseHead answer, boolean end) {
    var context = connection.context();
    connection.frameWatch().sent();
    return connection
        .encoder()
        .writeHeaders(
            context, stream.id(), Http2Heads.response(answer), 0, end, context.newPromise());
  }

  @Override
  public void respond(ResponseHead answer, Body body) {
    if (headSent || over) {
      body.discard(gone());
      return;
    }
    headSent = true;
    boolean bodiless = Status.isBodiless(head.method(), answer.status());
    ResponseHead complete =
        MultiplexedHead.of(answer, head.method(), body, bodiless, connection.loop.date());
    if (bodiless || body == Body.NONE) {
      body.discard(gone());
      bodyWritten(writeHead(complete, true));
      return;
    }
    writeHead(complete, false);
    switch (body) {
      case Body.None none -> throw new IllegalStateException();
      case Body.Bytes bytes -> {
        sent = bytes.length();
        bodyWritten(writeData(bytes.buffer()));
      }
      case Body.File file -> stream(file.slice().stream(connection.loop));
      case Body.Stream streamed -> stream(streamed);
    }
  }

  private ChannelFuture writeData(ByteBuf bytes) {
    var context = connection.context();
    connection.frameWatch().sent();
    return connection
        .encoder()
        .writeData(context, stream.id(), bytes, 0, true, context.newPromise());
  }

  private void stream(Body.Stream body) {
    outgoing = new Http2Outgoing(connection, stream, body, this);
    outgoing.start();
  }

  @Override
  public void bodyWritten(ChannelFuture last) {
    written = true;
    connection.flush();
    last.addListener(done -> flushed((ChannelFuture) done));
  }

  private void flushed(ChannelFuture done) {
    if (outgoing != null) {
      sent = outgoing.sent();
    }
    if (!done.isSuccess()) {
      end(gone());
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
  public void writabilityChanged() {
    if (duplex != null) {
      duplex.writabilityChanged();
    } else if (outgoing != null) {
      outgoing.writabilityChanged();
    }
  }

  @Override
  public @Nullable Duplex tunnel(ResponseHead answer) {
    if (headSent || over || incoming == null) {
      return null;
    }
    headSent = true;
    // An upgrade of HTTP/1 is an accepted extended CONNECT here (RFC 8441 §5).
    writeHead(
        new ResponseHead(answer.status() == 101 ? 200 : answer.status(), answer.fields()), false);
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
    connection.resetFor(stream, error);
    if (why.side() == Side.CLIENT) {
      connection.frameWatch().fault(stream.id(), error);
    }
    closed(why);
    end(why);
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
      duplex.closed(gone());
      return;
    }
    if (incoming != null) {
      incoming.fail(gone());
    }
    if (outgoing != null) {
      outgoing.cancel(gone());
      sent = outgoing.sent();
    }
    if (!written) {
      end(why.kind() == Kind.CONNECTION_TERMINATED ? gone() : why);
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
    boolean waits = written || (outgoing != null && !connection.isWritable(stream));
    int window = connection.connection().remote().flowController().windowSize(stream);
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

  private static Failure gone() {
    return Failure.of(Kind.CLIENT_GONE, "client closed the stream");
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
