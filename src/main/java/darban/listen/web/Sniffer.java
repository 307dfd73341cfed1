package darban.listen.web;

import darban.flow.Loop;
import darban.flow.Watched;
import darban.wire.Socks;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Tells by the first bytes of a connection in clear what it speaks, and puts the right handler in
 * its own place: SOCKS by its version, HTTP/2 by prior knowledge (RFC 9113 §3.3), else HTTP/1.
 * Event loop of its channel.
 */
final class Sniffer extends ByteToMessageDecoder implements Watched {
  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final Loop loop;
  private final long deadline;
  private final Function<String, ChannelHandler> handlers;
  private final Set<String> spoken;
  private @Nullable ChannelHandlerContext context;
  private int watchIndex = -1;

  /**
   * A sniffer.
   *
   * @param within a silent connection is closed after that
   * @param spoken which of {@code http/1.1}, {@code h2} and {@code socks} it may turn out to speak
   * @param handlers the handler for one of these
   */
  Sniffer(
      Loop loop, Duration within, Set<String> spoken, Function<String, ChannelHandler> handlers) {
    this.loop = loop;
    this.deadline = loop.nanos() + within.toNanos();
    this.spoken = spoken;
    this.handlers = handlers;
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
    String protocol = protocol(in);
    if (protocol != null) {
      // Not replaced: what was read must also pass whoever the handler puts before itself.
      ctx.pipeline().addAfter(ctx.name(), null, handlers.apply(protocol));
      ctx.pipeline().remove(this);
    }
  }

  private @Nullable String protocol(ByteBuf in) {
    int first = in.getByte(in.readerIndex());
    if (spoken.contains("socks") && (first == Socks.VERSION_4 || first == Socks.VERSION_5)) {
      return "socks";
    }
    if (!spoken.contains("h2")) {
      return "http/1.1";
    }
    int n = Math.min(in.readableBytes(), PREFACE.length);
    for (int i = 0; i < n; i++) {
      if (in.getByte(in.readerIndex() + i) != PREFACE[i]) {
        return "http/1.1";
      }
    }
    return n == PREFACE.length ? "h2" : null;
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
