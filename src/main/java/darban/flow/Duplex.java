package darban.flow;

import darban.base.Failure;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/**
 * A connection whose bytes belong to others: a tunnel's or an upgraded connection's end, over a
 * socket or over a stream of HTTP/2 or 3. Lives on one event loop; closed when both directions have
 * ended, or by {@link #reset}.
 */
public interface Duplex {
  /** What the far side sends; ends when it closes its direction. Opened once. */
  Body.Stream incoming();

  /**
   * Sends what {@code bytes} yields. Its end closes our direction only; its failure resets the
   * connection.
   */
  void send(Body.Stream bytes);

  /** Ends both directions at once and visibly. */
  void reset(Failure why);

  /** Bytes that wait for the far side to take them. */
  default long held() {
    return 0;
  }

  /**
   * The channel beneath, if its bytes pass as they are (no TLS, no framing) and none waits in
   * memory; else null.
   */
  @Nullable Channel plainChannel();
}
