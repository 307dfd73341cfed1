package darban.protocol.h3;

import darban.base.Failure;
import darban.base.Kind;
import darban.base.Timeouts;
import darban.flow.Body;
import darban.flow.Duplex;
import darban.flow.Loop;
import darban.flow.Watched;
import darban.http.Fields;
import darban.http.Method;
import darban.http.RequestHead;
import darban.http.ResponseHead;
import darban.http.Status;
import darban.protocol.BodyPace;
import darban.protocol.Ending;
import darban.protocol.MultiplexedHead;
import darban.protocol.PlainAnswer;
import darban.protocol.ServerHandler;
import darban.protocol.ServerOptions;
import darban.protocol.ServerStream;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.quic.QuicStreamChannel;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One request on an HTTP/3 connection and its answer. Event loop of the connection. */
final class Http3ServerStream implements ServerStream, Http3Outgoing.Owner, Duplex, Watched {
  @SuppressWarnings("StaticAssignmentOfThrowable") // it has no stack
  static final Failure GONE = Failure.of(Kind.CLIENT_GONE, "client closed the stream");

  private final Http3Server connection;
  private final QuicStreamChannel channel;
  private final Loop loop;
  private final ServerOptions options;
  private final ServerHandler handler;
  private final Http3RequestReader reader;
  private final FrameWriter writer;
  private final Ending ending = new Ending();
  private final long since;
  private @Nullable BodyPace pace;
  private @Nullable Http3Outgoing outgoing;
  private boolean headSent;
  private boolean written;
  private boolean tunnel;
  private boolean over;
  private long sent;
  private long writeMark;
  private long writeMarkSince;
  private int watchIndex = -1;

  Http3ServerStream(
      Http3Server connection,
      QuicStreamChannel channel,
      Loop loop,
      ServerOptions options,
      ServerHandler handler) {
    this.connection = connection;
    this.channel = channel;
    this.loop = loop;
    this.options = options;
    this.handler = handler;
    this.reader = new Http3RequestReader(connection, this, channel, options.limits());
    this.writer = new FrameWriter(loop, channel, this::stopped);
    this.since = loop.nanos();
  }

  // What comes

  /** Its channel's only handler. */
  Http3RequestReader reader() {
    return reader;
  }

  void handOver() {
    handler.request(this);
  }

  /** Whether nothing that comes is wanted any more. */
  boolean isDone() {
    return over || (written && !tunnel);
  }

  boolean isTunnel() {
    return tunnel;
  }

  /** The client ended its direction before the head. */
  void incomplete() {
    if (!headSent) {
      abort(Http3Error.REQUEST_INCOMPLETE, GONE);
    }
  }

  /** Answers a head that is too large; what is malformed is reset (RFC 9114 §4.1.2). */
  void refuse(Failure why) {
    if (!reader.handedOver()) {
      handler.refused(why, "HTTP/3 stream " + channel.streamId());
    }
    if (why.kind() == Kind.BAD_REQUEST || reader.head() != null) {
      abort(Http3Error.MESSAGE_ERROR, why);
      return;
    }
    PlainAnswer answer = PlainAnswer.of(why);
    headSent = true;
    writer.head(answer.head(), 0);
    bodyWritten(writer.end(((Body.Bytes) answer.body()).buffer()));
  }

  // What goes

  /** The client wants no more of the answer, or has left (RFC 9114 §4.1). */
  private void stopped() {
    abort(Http3Error.REQUEST_CANCELLED, GONE);
  }

  @Override
  public RequestHead head() {
    return Objects.requireNonNull(reader.head());
  }

  @Override
  public Body body() {
    Http3Incoming body = reader.body();
    if (body == null || head().method() == Method.CONNECT) {
      return Body.NONE;
    }
    return body.complete() && body.received() == 0 ? Body.NONE : body;
  }

  @Override
  public void interim(ResponseHead interim) {
    if (!headSent && !over) {
      writer.head(interim, 0);
      writer.flush();
    }
  }

  @Override
  public void respond(ResponseHead answer, Body body) {
    if (headSent || over) {
      body.discard(GONE);
      return;
    }
    headSent = true;
    boolean bodiless = Status.isBodiless(head().method(), answer.status());
    ResponseHead complete =
        MultiplexedHead.of(answer, head().method(), body, bodiless, loop.date());
    if (bodiless || body == Body.NONE) {
      body.discard(GONE);
      writer.head(complete, 0);
      bodyWritten(writer.end(Fields.NONE));
      return;
    }
    writer.head(complete, body.length());
    switch (body) {
      case Body.None none -> throw new IllegalStateException();
      case Body.Bytes bytes -> {
        sent = bytes.length();
        bodyWritten(writer.end(bytes.buffer()));
      }
      case Body.File file -> send(file.slice().stream(loop));
      case Body.Stream streamed -> send(streamed);
    }
  }

  @Override
  public void bodyWritten(ChannelFuture last) {
    written = true;
    if (!tunnel) {
      // The answer is whole: the rest of the request is not wanted, nor waited for.
      reader.stop();
    }
    if (last.isDone()) {
      taken(last);
    } else {
      last.addListener(done -> taken(last));
    }
  }

  /** QUIC has taken all of the answer, or the stream is lost. */
  private void taken(ChannelFuture last) {
    end(last.isSuccess() ? null : GONE);
    if (!tunnel && channel.isActive()) {
      channel.close();
    }
  }

  @Override
  public void bodyBroken(Failure why) {
    reset(why);
  }

  void writabilityChanged() {
    if (outgoing != null) {
      outgoing.writabilityChanged();
    }
  }

  @Override
  public void reset(Failure why) {
    if (over) {
      return;
    }
    headSent = true;
    abort(
        switch (why.kind()) {
          case CLIENT_GONE -> Http3Error.REQUEST_CANCELLED;
          case STOPPING -> Http3Error.REQUEST_REJECTED;
          default -> Http3Error.INTERNAL_ERROR;
        },
        why);
  }

  /** Ends both directions before their end. A channel that is only closed would end in order. */
  void abort(Http3Error error, Failure why) {
    if (!over) {
      channel.shutdown(error.code(), channel.newPromise());
      closed(why);
      channel.close();
    }
  }

  /** Its channel is closed. */
  void closed() {
    if (!over) {
      closed(GONE);
    }
  }

  private void closed(Failure why) {
    over = true;
    connection.ended(written ? null : why);
    Http3Incoming body = reader.body();
    if (body != null) {
      body.fail(GONE);
    }
    if (outgoing != null) {
      outgoing.cancel(GONE);
    }
    writer.close();
    if (!written) {
      end(why);
    }
  }

  // A tunnel

  @Override
  public @Nullable Duplex tunnel(ResponseHead answer) {
    if (headSent || over) {
      return null;
    }
    headSent = true;
    tunnel = true;
    // An upgrade of HTTP/1 is an accepted extended CONNECT here (RFC 9220 §3).
    int status = answer.status() == 101 ? 200 : answer.status();
    ResponseHead accepted = new ResponseHead(status, answer.fields());
    writer.head(accepted, 0);
    writer.flush();
    return this;
  }

  @Override
  public Body.Stream incoming() {
    return reader.incoming();
  }

  @Override
  public void send(Body.Stream bytes) {
    if (over) {
      bytes.cancel(GONE);
      return;
    }
    outgoing = new Http3Outgoing(channel, writer, bytes, this);
    outgoing.start();
  }

  @Override
  public @Nullable Channel plainChannel() {
    return null;
  }

  // Time and telling

  @Override
  public void tick(long now) {
    Timeouts timeouts = options.timeouts();
    if (over || tunnel) {
      return;
    }
    if (!reader.handedOver() && !headSent) {
      if (now - since > timeouts.head().toNanos()) {
        abort(Http3Error.REQUEST_CANCELLED, GONE);
      }
      return;
    }
    Http3Incoming body = reader.body();
    if (body != null && !body.complete()) {
      lookAtReading(body, now, timeouts);
    }
    if (headSent && !over) {
      lookAtWriting(now, timeouts);
    }
  }

  private void lookAtReading(Http3Incoming body, long now, Timeouts timeouts) {
    BodyPace looked = pace == null ? new BodyPace() : pace;
    pace = looked;
    BodyPace.Slow slow =
        looked.look(
            now,
            body.hungry(),
            body.received(),
            timeouts.body(),
            timeouts.minRate(),
            timeouts.minRateAfter());
    if (slow != null) {
      body.fail(Failure.of(Kind.REQUEST_TIMEOUT, "request body too slow"));
    }
  }

  /** An answer that nobody takes is reset. */
  private void lookAtWriting(long now, Timeouts timeouts) {
    long held = writer.held();
    long mark = bytesSent() * 31 + held;
    boolean waits = held > 0 || (outgoing != null && !written && !channel.isWritable());
    if (!waits || mark != writeMark) {
      writeMark = mark;
      writeMarkSince = now;
    } else if (!writer.tryAnew() || now - writeMarkSince > timeouts.write().toNanos()) {
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
    if (!tunnel) {
      ending.end(why);
    }
  }

  @Override
  public long bytesReceived() {
    Http3Incoming body = reader.body();
    return body == null ? 0 : body.received();
  }

  @Override
  public long bytesSent() {
    return outgoing != null ? outgoing.sent() : sent;
  }

  @Override
  public long held() {
    return writer.held();
  }

  @Override
  public int watchIndex() {
    return watchIndex;
  }

  @Override
  public void watchIndex(int index) {
    watchIndex = index;
  }
}
