package darban.protocol.h2;

import darban.base.Failure;
import darban.base.Kind;
import darban.base.Limits;
import darban.flow.Loop;
import darban.flow.Watched;
import darban.protocol.WriteWatch;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionDecoder;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionEncoder;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2RemoteFlowController;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.codec.http2.UniformStreamByteDistributor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What both roles of HTTP/2 share: the codec, the streams' state, windows, and writing out once for
 * all that one read caused. Event loop of its channel.
 */
abstract class Http2Channel extends Http2ConnectionHandler implements Watched {
  private static final int STREAM_WINDOW = 256 * 1024;
  private static final int CONNECTION_WINDOW = 1024 * 1024;

  /** What a stream of the connection means to its role. */
  interface StreamState {
    /** A head or a trailer section came. */
    void headers(Http2Headers headers, boolean end) throws Failure;

    /** The body from DATA frames, or null while none is expected. */
    @Nullable Http2Incoming incoming();

    /** The stream's window or the channel has room again, or none. */
    void writabilityChanged();

    /** The stream is closed: nothing more comes, nothing more can be sent. */
    void closed(Failure why);
  }

  final Loop loop;
  final Limits limits;
  private final FrameWatch frameWatch;
  private final Http2Connection.PropertyKey stateKey;
  private final List<Http2Incoming> unflushed = new ArrayList<>();
  private @Nullable ChannelHandlerContext context;
  private boolean reading;
  private boolean flushWanted;
  private boolean ended;
  private int watchIndex = -1;

  Http2Channel(Loop loop, Limits limits, Parts parts) {
    super(parts.decoder, parts.encoder, parts.settings, true, true);
    this.loop = loop;
    this.limits = limits;
    boolean server = connection().isServer();
    this.frameWatch = new FrameWatch(loop, server ? 24 : 0, limits.floods(), new Alarm());
    this.stateKey = connection().newKey();
    decoder().frameListener(new Frames());
    connection().addListener(new Streams());
    connection().remote().flowController().listener(this::streamWritable);
  }

  /**
   * The pieces of Netty's codec.
   *
   * @param decoder reads
   * @param encoder writes
   * @param settings sent first
   */
  record Parts(
      Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings) {

    static Parts of(boolean server, Limits limits) {
      DefaultHttp2Connection connection = new DefaultHttp2Connection(server, limits.streams());
      connection
          .remote()
          .flowController(
              new DefaultHttp2RemoteFlowController(
                  connection, new UniformStreamByteDistributor(connection)));
      Http2ConnectionEncoder encoder =
          new DefaultHttp2ConnectionEncoder(connection, new DefaultHttp2FrameWriter());
      DefaultHttp2FrameReader reader =
          new DefaultHttp2FrameReader(new DefaultHttp2HeadersDecoder(true, limits.head()));
      Http2ConnectionDecoder decoder =
          new DefaultHttp2ConnectionDecoder(connection, encoder, reader);
      Http2Settings settings =
          new Http2Settings().initialWindowSize(STREAM_WINDOW).maxHeaderListSize(limits.head());
      if (server) {
        settings.maxConcurrentStreams(limits.streams()).connectProtocolEnabled(true);
      } else {
        settings.pushEnabled(false);
      }
      return new Parts(decoder, encoder, settings);
    }
  }

  /** A stream of the peer's making came with its head. */
  abstract void opened(Http2Stream stream, Http2Headers headers, boolean end) throws Failure;

  /** The channel is closed. */
  abstract void disconnected();

  /** The peer will take no new streams. */
  abstract void goingAway();

  /** A malformed head or body on {@code stream}: the peer is told by a reset. */
  abstract void malformed(Http2Stream stream, Failure why);

  /** The codec refuses the head of stream {@code id} and resets it; for the log. */
  abstract void malformedHead(int id, Failure why);

  final ChannelHandlerContext context() {
    return java.util.Objects.requireNonNull(context);
  }

  final boolean isOpen() {
    return context != null && context.channel().isActive();
  }

  final FrameWatch frameWatch() {
    return frameWatch;
  }

  final void state(Http2Stream stream, StreamState state) {
    stream.setProperty(stateKey, state);
  }

  final @Nullable StreamState state(Http2Stream stream) {
    return stream.getProperty(stateKey);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
    context = ctx;
    ctx.pipeline().addBefore(ctx.name(), null, frameWatch);
    super.handlerAdded(ctx);
    Http2Stream all = connection().connectionStream();
    connection().local().flowController().incrementWindowSize(all, CONNECTION_WINDOW - 65_535);
    loop.watch(this);
    ctx.flush();
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext ctx) throws Exception {
    loop.unwatch(this);
    super.handlerRemoved0(ctx);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
    reading = true;
    super.channelRead(ctx, message);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
    reading = false;
    flushBodies();
    flushWanted = false;
    // Flushes what was written meanwhile, window updates included.
    super.channelReadComplete(ctx);
  }

  private void flushBodies() {
    for (int i = 0; i < unflushed.size(); i++) {
      unflushed.get(i).readComplete();
    }
    unflushed.clear();
  }

  /** Sends out what was written: now, or when the read under way is used up. */
  final void flush() {
    if (reading) {
      flushWanted = true;
    } else {
      flush(context());
    }
  }

  /** Lets {@code body} tell its reader once this read is used up; at once outside a read. */
  final void flushLater(Http2Incoming body) {
    if (reading) {
      unflushed.add(body);
    } else {
      body.readComplete();
      flush(context());
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) throws Exception {
    super.channelWritabilityChanged(ctx);
    if (!ctx.channel().isWritable() && flushWanted) {
      flushWanted = false;
      flush(ctx);
    }
  }

  private void streamWritable(Http2Stream stream) {
    StreamState state = state(stream);
    if (state != null) {
      state.writabilityChanged();
    }
  }

  final boolean isWritable(Http2Stream stream) {
    return connection().remote().flowController().isWritable(stream);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    super.channelInactive(ctx);
    disconnected();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) throws Exception {
    if (Http2CodecUtil.getEmbeddedHttp2Exception(cause) != null) {
      super.exceptionCaught(ctx, cause);
    } else {
      // The connection is lost, and the codec's own answer would be a line in the log. The streams
      // are told when the channel is closed.
      ctx.close();
    }
  }

  @Override
  protected void onStreamError(
      ChannelHandlerContext ctx,
      boolean outbound,
      Throwable cause,
      Http2Exception.StreamException error) {
    int id = error.streamId();
    Http2Stream stream = connection().stream(id);
    StreamState state = stream == null ? null : state(stream);
    boolean head = stream != null || id > connection().remote().lastStreamCreated();
    Failure why =
        Failure.of(Kind.BAD_REQUEST, "malformed HTTP/2 message", cause)
            .detailed(String.valueOf(cause.getMessage()));
    if (state != null) {
      state.closed(why);
    } else if (head && !outbound && error.error() != Http2Error.REFUSED_STREAM) {
      malformedHead(id, why);
    }
    super.onStreamError(ctx, outbound, cause, error);
    if (!outbound) {
      frameWatch.fault(id, error.error());
    }
  }

  /** Resets a stream. */
  final void resetFor(Http2Stream stream, Http2Error error) {
    resetStream(context(), stream.id(), error.code(), context().newPromise());
    flush();
  }

  /** We end the connection because of the peer; for the log. */
  abstract void ending(Failure why);

  private void flooded(FrameWatch.Flood flood) {
    ending(
        Failure.of(Kind.TOO_MANY_REQUESTS, "too many frames of one kind")
            .detailed(flood.name() + " flood"));
    endWith(Http2Error.ENHANCE_YOUR_CALM, flood.name());
  }

  /** What the watch over frames found. */
  private final class Alarm implements FrameWatch.Alarm {
    @Override
    public void flooded(FrameWatch.Flood flood) {
      Http2Channel.this.flooded(flood);
    }

    @Override
    public void reused(Http2Error error) {
      ending(Failure.of(Kind.BAD_REQUEST, "stream used again").detailed(error.name()));
      endWith(error, "stream used again");
    }
  }

  /** Whether we have ended it: what the codec still finds in the last bytes is of no interest. */
  final boolean hasEnded() {
    return ended;
  }

  /** Says why and closes, without waiting for anything. */
  final void endWith(Http2Error error, String reason) {
    ended = true;
    ByteBuf text = io.netty.buffer.ByteBufUtil.writeAscii(context().alloc(), reason);
    int last = connection().remote().lastStreamCreated();
    goAway(context(), last, error.code(), text, context().newPromise());
    flush(context());
    context().channel().close();
  }

  @Override
  public final long held() {
    Http2Stream all = connection().connectionStream();
    return connection().local().flowController().unconsumedBytes(all)
        + WriteWatch.waiting(context().channel());
  }

  @Override
  public int watchIndex() {
    return watchIndex;
  }

  @Override
  public void watchIndex(int index) {
    watchIndex = index;
  }

  /** What the codec read. */
  private final class Frames extends Http2FrameAdapter {
    @Override
    public void onHeadersRead(
        ChannelHandlerContext ctx,
        int id,
        Http2Headers headers,
        int dependency,
        short weight,
        boolean exclusive,
        int padding,
        boolean end) {
      onHeadersRead(ctx, id, headers, padding, end);
    }

    @Override
    public void onHeadersRead(
        ChannelHandlerContext ctx, int id, Http2Headers headers, int padding, boolean end) {
      Http2Stream stream = connection().stream(id);
      StreamState state = state(stream);
      try {
        if (state == null) {
          opened(stream, headers, end);
        } else {
          state.headers(headers, end);
        }
      } catch (Failure malformed) {
        malformed(stream, malformed);
      }
    }

    @Override
    public int onDataRead(
        ChannelHandlerContext ctx, int id, ByteBuf data, int padding, boolean end) {
      Http2Stream stream = connection().stream(id);
      StreamState state = state(stream);
      Http2Incoming body = state == null ? null : state.incoming();
      if (body == null) {
        return data.readableBytes() + padding;
      }
      return body.data(data, end) + padding;
    }

    @Override
    public void onGoAwayRead(ChannelHandlerContext ctx, int last, long code, ByteBuf debug) {
      goingAway();
    }
  }

  /** What happens to streams. */
  private final class Streams extends Http2ConnectionAdapter {
    @Override
    public void onStreamClosed(Http2Stream stream) {
      StreamState state = state(stream);
      if (state != null) {
        state.closed(Failure.of(Kind.CONNECTION_TERMINATED, "stream closed"));
      }
    }
  }
}
