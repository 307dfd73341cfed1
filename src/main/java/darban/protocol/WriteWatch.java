package darban.protocol;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;

/**
 * Notices a peer that takes nothing of what waits for it. Looked at on every tick of the channel's
 * loop: while anything waits, either some of it must have gone since the last look or the clock
 * runs.
 */
public final class WriteWatch {
  private long mark;
  private long since;

  /** Bytes that wait to be sent on {@code channel}. */
  public static long waiting(Channel channel) {
    ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
    return buffer == null ? 0 : buffer.totalPendingWriteBytes();
  }

  /** Whether bytes have waited for {@code mostNanos} without any of them leaving. */
  public boolean stalled(Channel channel, long now, long mostNanos) {
    ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
    if (buffer == null || buffer.isEmpty()) {
      since = 0;
      return false;
    }
    // Counts up within an entry, and changes when an entry leaves.
    long progress = buffer.currentProgress() * 31 + buffer.totalPendingWriteBytes();
    if (buffer.current() instanceof io.netty.channel.FileRegion region) {
      progress += region.transferred();
    }
    if (since == 0 || progress != mark) {
      mark = progress;
      since = now;
      return false;
    }
    return now - since > mostNanos;
  }
}
