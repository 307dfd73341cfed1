package darban.flow;

import io.netty.channel.epoll.Native;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;

/**
 * A pipe of the kernel, through which bytes pass from one socket to another without being copied:
 * splice(2) moves the pages. Event loop; closed by whoever holds it.
 */
final class Pipe implements AutoCloseable {
  /** Bytes it is to hold; the kernel may allow less. */
  static final int ROOM = 256 * 1024;

  private final FileDescriptor out;
  private final FileDescriptor in;
  private int held;

  /** An empty pipe; fails when the process may open no more files. */
  Pipe() throws IOException {
    FileDescriptor[] ends = FileDescriptor.pipe();
    out = ends[0];
    in = ends[1];
    // What the kernel refuses only costs more calls.
    Descriptors.enlarge(in.intValue(), ROOM);
  }

  /** Bytes that are in it. */
  int held() {
    return held;
  }

  /** Takes what {@code socket} has; 0 when that is nothing now, or never again. */
  int fill(int socket) throws IOException {
    int moved = Native.splice(socket, -1, in.intValue(), -1, ROOM - held);
    held += moved;
    return moved;
  }

  /** Gives what it holds to {@code socket}; 0 when that takes nothing now. */
  int drain(int socket) throws IOException {
    int moved = Native.splice(out.intValue(), -1, socket, -1, held);
    held -= moved;
    return moved;
  }

  @Override
  public void close() {
    close(in);
    close(out);
  }

  private static void close(FileDescriptor end) {
    try {
      end.close();
    } catch (IOException impossibleForAPipe) {
      throw new IllegalStateException(impossibleForAPipe);
    }
  }
}
