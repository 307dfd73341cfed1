package darban.protocol.socks;

import static io.netty.channel.ChannelFutureListener.CLOSE;

import darban.base.Failure;
import darban.base.HostPort;
import darban.base.Kind;
import darban.flow.Body;
import darban.flow.Duplex;
import darban.flow.Loop;
import darban.flow.Watched;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.Method;
import darban.http.RequestHead;
import darban.http.ResponseHead;
import darban.http.Target;
import darban.http.Version;
import darban.protocol.ServerConnection;
import darban.protocol.ServerHandler;
import darban.protocol.ServerOptions;
import darban.protocol.ServerStream;
import darban.protocol.h1.RawDuplex;
import darban.wire.Socks;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A client's SOCKS connection: negotiation, one request, then a tunnel. Event loop of its channel.
 *
 * <pre>
 *   5: methods ─► (name and password) ─► request ─► tunnel
 *   4: request ──────────────────────────────────► tunnel
 * </pre>
 */
public final class SocksServer extends ChannelInboundHandlerAdapter
    implements ServerConnection, ServerStream, Watched {
  private enum State {
    VERSION,
    METHODS,
    CREDENTIALS,
    REQUEST_4,
    REQUEST_5,
    ANSWERED,
    OVER
  }

  private static final int MOST_BYTES = 1024;

  private final Loop loop;
  private final ServerOptions options;
  private final ServerHandler handler;
  private final boolean passwords;
  private final long since;
  private State state = State.VERSION;
  private int version = Socks.VERSION_5;
  private @Nullable ChannelHandlerContext context;
  private @Nullable ByteBuf pending;
  private Socks.@Nullable Credentials credentials;
  private @Nullable RequestHead head;
  private boolean headSent;
  private @Nullable Consumer<@Nullable Failure> endListener;
  private @Nullable Failure endFailure;
  private int watchIndex = -1;

  /**
   * The handler for a client's channel, the last of its pipeline.
   *
   * @param passwords whether clients must give a name and a password
   */
  public SocksServer(Loop loop, ServerOptions options, ServerHandler handler, boolean passwords) {
    this.loop = loop;
    this.options = options;
    this.handler = handler;
    this.passwords = passwords;
    this.since = loop.nanos();
  }

  private ChannelHandlerContext context() {
    return java.util.Objects.requireNonNull(context);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
    loop.watch(this);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    loop.unwatch(this);
    release();
  }

  private void release() {
    ByteBuf bytes = pending;
    pending = null;
    if (bytes != null) {
      bytes.release();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!(message instanceof ByteBuf bytes) || state == State.OVER) {
      ReferenceCountUtil.release(message);
      return;
    }
    ByteBuf before = pending;
    pending = before == null ? bytes : Unpooled.wrappedBuffer(before, bytes);
    try {
      negotiate();
    } catch (Failure malformed) {
      handler.refused(malformed, "SOCKS");
      boolean told = malformed.kind() == Kind.PROXY_AUTHENTICATION;
      state = State.OVER;
      if (told) {
        context().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(CLOSE);
      } else {
        answer(malformed.kind().status());
      }
    }
    if (state == State.ANSWERED && head != null) {
      // What comes early belongs to the tunnel: it waits in the kernel.
      ctx.channel().config().setAutoRead(false);
    }
  }

  private void negotiate() throws Failure {
    ByteBuf bytes = java.util.Objects.requireNonNull(pending);
    while (bytes.isReadable() && state != State.ANSWERED) {
      byte[] b = loop.scratch();
      int n = Math.min(bytes.readableBytes(), MOST_BYTES);
      bytes.getBytes(bytes.readerIndex(), b, 0, n);
      int used = step(b, n);
      if (used == 0) {
        if (n == MOST_BYTES) {
          throw Failure.of(Kind.BAD_REQUEST, "SOCKS request too long");
        }
        return;
      }
      bytes.skipBytes(used);
    }
  }

  /** Uses the next message if it is whole; returns its length, or 0. */
  private int step(byte[] b, int n) throws Failure {
    return switch (state) {
      case VERSION -> {
        state = b[0] == Socks.VERSION_4 ? State.REQUEST_4 : State.METHODS;
        yield step(b, n);
      }
      case METHODS -> methods(Socks.methods(b, n));
      case CREDENTIALS -> credentials(Socks.credentials(b, n));
      case REQUEST_4 -> request(Socks.request4(b, n));
      case REQUEST_5 -> request(Socks.request5(b, n));
      case ANSWERED, OVER -> 0;
    };
  }

  private int methods(Socks.@Nullable Read<int[]> read) throws Failure {
    if (read == null) {
      return 0;
    }
    int wanted = passwords ? Socks.PASSWORD : Socks.NO_AUTHENTICATION;
    boolean offered = java.util.Arrays.stream(read.value()).anyMatch(each -> each == wanted);
    write(Socks.chosen(offered ? wanted : -1));
    if (!offered) {
      throw Failure.of(Kind.PROXY_AUTHENTICATION, "client offers no method that is accepted");
    }
    state = passwords ? State.CREDENTIALS : State.REQUEST_5;
    return read.length();
  }

  private int credentials(Socks.@Nullable Read<Socks.Credentials> read) {
    if (read == null) {
      return 0;
    }
    // Judged with the request, where a wrong password is answered as not allowed.
    credentials = read.value();
    write(Socks.authenticated(true));
    state = State.REQUEST_5;
    return read.length();
  }

  private int request(Socks.@Nullable Read<HostPort> read) {
    if (read == null) {
      return 0;
    }
    boolean five = state == State.REQUEST_5;
    version = five ? Socks.VERSION_5 : Socks.VERSION_4;
    state = State.ANSWERED;
    String authority = read.value().toString();
    Fields.Builder fields = Fields.builder(2);
    if (credentials != null) {
      String pair = credentials.name() + ":" + credentials.password();
      fields.add(
          FieldName.PROXY_AUTHORIZATION,
          "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
    }
    head =
        new RequestHead(
            Version.SOCKS,
            Method.CONNECT,
            Target.authority(authority),
            authority,
            fields.build(),
            null);
    // After what is used has been skipped: the rest belongs to the tunnel.
    loop.execute(() -> handler.request(this));
    return read.length();
  }

  private void write(byte[] bytes) {
    context().writeAndFlush(Unpooled.wrappedBuffer(bytes), context().voidPromise());
  }

  private void answer(int status) {
    byte[] bytes = version == Socks.VERSION_4 ? Socks.reply4(status) : Socks.reply5(status);
    context().writeAndFlush(Unpooled.wrappedBuffer(bytes)).addListener(CLOSE);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    over(Failure.of(Kind.CLIENT_GONE, "client closed the connection"));
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }

  private void over(@Nullable Failure why) {
    if (state != State.OVER) {
      state = State.OVER;
      endFailure = why;
      if (endListener != null) {
        endListener.accept(why);
      }
    }
  }

  // As the stream of one CONNECT

  @Override
  public RequestHead head() {
    return java.util.Objects.requireNonNull(head);
  }

  @Override
  public Body body() {
    return Body.NONE;
  }

  @Override
  public void interim(ResponseHead interim) {
    // SOCKS has no such thing.
  }

  @Override
  public void respond(ResponseHead answer, Body body) {
    body.discard(Failure.of(Kind.CLIENT_GONE, "SOCKS answers have no body"));
    if (state == State.ANSWERED) {
      headSent = true;
      answer(answer.status());
      over(null);
    }
  }

  @Override
  public @Nullable Duplex tunnel(ResponseHead answer) {
    if (state != State.ANSWERED || !context().channel().isActive()) {
      return null;
    }
    headSent = true;
    state = State.OVER;
    write(version == Socks.VERSION_4 ? Socks.reply4(200) : Socks.reply5(200));
    ByteBuf early = pending;
    pending = null;
    if (early != null && !early.isReadable()) {
      early.release();
      early = null;
    }
    RawDuplex duplex = new RawDuplex(context().channel(), early);
    duplex.replace(context());
    return duplex;
  }

  @Override
  public void reset(Failure why) {
    headSent = true;
    context().close();
  }

  @Override
  public boolean headSent() {
    return headSent;
  }

  @Override
  public void onEnd(Consumer<@Nullable Failure> listener) {
    endListener = listener;
    if (state == State.OVER) {
      listener.accept(endFailure);
    }
  }

  @Override
  public long bytesReceived() {
    return 0;
  }

  @Override
  public long bytesSent() {
    return 0;
  }

  // As a connection

  @Override
  public boolean idleSince(long nanos) {
    return state != State.ANSWERED && since - nanos <= 0;
  }

  @Override
  public void drain() {
    if (state != State.ANSWERED) {
      context().close();
    }
  }

  @Override
  public void retire() {
    // It is for one tunnel anyway.
  }

  @Override
  public void close() {
    context().close();
  }

  @Override
  public void tick(long nanos) {
    boolean late = nanos - since > options.timeouts().head().toNanos();
    if (late && state != State.ANSWERED && state != State.OVER) {
      context().close();
    }
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
