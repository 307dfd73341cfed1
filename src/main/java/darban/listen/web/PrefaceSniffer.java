package darban.listen.web;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;

/**
 * Tells HTTP/2 by prior knowledge (RFC 9113 §3.3) from HTTP/1 by the first bytes of a connection in
 * clear, and puts the right handler in its own place. Event loop of its channel.
 */
final class PrefaceSniffer extends ByteToMessageDecoder {
  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final Supplier<ChannelHandler> http1;
  private final Supplier<ChannelHandler> http2;

  PrefaceSniffer(Supplier<ChannelHandler> http1, Supplier<ChannelHandler> http2) {
    this.http1 = http1;
    this.http2 = http2;
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
}
