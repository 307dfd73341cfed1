package darban.protocol.h3;

import darban.base.Failure;
import darban.base.Kind;
import darban.base.Limits;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.Method;
import darban.http.RequestHead;
import darban.http.Version;
import darban.http.Violation;
import darban.wire.FieldBlock;
import darban.wire.Framing;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.quic.QuicException;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamFrame;
import org.jspecify.annotations.Nullable;

/**
 * Reads the request of a stream, the only handler of its channel, and tells the stream. Event loop
 * of the connection.
 */
final class Http3RequestReader extends ChannelInboundHandlerAdapter implements FrameReader.Frames {
  private final Http3Server connection;
  private final Http3ServerStream stream;
  private final QuicStreamChannel channel;
  private final Limits limits;
  private final FrameReader frames;
  private @Nullable RequestHead head;
  private @Nullable Http3Incoming body;
  private @Nullable Fields trailers;
  private long declared = -1;
  private boolean bodyExpected;
  private boolean ended;
  private boolean handedOver;

  Http3RequestReader(
      Http3Server connection, Http3ServerStream stream, QuicStreamChannel channel, Limits limits) {
    this.connection = connection;
    this.stream = stream;
    this.channel = channel;
    this.limits = limits;
    this.frames = new FrameReader(connection.loop().scratch(), this);
  }

  /** The head; null while it is not here. */
  @Nullable RequestHead head() {
    return head;
  }

  /** The body; null while there is none. */
  @Nullable Http3Incoming body() {
    return body;
  }

  boolean handedOver() {
    return handedOver;
  }

  /** Of one channel; Netty would look that up for each. */
  @Override
  public boolean isSharable() {
    return false;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    connection.loop().watch(stream);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    connection.loop().unwatch(stream);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    QuicStreamFrame part = (QuicStreamFrame) message;
    try {
      frames.read(part.content());
      if (part.hasFin()) {
        end();
      }
      handOver();
    } catch (Http3Fault fault) {
      connection.end(fault);
    } finally {
      part.release();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (body != null) {
      body.readComplete();
    }
  }

  // Frames

  @Override
  public boolean hasEnded() {
    return stream.isDone() || connection.hasEnded();
  }

  @Override
  public FrameReader.Payload begins(long type, long length) throws Http3Fault {
    if (type == FrameType.DATA && head != null && trailers == null) {
      if (length == 0) {
        connection.useless();
      }
      return FrameReader.Payload.PASSED_ON;
    }
    if (type == FrameType.HEADERS && trailers == null && !isConnect()) {
      return section(length);
    }
    if (FrameType.isKnown(type)) {
      throw FrameType.unexpected(type);
    }
    connection.useless();
    return FrameReader.Payload.LEFT_OUT;
  }

  private boolean isConnect() {
    return head != null && head.method() == Method.CONNECT;
  }

  /** A head that is too large as it comes need not be read to know it. */
  private FrameReader.Payload section(long length) {
    if (length > limits.head()) {
      stream.refuse(Violation.HEAD_LENGTH.inRequest());
      return FrameReader.Payload.LEFT_OUT;
    }
    return FrameReader.Payload.KEPT;
  }

  @Override
  public void whole(long type, byte[] payload, int length) throws Http3Fault {
    FieldBlock lines = FieldBlock.ofRequest(limits);
    try {
      connection.loop().qpackReader().read(payload, 0, length, lines);
    } catch (Failure broken) {
      throw new Http3Fault(Http3Error.QPACK_DECOMPRESSION_FAILED, broken.detail());
    }
    try {
      if (head == null) {
        begin(lines.request(Version.HTTP_3));
      } else {
        trailers = lines.trailers();
      }
    } catch (Failure malformed) {
      stream.refuse(malformed);
    }
  }

  private void begin(RequestHead request) throws Failure {
    String length = request.fields().get(FieldName.CONTENT_LENGTH);
    declared = length == null ? -1 : Framing.length(length);
    if (limits.body() > 0 && declared > limits.body()) {
      throw tooLarge();
    }
    head = request;
    bodyExpected =
        declared > 0
            || request.method() == Method.CONNECT
            || request.method() == Method.POST
            || request.method() == Method.PUT
            || request.method() == Method.PATCH;
  }

  private static Failure tooLarge() {
    return Failure.of(Kind.CONTENT_TOO_LARGE, "request body too large");
  }

  @Override
  public void piece(ByteBuf piece) {
    Http3Incoming to = incoming();
    if (declared >= 0 && to.received() + piece.readableBytes() > declared) {
      refuseLength();
      return;
    }
    to.data(piece.retain());
    if (limits.body() > 0 && to.received() > limits.body() && !stream.isTunnel()) {
      to.fail(tooLarge());
    }
  }

  private void refuseLength() {
    // Malformed, and a cut (RFC 9114 §4.1.2).
    stream.refuse(
        Failure.of(Kind.BAD_REQUEST, "malformed HTTP/3 message")
            .detailed("body of another length than declared"));
  }

  /** The body, made when something needs it: most requests have none. */
  Http3Incoming incoming() {
    Http3Incoming made = body;
    if (made == null) {
      made = new Http3Incoming(channel, declared, this::stop);
      body = made;
      if (ended) {
        made.end(last());
      }
    }
    return made;
  }

  private Fields last() {
    return trailers == null ? Fields.NONE : trailers;
  }

  /** The client ended its direction. */
  private void end() throws Http3Fault {
    ended = true;
    if (hasEnded()) {
      return;
    }
    frames.end();
    if (head == null) {
      stream.incomplete();
    } else if (declared > 0 && (body == null || body.received() < declared)) {
      refuseLength();
    } else if (body != null || trailers != null) {
      incoming().end(last());
    }
  }

  /**
   * Hands the request over as soon as it is clear whether it has a body: nothing in the head says
   * so for certain, but the end of the stream or the first data does.
   */
  private void handOver() {
    boolean clear = bodyExpected || ended || body != null;
    if (head == null || !clear || handedOver || hasEnded()) {
      return;
    }
    handedOver = true;
    if (!ended) {
      incoming();
    }
    stream.handOver();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    stream.writabilityChanged();
  }

  /** Nobody wants the rest of the request: STOP_SENDING (RFC 9114 §4.1). */
  void stop() {
    if (channel.isActive() && !channel.isInputShutdown()) {
      channel.shutdownInput(Http3Error.NO_ERROR.code());
    }
  }

  // Its end

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    stream.closed();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) throws Exception {
    if (cause instanceof QuicException) {
      stream.abort(Http3Error.REQUEST_CANCELLED, Http3ServerStream.GONE);
    } else {
      stream.abort(Http3Error.INTERNAL_ERROR, Http3ServerStream.GONE);
      super.exceptionCaught(ctx, cause);
    }
  }
}
