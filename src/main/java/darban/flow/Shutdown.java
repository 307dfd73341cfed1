package darban.flow;

import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import java.nio.channels.NotYetConnectedException;

/** Ends one direction of a connection while the other goes on. Event loop of the channel. */
public final class Shutdown {
  private Shutdown() {}

  /**
   * Ends the direction from us. All that was written has gone, and nothing is written any more.
   *
   * <p>Netty would make an exception with a stack trace for each, to fail what was not sent yet.
   */
  public static void output(DuplexChannel channel) {
    if (channel instanceof UnixChannel unix && unix.fd() instanceof Socket socket) {
      try {
        socket.shutdown(false, true);
      } catch (IOException | NotYetConnectedException lost) {
        // Who reads it is told of that.
      }
    } else {
      channel.shutdownOutput();
    }
  }
}
