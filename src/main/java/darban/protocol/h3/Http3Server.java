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
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http3.DefaultHttp3GoAwayFrame;
import io.netty.handler.codec.http3.DefaultHttp3SettingsFrame;
import io.netty.handler.codec.http3.Http3;
import io.netty.handler.codec.http3.Http3ErrorCode;
import io.netty.handler.codec.http3.Http3ServerConnectionHandler;
import io.netty.handler.codec.http3.Http3Settings;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicStreamChannel;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A client's HTTP/3 connection. Event loop of its channel. */
public final class Http3Server extends ChannelInboundHandlerAdapter
    implements ServerConnection, Watched {
  /** The largest identifier that a request's stream can have (RFC 9000 §2.1). */
  private static final long LAST_STREAM = (1L << 62) - 4;

  private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** Netty keeps a little of each broken stream for as long as its connection lives. */
  private static final int MOST_BROKEN = 10_000;

  private final Loop loop;
  private final ServerOptions options;
  private final Supplier<ServerHandler> handlers;
  private final QuicChannel channel;
  private @Nullable ServerHandler handler;
  private long idleSince;
  private long requests;
  private int open;
  private long nextStream;
  private long windowStart;
  private int whole;
  private int broken;
  private int brokenEver;
  private boolean draining;
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
    Limits limits = options.limits();
    Http3Settings settings =
        new Http3Settings().maxFieldSectionSize(limits.head()).enableConnectProtocol(true);
    channel
        .pipeline()
        .addLast(
            new Http3ServerConnectionHandler(
                new ChannelInitializer<QuicStreamChannel>() {
                  @Override
                  protected void initChannel(QuicStreamChannel stream) {
                    server.opened(stream);
                  }
                },
                null,
                null,
                new DefaultHttp3SettingsFrame(settings),
                true));
    channel.pipeline().addLast(server);
    return server;
  }

  private void opened(QuicStreamChannel stream) {
    if (draining) {
      stream.shutdown(code(Http3ErrorCode.H3_REQUEST_REJECTED), stream.newPromise());
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

  static int code(Http3ErrorCode error) {
    return switch (error) {
      case H3_NO_ERROR -> 0x100;
      case H3_INTERNAL_ERROR -> 0x102;
      case H3_EXCESSIVE_LOAD -> 0x107;
      case H3_REQUEST_REJECTED -> 0x10b;
      case H3_REQUEST_CANCELLED -> 0x10c;
      case H3_REQUEST_INCOMPLETE -> 0x10d;
      case H3_MESSAGE_ERROR -> 0x10e;
      default -> 0x101;
    };
  }

  /**
   * A stream ended: in order, or {@code why} not. One that its client broke is free for each that
   * was whole in the same ten seconds; more than {@link Limits#floods} beyond them end the
   * connection (CVE-2023-44487, CVE-2025-8671).
   */
  void ended(@Nullable Failure why) {
    open--;
    idleSince = loop.nanos();
    if (idleSince - windowStart > WINDOW_NANOS) {
      windowStart = idleSince;
      whole = 0;
      broken = 0;
    }
    if (why == null) {
      whole++;
    } else if (why.side() == Side.CLIENT && channel.isActive()) {
      broken();
    }
    if (draining && open == 0) {
      closeWith(Http3ErrorCode.H3_NO_ERROR);
    }
  }

  private void broken() {
    if (whole > 0) {
      whole--;
    } else if (++broken == options.limits().floods() + 1 && handler != null) {
      Failure why =
          Failure.of(Kind.TOO_MANY_REQUESTS, "too many broken streams").detailed("RESETS flood");
      handler.refused(why, "HTTP/3 connection");
      closeWith(Http3ErrorCode.H3_EXCESSIVE_LOAD);
    }
    if (++brokenEver == MOST_BROKEN) {
      retire();
    }
  }

  private void closeWith(Http3ErrorCode error) {
    channel.close(true, code(error), Unpooled.EMPTY_BUFFER);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    loop.watch(this);
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
      closeWith(Http3ErrorCode.H3_NO_ERROR);
    }
  }

  @Override
  public boolean idleSince(long nanos) {
    return open == 0 && idleSince - nanos <= 0;
  }

  @Override
  public void drain() {
    draining = true;
    QuicStreamChannel control = Http3.getLocalControlStream(channel);
    if (open == 0 || control == null) {
      closeWith(Http3ErrorCode.H3_NO_ERROR);
    } else {
      control.writeAndFlush(new DefaultHttp3GoAwayFrame(nextStream));
    }
  }

  @Override
  public void retire() {
    // As with HTTP/2: first that it ends, a moment later with which stream (RFC 9114 §5.2).
    retiredAt = loop.nanos();
    QuicStreamChannel control = Http3.getLocalControlStream(channel);
    if (control != null) {
      control.writeAndFlush(new DefaultHttp3GoAwayFrame(LAST_STREAM));
    }
  }

  @Override
  public void close() {
    closeWith(Http3ErrorCode.H3_NO_ERROR);
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
