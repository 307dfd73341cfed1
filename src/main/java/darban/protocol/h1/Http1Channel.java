package darban.protocol.h1;

import darban.base.Failure;
import darban.flow.Loop;
import darban.flow.Watched;
import darban.protocol.WriteWatch;
import darban.wire.HeadParser;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * What both roles of HTTP/1 share: it keeps the bytes that came and were not used yet, finds where
 * a head ends, and writes out once for all that one read caused. Event loop of its channel; while
 * nothing is under way it holds no memory but itself.
 */
abstract class Http1Channel extends ChannelInboundHandlerAdapter implements Watched {
  private static final int FIRST_LOOK = 2048;
  private static final int MOST_EMPTY_LINES = 2;

  final Loop loop;
  private final HeadParser parser;
  private @Nullable ChannelHandlerContext context;
  private @Nullable ByteBuf pending;
  private int scanned;
  private int emptyLines;
  private boolean reading;
  private boolean flushWanted;
  private boolean advancing;
  private boolean advanceAgain;
  private boolean secure;
  boolean inputEnded;
  boolean closedByTls;
  long lastRead;
  private int watchIndex = -1;

  Http1Channel(Loop loop, HeadParser parser) {
    this.loop = loop;
    this.parser = parser;
  }

  /** Uses what {@link #pending} holds, as far as it can now. */
  abstract void step();

  /** The far side sends no more; what it sent before has been used as far as possible. */
  abstract void inputEnded();

  /** The channel is closed; {@code why} if an error was the cause. */
  abstract void disconnected(@Nullable Throwable why);

  /** The channel takes bytes again. */
  abstract void writable();

  /** One read is used up: who was given bytes may pass them on. */
  abstract void readComplete();

  /** Whether reading on would only fill memory. */
  abstract boolean wantsBytes();

  final ChannelHandlerContext context() {
    return java.util.Objects.requireNonNull(context);
  }

  final HeadParser parser() {
    return parser;
  }

  /** Whether TLS lies beneath. */
  final boolean secure() {
    return secure;
  }

  final boolean isOpen() {
    return context != null && context.channel().isActive();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
    secure = ctx.pipeline().get(SslHandler.class) != null;
    ctx.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    lastRead = loop.nanos();
    loop.watch(this);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    loop.unwatch(this);
    ByteBuf left = pending;
    pending = null;
    if (left != null) {
      left.release();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!(message instanceof ByteBuf bytes)) {
      ReferenceCountUtil.release(message);
      return;
    }
    reading = true;
    lastRead = loop.nanos();
    append(bytes);
    advance();
  }

  private void append(ByteBuf bytes) {
    ByteBuf before = pending;
    if (before == null) {
      pending = bytes;
    } else if (!before.isReadable()) {
      before.release();
      pending = bytes;
    } else if (before instanceof CompositeByteBuf composite && composite.refCnt() == 1) {
      composite.addFlattenedComponents(true, bytes);
    } else {
      CompositeByteBuf joined = bytes.alloc().compositeBuffer(64);
      pending = joined.addComponent(true, before).addFlattenedComponents(true, bytes);
    }
  }

  /** Lets {@link #step} use what is there; safe to call from within it. */
  final void advance() {
    if (advancing) {
      advanceAgain = true;
      return;
    }
    advancing = true;
    try {
      do {
        advanceAgain = false;
        step();
      } while (advanceAgain && !context().isRemoved());
    } finally {
      advancing = false;
    }
    releaseEmpty();
    if (!context().isRemoved()) {
      govern();
      if (!reading) {
        readComplete();
      }
    }
  }

  private void releaseEmpty() {
    ByteBuf bytes = pending;
    if (bytes != null && !bytes.isReadable()) {
      pending = null;
      scanned = 0;
      bytes.release();
    }
  }

  /** Reads on only while the bytes have somewhere to go. */
  private void govern() {
    if (inputEnded) {
      return;
    }
    boolean wanted = pending == null || wantsBytes();
    Channel channel = context().channel();
    channel.config().setAutoRead(wanted);
  }

  /** Bytes that came and were not used; null when there are none. */
  final @Nullable ByteBuf pending() {
    ByteBuf bytes = pending;
    return bytes != null && bytes.isReadable() ? bytes : null;
  }

  /** Hands the unused bytes to the caller, who owns them. */
  final @Nullable ByteBuf takePending() {
    releaseEmpty();
    ByteBuf bytes = pending;
    pending = null;
    scanned = 0;
    return bytes;
  }

  /**
   * Copies the next head into the loop's scratch memory and returns where it ends there, or -1 when
   * it is not complete. An empty line or two before it are skipped (RFC 9112 §2.2).
   */
  final int findHead() throws Failure {
    ByteBuf bytes = pending;
    if (bytes == null) {
      return -1;
    }
    if (scanned == 0) {
      skipEmptyLines(bytes);
      if (bytes.readableBytes() == 1 && bytes.getByte(bytes.readerIndex()) == '\r') {
        return -1;
      }
    }
    byte[] scratch = loop.scratch();
    int available = Math.min(bytes.readableBytes(), parser.limit());
    int copied = 0;
    int look = Math.max(FIRST_LOOK, scanned * 2);
    while (copied < available) {
      int upTo = Math.min(available, look);
      bytes.getBytes(bytes.readerIndex() + copied, scratch, copied, upTo - copied);
      int end = HeadParser.end(scratch, Math.max(0, Math.max(copied, scanned) - 3), upTo);
      if (end >= 0) {
        scanned = 0;
        emptyLines = 0;
        return end;
      }
      copied = upTo;
      look *= 4;
    }
    if (bytes.readableBytes() > available) {
      throw parser.tooLong(scratch, 0, available);
    }
    scanned = available;
    return -1;
  }

  private void skipEmptyLines(ByteBuf bytes) {
    while (emptyLines < MOST_EMPTY_LINES && bytes.readableBytes() >= 2) {
      int at = bytes.readerIndex();
      if (bytes.getByte(at) != '\r' || bytes.getByte(at + 1) != '\n') {
        return;
      }
      bytes.skipBytes(2);
      emptyLines++;
    }
  }

  /** Sends out what was written: now, or when the read under way is used up. */
  final void flush() {
    if (reading) {
      flushWanted = true;
    } else {
      context().flush();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    reading = false;
    readComplete();
    if (flushWanted) {
      flushWanted = false;
      ctx.flush();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (ctx.channel().isWritable()) {
      writable();
    } else if (flushWanted) {
      // Far too much was written within one read to wait for its end.
      flushWanted = false;
      ctx.flush();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent || event instanceof SslCloseCompletionEvent) {
      closedByTls |= event instanceof SslCloseCompletionEvent;
      if (reading && event instanceof ChannelInputShutdownEvent) {
        // By io_uring the end is told before what was read last is said to be all of it.
        channelReadComplete(ctx);
      }
      if (!inputEnded) {
        inputEnded = true;
        inputEnded();
      }
    } else {
      ctx.fireUserEventTriggered(event);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    disconnected(null);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    disconnected(cause);
    ctx.close();
  }

  @Override
  public final long held() {
    ByteBuf bytes = pending;
    return (bytes == null ? 0 : bytes.readableBytes()) + WriteWatch.waiting(context().channel());
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
