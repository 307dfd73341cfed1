package darban.protocol.h3;

import darban.base.Failure;
import darban.base.Kind;
import darban.base.Limits;
import darban.base.Side;
import darban.flow.Loop;
import darban.flow.Watched;
import darban.protocol.ServerConnection;
import darban.protocol.ServerHandler;
import darban.protocol.ServerOptions;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A client's HTTP/3 connection. Event loop of its channel. */
public final class Http3Server extends ChannelInboundHandlerAdapter
    implements ServerConnection, Watched {
  /** The largest identifier that a request's stream can have (RFC 9000 §2.1). */
  private static final long LAST_STREAM = (1L << 62) - 4;

  private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(10);

  // What we tell first on the control stream (RFC 9114 §7.2.4, RFC 9220 §3).
  private static final int CONTROL_STREAM = 0x0;
  private static final int MAX_FIELD_SECTION_SIZE = 0x6;
  private static final int ENABLE_CONNECT_PROTOCOL = 0x8;

  /** Netty keeps a little of each broken stream for as long as its connection lives. */
  private static final int MOST_BROKEN = 10_000;

  private final Loop loop;
  private final ServerOptions options;
  private final Supplier<ServerHandler> handlers;
  private final QuicChannel channel;
  private final Set<ClientStream.Kind> clientStreams = EnumSet.noneOf(ClientStream.Kind.class);
  private @Nullable ServerHandler handler;
  private @Nullable QuicStreamChannel control;
  private long idleSince;
  private long requests;
  private int open;
  private long nextStream;
  private long windowStart;
  private int whole;
  private int broken;
  private int brokenEver;
  private int useless;
  private long requestsBefore;
  private boolean draining;
  private boolean ended;
  private long retiredAt;
  private int watchIndex = -1;

  private Http3Server(
      Loop loop, ServerOptions options, Supplier<ServerHandler> handlers, QuicChannel channel) {
    this.loop = loop;
    this.options = options;
    this.handlers = handlers;
    this.channel = channel;
    this.idleSince = loop.nanos();
    this.windowStart = idleSince;
  }

  /**
   * Makes {@code channel}, a new QUIC connection, speak HTTP/3.
   *
   * @param handlers asked once, when the first request comes and the handshake is over
   */
  public static Http3Server install(
      Loop loop, ServerOptions options, Supplier<ServerHandler> handlers, QuicChannel channel) {
    Http3Server server = new Http3Server(loop, options, handlers, channel);
    channel.pipeline().addLast(server);
    return server;
  }

  Loop loop() {
    return loop;
  }

  // Streams

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    openControl();
    ctx.fireChannelActive();
  }

  /** Opens our control stream. QPACK's need not be there, as there is no table (RFC 9204 §4.2). */
  private void openControl() {
    channel
        .createStream(QuicStreamType.UNIDIRECTIONAL, new ChannelInboundHandlerAdapter())
        .addListener(made -> {
          if (made.isSuccess()) {
            control = (QuicStreamChannel) made.getNow();
            settle(control);
          } else if (!ended) {
            end(new Http3Fault(Http3Error.STREAM_CREATION_ERROR, "no control stream allowed"));
          }
        });
  }

  private void settle(QuicStreamChannel to) {
    ByteBuf settings = to.alloc().directBuffer();
    VarInt.write(settings, MAX_FIELD_SECTION_SIZE);
    VarInt.write(settings, options.limits().head());
    VarInt.write(settings, ENABLE_CONNECT_PROTOCOL);
    VarInt.write(settings, 1);
    ByteBuf first = to.alloc().directBuffer();
    VarInt.write(first, CONTROL_STREAM);
    VarInt.write(first, FrameType.SETTINGS);
    VarInt.write(first, settings.readableBytes());
    first.writeBytes(settings);
    settings.release();
    tell(to, first);
  }

  /** Writes to our control stream, which the client must let us do (RFC 9114 §6.2.1). */
  private void tell(QuicStreamChannel to, ByteBuf frame) {
    to.write(frame)
        .addListener(done -> {
          if (!done.isSuccess() && channel.isActive() && !ended) {
            end(new Http3Fault(Http3Error.CLOSED_CRITICAL_STREAM, "control stream stopped"));
          }
        });
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof QuicStreamChannel stream) {
      opened(stream);
    }
    // The end of the pipeline registers a stream.
    ctx.fireChannelRead(message);
  }

  private void opened(QuicStreamChannel stream) {
    stream.config().setReadFrames(true);
    if (stream.type() == QuicStreamType.UNIDIRECTIONAL) {
      stream.pipeline().addLast(new ClientStream(this));
      return;
    }
    if (draining) {
      stream.shutdown(Http3Error.REQUEST_REJECTED.code(), stream.newPromise());
      return;
    }
    if (handler == null) {
      handler = handlers.get();
    }
    requests++;
    open++;
    nextStream = Math.max(nextStream, stream.streamId() + 4);
    stream.pipeline().addLast(new Http3ServerStream(this, stream, loop, options, handler).reader());
  }

  /** The client tells what a stream of one direction is. */
  void begins(ClientStream.Kind kind) throws Http3Fault {
    // None may push, and of each kind but the unknown there is one (RFC 9114 §6.2).
    boolean unknown = kind == ClientStream.Kind.UNKNOWN;
    if (kind == ClientStream.Kind.PUSH || (!unknown && !clientStreams.add(kind))) {
      throw new Http3Fault(Http3Error.STREAM_CREATION_ERROR, "stream " + kind);
    }
    if (unknown) {
      useless();
    }
  }

  // Misuse

  /** Whether what still comes is of no interest. */
  boolean hasEnded() {
    return ended;
  }

  /** Ends the connection because of the client. */
  void end(Http3Fault fault) {
    if (ended) {
      return;
    }
    String what = String.valueOf(fault.getMessage());
    if (handler != null) {
      boolean load = fault.error() == Http3Error.EXCESSIVE_LOAD;
      Failure why =
          load
              ? Failure.of(Kind.TOO_MANY_REQUESTS, "too many broken streams or empty frames")
              : Failure.of(Kind.BAD_REQUEST, "HTTP/3 connection error");
      handler.refused(why.detailed(what), "HTTP/3 connection");
    }
    closeWith(fault.error(), what);
  }

  private void closeWith(Http3Error error, String reason) {
    if (!ended) {
      ended = true;
      channel.close(true, error.code(), ByteBufUtil.writeAscii(channel.alloc(), reason));
    }
  }

  /** A frame or stream came that has no use: a few are for test, very many are a flood. */
  void useless() throws Http3Fault {
    window();
    // Each request may have one with it: some clients send them so (RFC 9114 §7.2.8).
    if (++useless > options.limits().floods() + requests - requestsBefore) {
      throw new Http3Fault(Http3Error.EXCESSIVE_LOAD, "NOISE flood");
    }
  }

  /** Counts begin anew every ten seconds. */
  private void window() {
    long now = loop.nanos();
    if (now - windowStart > WINDOW_NANOS) {
      windowStart = now;
      whole = 0;
      broken = 0;
      useless = 0;
      requestsBefore = requests;
    }
  }

  /**
   * A stream ended: in order, or {@code why} not. One that its client broke is free for each that
   * was whole in the same ten seconds; more than {@link Limits#floods} beyond them end the
   * connection (CVE-2023-44487, CVE-2025-8671).
   */
  void ended(@Nullable Failure why) {
    open--;
    idleSince = loop.nanos();
    window();
    if (why == null) {
      whole++;
    } else if (why.side() == Side.CLIENT && channel.isActive()) {
      broken();
    }
    if (draining && open == 0) {
      closeWith(Http3Error.NO_ERROR, "");
    }
  }

  private void broken() {
    if (whole > 0) {
      whole--;
    } else if (++broken > options.limits().floods()) {
      end(new Http3Fault(Http3Error.EXCESSIVE_LOAD, "RESETS flood"));
    }
    if (++brokenEver == MOST_BROKEN) {
      retire();
    }
  }

  // The connection

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    loop.watch(this);
    if (ctx.channel().isActive()) {
      openControl();
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    loop.unwatch(this);
  }

  @Override
  public void tick(long now) {
    if (retiredAt != 0 && !draining && now - retiredAt > FAREWELL_NANOS) {
      drain();
    }
    if (open > 0) {
      return;
    }
    long most =
        requests == 0 ? options.timeouts().head().toNanos() : options.timeouts().idle().toNanos();
    if (now - idleSince > most) {
      closeWith(Http3Error.NO_ERROR, "");
    }
  }

  @Override
  public boolean idleSince(long nanos) {
    return open == 0 && idleSince - nanos <= 0;
  }

  @Override
  public void drain() {
    draining = true;
    if (open == 0 || control == null) {
      closeWith(Http3Error.NO_ERROR, "");
    } else {
      goAway(nextStream);
    }
  }

  private void goAway(long first) {
    if (control != null) {
      ByteBuf frame = control.alloc().directBuffer();
      VarInt.write(frame, FrameType.GOAWAY);
      VarInt.write(frame, VarInt.length(first));
      VarInt.write(frame, first);
      tell(control, frame);
    }
  }

  @Override
  public void retire() {
    // As with HTTP/2: first that it ends, a moment later with which stream (RFC 9114 §5.2).
    retiredAt = loop.nanos();
    goAway(LAST_STREAM);
  }

  @Override
  public void close() {
    closeWith(Http3Error.NO_ERROR, "");
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
