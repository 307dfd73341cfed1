package darban.listen.web;

import darban.flow.Loop;
import darban.flow.Watched;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells HTTP/2 by prior knowledge (RFC 9113 §3.3) from HTTP/1 by the first bytes of a connection in
 * clear, and puts the right handler in its own place. Event loop of its channel.
 */
final class PrefaceSniffer extends ByteToMessageDecoder implements Watched {
  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final Loop loop;
  private final long deadline;
  private final Supplier<ChannelHandler> http1;
  private final Supplier<ChannelHandler> http2;
  private @Nullable ChannelHandlerContext context;
  private int watchIndex = -1;

  /**
   * A sniffer.
   *
   * @param within a silent connection is closed after that
   */
  PrefaceSniffer(
      Loop loop, Duration within, Supplier<ChannelHandler> http1, Supplier<ChannelHandler> http2) {
    this.loop = loop;
    this.deadline = loop.nanos() + within.toNanos();
    this.http1 = http1;
    this.http2 = http2;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
    loop.watch(this);
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext ctx) {
    loop.unwatch(this);
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    int n = Math.min(in.readableBytes(), PREFACE.length);
    for (int i = 0; i < n; i++) {
      if (in.getByte(in.readerIndex() + i) != PREFACE[i]) {
        ctx.pipeline().replace(this, null, http1.get());
        return;
      }
    }
    if (n == PREFACE.length) {
      ctx.pipeline().replace(this, null, http2.get());
    }
  }

  @Override
  public void tick(long nanos) {
    if (nanos > deadline && context != null) {
      context.close();
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
