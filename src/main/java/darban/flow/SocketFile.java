package darban.flow;

import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** The files of unix sockets. */
public final class SocketFile {
  private SocketFile() {}

  /** The address of {@code socket} as channels of {@code loop}'s transport take it. */
  public static SocketAddress address(Loop loop, Path socket) {
    return loop.transport() == Transport.PORTABLE
        ? UnixDomainSocketAddress.of(socket)
        : new DomainSocketAddress(socket.toString());
  }

  /**
   * Makes ready to listen on {@code socket}: its folder, and room where a process that is gone has
   * left its socket. Blocks.
   *
   * @throws IOException when somebody listens on it, or it is no socket
   */
  public static void clear(Path socket) throws IOException {
    Path folder = socket.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    if (!Files.exists(socket, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (!Files.readAttributes(socket, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
        .isOther()) {
      throw new IOException("there is a file of that name, which is no socket");
    }
    try (SocketChannel probe = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      throw new IOException("Address already in use, by " + probe.getRemoteAddress());
    } catch (ConnectException nobodyListens) {
      Files.delete(socket);
    }
  }
}
