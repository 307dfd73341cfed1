package darban.flow;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Lets a channel of io_uring close as those of other transports do. Event loop of its channel.
 *
 * <p>Netty (4.2.18) waits there for what was handed to the kernel before it closes. Whoever wants
 * to read meanwhile makes the ring hold the socket, and it stays open for ever; so nothing is read
 * any more. And of what was flushed only what is on its way is sent; so it closes when all of it
 * has gone, or when a peer that takes none has had its time, unless it is a reset that is wanted.
 */
public final class Closing extends ChannelOutboundHandlerAdapter {
  private static final long MOST_MILLIS = 100;

  private boolean begun;

  private Closing() {}

  /** {@code channel}, which is new and of loops that {@code transport} moves. */
  public static <C extends Channel> C in(Transport transport, C channel) {
    if (transport == Transport.IO_URING) {
      channel.pipeline().addFirst(new Closing());
    }
    return channel;
  }

  @Override
  public void read(ChannelHandlerContext context) {
    if (!begun) {
      context.read();
    }
  }

  @Override
  public void close(ChannelHandlerContext context, ChannelPromise promise) {
    boolean first = !begun;
    begun = true;
    if (first && waits(context.channel())) {
      Future<?> late =
          context
              .executor()
              .schedule(() -> context.close(promise), MOST_MILLIS, TimeUnit.MILLISECONDS);
      // What was queued before it has gone when this, which is nothing, has.
      context
          .writeAndFlush(Unpooled.EMPTY_BUFFER)
          .addListener(gone -> {
            if (late.cancel(false)) {
              context.close(promise);
            }
          });
    } else {
      context.close(promise);
    }
  }

  private static boolean waits(Channel channel) {
    ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
    return buffer != null
        && !buffer.isEmpty()
        && !Integer.valueOf(0).equals(channel.config().getOption(ChannelOption.SO_LINGER));
  }
}
