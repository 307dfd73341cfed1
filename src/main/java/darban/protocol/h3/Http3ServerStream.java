package darban.protocol.h3;

import darban.base.Failure;
import darban.base.Kind;
import darban.base.Timeouts;
import darban.flow.Body;
import darban.flow.Duplex;
import darban.flow.Loop;
import darban.flow.Watched;
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
import darban.protocol.WriteWatch;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http3.Http3ErrorCode;
import io.netty.handler.codec.quic.QuicStreamChannel;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One request on an HTTP/3 connection and its answer. Event loop of the connection. */
final class Http3ServerStream implements ServerStream, Http3Outgoing.Owner, Duplex, Watched {
  private final Http3Server connection;
  private final QuicStreamChannel channel;
  private final Loop loop;
  private final ServerOptions options;
  private final ServerHandler handler;
  private final Http3RequestReader reader;
  private final Http3Frames frames;
  private final BodyPace pace = new BodyPace();
  private final WriteWatch writes = new WriteWatch();
  private final Ending ending = new Ending();
  private final long since;
  private @Nullable Http3Outgoing outgoing;
  private boolean headSent;
  private boolean written;
  private boolean tunnel;
  private boolean over;
  private long sent;
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
    this.reader = new Http3RequestReader(this, channel, options);
    this.frames = new Http3Frames(loop, channel);
    this.since = loop.nanos();
  }

  // What comes

  /** Its channel's last handler. */
  Http3RequestReader reader() {
    return reader;
  }

  void begun() {
    loop.watch(this);
  }

  void removed() {
    loop.unwatch(this);
  }

  void handOver() {
    handler.request(this);
  }

  boolean isOver() {
    return over;
  }

  boolean isTunnel() {
    return tunnel;
  }

  /** The client ended its direction before the head. */
  void incomplete() {
    if (!headSent) {
      abort(Http3ErrorCode.H3_REQUEST_INCOMPLETE, gone());
    }
  }

  /** Answers a head that is too large; what is malformed is reset (RFC 9114 §4.1.2). */
  void refuse(Failure why) {
    if (!reader.handedOver()) {
      handler.refused(why, "HTTP/3 stream " + channel.streamId());
    }
    if (why.kind() == Kind.BAD_REQUEST || reader.head() != null) {
      abort(Http3ErrorCode.H3_MESSAGE_ERROR, why);
      return;
    }
    PlainAnswer answer = PlainAnswer.of(why);
    headSent = true;
    bodyWritten(frames.whole(answer.head(), ((Body.Bytes) answer.body()).buffer()));
  }

  // What goes

  @Override
  public RequestHead head() {
    return Objects.requireNonNull(reader.head());
  }

  private Http3Incoming requestBody() {
    return Objects.requireNonNull(reader.body());
  }

  @Override
  public Body body() {
    Http3Incoming body = requestBody();
    boolean none = head().method() == Method.CONNECT || (body.complete() && body.received() == 0);
    return none ? Body.NONE : body;
  }

  @Override
  public void interim(ResponseHead interim) {
    if (!headSent && !over) {
      frames.head(interim);
      frames.flush();
    }
  }

  @Override
  public void respond(ResponseHead answer, Body body) {
    if (headSent || over) {
      body.discard(gone());
      return;
    }
    headSent = true;
    boolean bodiless = Status.isBodiless(head().method(), answer.status());
    ResponseHead complete =
        MultiplexedHead.of(answer, head().method(), body, bodiless, loop.date());
    if (bodiless || body == Body.NONE) {
      body.discard(gone());
      bodyWritten(frames.whole(complete));
      return;
    }
    switch (body) {
      case Body.None none -> throw new IllegalStateException();
      case Body.Bytes bytes -> {
        sent = bytes.length();
        bodyWritten(frames.whole(complete, bytes.buffer()));
      }
      case Body.File file -> stream(complete, file.slice().stream(loop));
      case Body.Stream streamed -> stream(complete, streamed);
    }
  }

  private void stream(ResponseHead head, Body.Stream body) {
    frames.head(head);
    send(body);
  }

  @Override
  public void bodyWritten(ChannelFuture last) {
    written = true;
    last.addListener(done -> end(done.isSuccess() ? null : gone()));
    if (!tunnel) {
      // The answer is whole: the rest of the request is not wanted, nor waited for.
      reader.stop();
      last.addListener(done -> channel.close());
    }
    channel.flush();
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
          case CLIENT_GONE -> Http3ErrorCode.H3_REQUEST_CANCELLED;
          case STOPPING -> Http3ErrorCode.H3_REQUEST_REJECTED;
          default -> Http3ErrorCode.H3_INTERNAL_ERROR;
        },
        why);
  }

  /** Ends both directions before their end. A channel that is only closed would end in order. */
  void abort(Http3ErrorCode error, Failure why) {
    if (!over) {
      channel.shutdown(Http3Server.code(error), channel.newPromise());
      closed(why);
      channel.close();
    }
  }

  /** Its channel is closed. */
  void closed() {
    if (!over) {
      closed(gone());
    }
  }

  private void closed(Failure why) {
    over = true;
    connection.ended(written ? null : why);
    Http3Incoming body = reader.body();
    Failure gone = gone();
    if (body != null) {
      body.fail(gone);
    }
    if (outgoing != null) {
      outgoing.cancel(gone);
    }
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
    frames.head(accepted);
    frames.flush();
    return this;
  }

  @Override
  public Body.Stream incoming() {
    return requestBody();
  }

  @Override
  public void send(Body.Stream bytes) {
    if (over) {
      bytes.cancel(gone());
      return;
    }
    outgoing = new Http3Outgoing(channel, frames, bytes, this);
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
    Http3Incoming body = reader.body();
    if (body == null) {
      if (now - since > timeouts.head().toNanos()) {
        abort(Http3ErrorCode.H3_REQUEST_CANCELLED, gone());
      }
      return;
    }
    if (!body.complete()) {
      BodyPace.Slow slow =
          pace.look(
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
    if (headSent && writes.stalled(channel, now, timeouts.write().toNanos())) {
      reset(Failure.of(Kind.CLIENT_GONE, "client does not take the answer"));
    }
  }

  static Failure gone() {
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
    return WriteWatch.waiting(channel);
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
