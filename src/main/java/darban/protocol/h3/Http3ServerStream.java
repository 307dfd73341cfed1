package darban.protocol.h3;

import darban.base.Failure;
import darban.base.Kind;
import darban.base.Timeouts;
import darban.flow.Body;
import darban.flow.Duplex;
import darban.flow.Loop;
import darban.flow.Watched;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.Method;
import darban.http.RequestHead;
import darban.http.ResponseHead;
import darban.http.Status;
import darban.http.Version;
import darban.protocol.BodyPace;
import darban.protocol.PlainAnswer;
import darban.protocol.ServerHandler;
import darban.protocol.ServerOptions;
import darban.protocol.ServerStream;
import darban.protocol.WriteWatch;
import darban.wire.FieldBlock;
import darban.wire.Framing;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http3.DefaultHttp3DataFrame;
import io.netty.handler.codec.http3.DefaultHttp3HeadersFrame;
import io.netty.handler.codec.http3.Http3DataFrame;
import io.netty.handler.codec.http3.Http3ErrorCode;
import io.netty.handler.codec.http3.Http3Exception;
import io.netty.handler.codec.http3.Http3HeadersFrame;
import io.netty.handler.codec.http3.Http3HeadersValidationException;
import io.netty.handler.codec.http3.Http3RequestStreamInboundHandler;
import io.netty.handler.codec.quic.QuicException;
import io.netty.handler.codec.quic.QuicStreamChannel;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One request on an HTTP/3 connection and its answer; also the last handler of the stream's
 * channel. Event loop of the connection.
 */
final class Http3ServerStream extends Http3RequestStreamInboundHandler
    implements ServerStream, Http3Outgoing.Owner, Duplex, Watched {
  private final Http3Server connection;
  private final QuicStreamChannel channel;
  private final Loop loop;
  private final ServerOptions options;
  private final ServerHandler handler;
  private final BodyPace pace = new BodyPace();
  private final long since;
  private @Nullable RequestHead head;
  private @Nullable Http3Incoming incoming;
  private @Nullable Http3Outgoing outgoing;
  private boolean bodyExpected;
  private boolean handedOver;
  private boolean headSent;
  private boolean written;
  private boolean tunnel;
  private boolean over;
  private long sent;
  private long writeMark = -1;
  private long writeMarkSince;
  private @Nullable Consumer<@Nullable Failure> endListener;
  private boolean endTold;
  private @Nullable Failure endFailure;
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
    this.since = loop.nanos();
  }

  // What comes

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    loop.watch(this);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    loop.unwatch(this);
  }

  @Override
  protected void channelRead(ChannelHandlerContext ctx, Http3HeadersFrame frame) {
    try {
      if (head == null) {
        begin(frame);
      } else if (incoming != null) {
        endBody(
            Http3Heads.read(frame.headers(), FieldBlock.ofRequest(options.limits())).trailers());
      }
    } catch (Failure malformed) {
      refuse(malformed);
    }
  }

  private void begin(Http3HeadersFrame frame) throws Failure {
    RequestHead request =
        Http3Heads.read(frame.headers(), FieldBlock.ofRequest(options.limits()))
            .request(Version.HTTP_3);
    String length = request.fields().get(FieldName.CONTENT_LENGTH);
    long declared = length == null ? -1 : Framing.length(length);
    long most = options.limits().body();
    if (most > 0 && declared > most) {
      throw tooLarge();
    }
    head = request;
    incoming = new Http3Incoming(channel, declared, this::stopReading);
    bodyExpected =
        declared > 0
            || request.method() == Method.CONNECT
            || request.method() == Method.POST
            || request.method() == Method.PUT
            || request.method() == Method.PATCH;
  }

  /**
   * Hands the request over as soon as it is clear whether it has a body: nothing in the head says
   * so for certain, but the end of the stream or the first data does.
   */
  private void handOver() {
    Http3Incoming body = incoming;
    if (handedOver || over || body == null) {
      return;
    }
    if (bodyExpected || body.complete() || body.received() > 0) {
      handedOver = true;
      handler.request(this);
    }
  }

  private static Failure tooLarge() {
    return Failure.of(Kind.CONTENT_TOO_LARGE, "request body too large");
  }

  /** Answers a head that is too large; what is malformed is reset (RFC 9114 §4.1.2). */
  private void refuse(Failure why) {
    if (!handedOver) {
      handler.refused(why, "HTTP/3 stream " + channel.streamId());
    }
    if (why.kind() == Kind.BAD_REQUEST || head != null) {
      abort(Http3ErrorCode.H3_MESSAGE_ERROR, why);
      return;
    }
    PlainAnswer answer = PlainAnswer.of(why);
    headSent = true;
    channel.write(new DefaultHttp3HeadersFrame(Http3Heads.response(answer.head())));
    Body.Bytes text = (Body.Bytes) answer.body();
    bodyWritten(channel.writeAndFlush(new DefaultHttp3DataFrame(text.buffer())));
  }

  @Override
  protected void channelRead(ChannelHandlerContext ctx, Http3DataFrame frame) {
    if (incoming == null || over) {
      frame.release();
      return;
    }
    incoming.data(frame.content());
    long most = options.limits().body();
    if (most > 0 && incoming.received() > most && !tunnel) {
      incoming.fail(tooLarge());
    }
  }

  @Override
  protected void channelInputClosed(ChannelHandlerContext ctx) {
    if (incoming == null) {
      if (!headSent) {
        abort(Http3ErrorCode.H3_REQUEST_INCOMPLETE, gone());
      }
      return;
    }
    if (!incoming.complete()) {
      endBody(Fields.NONE);
    }
    handOver();
  }

  /** A body of another length than declared is malformed, and a cut (RFC 9114 §4.1.2). */
  private void endBody(Fields trailers) {
    Http3Incoming body = requestBody();
    if (body.length() >= 0 && body.received() != body.length()) {
      refuse(malformed("body of another length than declared"));
    } else {
      body.end(trailers);
    }
  }

  private static Failure malformed(@Nullable String detail) {
    return Failure.of(Kind.BAD_REQUEST, "malformed HTTP/3 message")
        .detailed(String.valueOf(detail));
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    handOver();
    if (incoming != null) {
      incoming.readComplete();
    }
  }

  @Override
  protected void handleQuicException(ChannelHandlerContext ctx, QuicException exception) {
    abort(Http3ErrorCode.H3_REQUEST_CANCELLED, gone());
  }

  @Override
  protected void handleHttp3Exception(ChannelHandlerContext ctx, Http3Exception exception) {
    refuse(malformed(exception.getMessage()));
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    closed(gone());
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    switch (cause) {
      case Http3HeadersValidationException malformed -> refuse(malformed(malformed.getMessage()));
      case QuicException quic -> handleQuicException(ctx, quic);
      case Http3Exception http -> handleHttp3Exception(ctx, http);
      default -> {
        super.exceptionCaught(ctx, cause);
        abort(Http3ErrorCode.H3_INTERNAL_ERROR, gone());
      }
    }
  }

  /** Nobody wants the rest of the request: STOP_SENDING (RFC 9114 §4.1). */
  private void stopReading() {
    if (channel.isActive() && !channel.isInputShutdown()) {
      channel.shutdownInput(Http3Server.code(Http3ErrorCode.H3_NO_ERROR));
    }
  }

  // What goes

  @Override
  public RequestHead head() {
    return java.util.Objects.requireNonNull(head);
  }

  private Http3Incoming requestBody() {
    return java.util.Objects.requireNonNull(incoming);
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
      channel.writeAndFlush(new DefaultHttp3HeadersFrame(Http3Heads.response(interim)));
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
    ResponseHead complete = completed(answer, body, bodiless);
    ChannelFuture first =
        channel.write(new DefaultHttp3HeadersFrame(Http3Heads.response(complete)));
    if (bodiless || body == Body.NONE) {
      body.discard(gone());
      bodyWritten(first);
      return;
    }
    switch (body) {
      case Body.None none -> throw new IllegalStateException();
      case Body.Bytes bytes -> {
        sent = bytes.length();
        bodyWritten(channel.write(new DefaultHttp3DataFrame(bytes.buffer())));
      }
      case Body.File file -> stream(file.slice().stream(loop));
      case Body.Stream streamed -> stream(streamed);
    }
  }

  private ResponseHead completed(ResponseHead answer, Body body, boolean bodiless) {
    Fields.Builder fields = answer.fields().toBuilder();
    fields.setIfAbsent(FieldName.DATE, loop.date());
    if (!bodiless || (head().method() == Method.HEAD && body.length() > 0)) {
      fields.remove(FieldName.CONTENT_LENGTH);
      if (body.length() >= 0) {
        fields.add(FieldName.CONTENT_LENGTH, Long.toString(body.length()));
      }
    } else if (head().method() != Method.HEAD && answer.status() != 304) {
      fields.remove(FieldName.CONTENT_LENGTH);
    }
    return answer.withFields(fields.build());
  }

  private void stream(Body.Stream body) {
    outgoing = new Http3Outgoing(channel, body, this);
    outgoing.start();
  }

  @Override
  public void bodyWritten(ChannelFuture last) {
    written = true;
    last.addListener(QuicStreamChannel.SHUTDOWN_OUTPUT);
    last.addListener(done -> end(done.isSuccess() ? null : gone()));
    if (!tunnel) {
      // The answer is whole: the rest of the request is not wanted, nor waited for.
      stopReading();
      last.addListener(done -> channel.close());
    }
    channel.flush();
  }

  @Override
  public void bodyBroken(Failure why) {
    reset(why);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
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
  private void abort(Http3ErrorCode error, Failure why) {
    if (!over) {
      channel.shutdown(Http3Server.code(error), channel.newPromise());
      closed(why);
      channel.close();
    }
  }

  private void closed(Failure why) {
    if (over) {
      return;
    }
    over = true;
    connection.ended(written ? null : why);
    if (incoming != null) {
      incoming.fail(gone());
    }
    if (outgoing != null) {
      outgoing.cancel(gone());
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
    channel.writeAndFlush(new DefaultHttp3HeadersFrame(Http3Heads.response(accepted)));
    return this;
  }

  @Override
  public Body.Stream incoming() {
    return requestBody();
  }

  @Override
  public void send(Body.Stream bytes) {
    stream(bytes);
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
    Http3Incoming body = incoming;
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
    lookAtWriting(now, timeouts);
  }

  private void lookAtWriting(long now, Timeouts timeouts) {
    var buffer = channel.unsafe().outboundBuffer();
    boolean waits = headSent && buffer != null && !buffer.isEmpty();
    long mark =
        buffer == null ? -1 : buffer.currentProgress() * 31 + buffer.totalPendingWriteBytes();
    if (!waits || mark != writeMark) {
      writeMark = mark;
      writeMarkSince = now;
    } else if (now - writeMarkSince > timeouts.write().toNanos()) {
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
    endListener = listener;
    if (endTold) {
      listener.accept(endFailure);
    }
  }

  private void end(@Nullable Failure why) {
    if (!endTold && !tunnel) {
      endTold = true;
      endFailure = why;
      if (endListener != null) {
        endListener.accept(why);
      }
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
