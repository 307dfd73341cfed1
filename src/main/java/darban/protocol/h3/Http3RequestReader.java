package darban.protocol.h3;

import darban.base.Failure;
import darban.base.Kind;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.Method;
import darban.http.RequestHead;
import darban.http.Version;
import darban.protocol.ServerOptions;
import darban.wire.FieldBlock;
import darban.wire.Framing;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http3.Http3DataFrame;
import io.netty.handler.codec.http3.Http3ErrorCode;
import io.netty.handler.codec.http3.Http3Exception;
import io.netty.handler.codec.http3.Http3HeadersFrame;
import io.netty.handler.codec.http3.Http3HeadersValidationException;
import io.netty.handler.codec.http3.Http3RequestStreamInboundHandler;
import io.netty.handler.codec.quic.QuicException;
import io.netty.handler.codec.quic.QuicStreamChannel;
import org.jspecify.annotations.Nullable;

/**
 * Reads the request of a stream, the last handler of its channel, and tells the stream. Event loop
 * of the connection.
 */
final class Http3RequestReader extends Http3RequestStreamInboundHandler {
  private final Http3ServerStream stream;
  private final QuicStreamChannel channel;
  private final ServerOptions options;
  private @Nullable RequestHead head;
  private @Nullable Http3Incoming body;
  private boolean bodyExpected;
  private boolean handedOver;

  Http3RequestReader(Http3ServerStream stream, QuicStreamChannel channel, ServerOptions options) {
    this.stream = stream;
    this.channel = channel;
    this.options = options;
  }

  /** The head; null while it is not here. */
  @Nullable RequestHead head() {
    return head;
  }

  /** The body, perhaps an empty one; null while the head is not here. */
  @Nullable Http3Incoming body() {
    return body;
  }

  boolean handedOver() {
    return handedOver;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    stream.begun();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    stream.removed();
  }

  @Override
  protected void channelRead(ChannelHandlerContext ctx, Http3HeadersFrame frame) {
    try {
      if (head == null) {
        begin(frame);
      } else if (body != null) {
        end(body, read(frame).trailers());
      }
    } catch (Failure malformed) {
      stream.refuse(malformed);
    }
  }

  private FieldBlock read(Http3HeadersFrame frame) throws Failure {
    return FieldBlock.ofRequest(options.limits()).lines(frame.headers());
  }

  private void begin(Http3HeadersFrame frame) throws Failure {
    RequestHead request = read(frame).request(Version.HTTP_3);
    String length = request.fields().get(FieldName.CONTENT_LENGTH);
    long declared = length == null ? -1 : Framing.length(length);
    long most = options.limits().body();
    if (most > 0 && declared > most) {
      throw tooLarge();
    }
    head = request;
    body = new Http3Incoming(channel, declared, this::stop);
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
    if (handedOver || body == null || stream.isOver()) {
      return;
    }
    if (bodyExpected || body.complete() || body.received() > 0) {
      handedOver = true;
      stream.handOver();
    }
  }

  private static Failure tooLarge() {
    return Failure.of(Kind.CONTENT_TOO_LARGE, "request body too large");
  }

  @Override
  protected void channelRead(ChannelHandlerContext ctx, Http3DataFrame frame) {
    if (body == null || stream.isOver()) {
      frame.release();
      return;
    }
    body.data(frame.content());
    long most = options.limits().body();
    if (most > 0 && body.received() > most && !stream.isTunnel()) {
      body.fail(tooLarge());
    }
  }

  @Override
  protected void channelInputClosed(ChannelHandlerContext ctx) {
    if (body == null) {
      stream.incomplete();
      return;
    }
    if (!body.complete()) {
      end(body, Fields.NONE);
    }
    handOver();
  }

  /** A body of another length than declared is malformed, and a cut (RFC 9114 §4.1.2). */
  private void end(Http3Incoming whole, Fields trailers) {
    if (whole.length() >= 0 && whole.received() != whole.length()) {
      stream.refuse(malformed("body of another length than declared"));
    } else {
      whole.end(trailers);
    }
  }

  private static Failure malformed(@Nullable String detail) {
    return Failure.of(Kind.BAD_REQUEST, "malformed HTTP/3 message")
        .detailed(String.valueOf(detail));
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    handOver();
    if (body != null) {
      body.readComplete();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    stream.writabilityChanged();
  }

  /** Nobody wants the rest of the request: STOP_SENDING (RFC 9114 §4.1). */
  void stop() {
    if (channel.isActive() && !channel.isInputShutdown()) {
      channel.shutdownInput(Http3Server.code(Http3ErrorCode.H3_NO_ERROR));
    }
  }

  // Its end

  @Override
  protected void handleQuicException(ChannelHandlerContext ctx, QuicException exception) {
    stream.abort(Http3ErrorCode.H3_REQUEST_CANCELLED, Http3ServerStream.gone());
  }

  @Override
  protected void handleHttp3Exception(ChannelHandlerContext ctx, Http3Exception exception) {
    stream.refuse(malformed(exception.getMessage()));
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    stream.closed();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    switch (cause) {
      case Http3HeadersValidationException malformed ->
          stream.refuse(malformed(malformed.getMessage()));
      case QuicException quic -> handleQuicException(ctx, quic);
      case Http3Exception http -> handleHttp3Exception(ctx, http);
      default -> {
        super.exceptionCaught(ctx, cause);
        stream.abort(Http3ErrorCode.H3_INTERNAL_ERROR, Http3ServerStream.gone());
      }
    }
  }
}
