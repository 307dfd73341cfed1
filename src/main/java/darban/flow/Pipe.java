package darban.flow;

import io.netty.channel.epoll.Native;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * A pipe of the kernel, through which bytes pass from one socket to another without being copied:
 * splice(2) moves the pages. Event loop; closed by whoever holds it.
 */
final class Pipe implements AutoCloseable {
  /** Bytes it is to hold; the kernel may allow less. */
  static final int ROOM = 256 * 1024;

  /** From fcntl.h of Linux. */
  private static final int F_SETPIPE_SZ = 1031;

  @SuppressWarnings("restricted") // fcntl of these three numbers touches no memory
  private static final MethodHandle FCNTL =
      Linker.nativeLinker()
          .downcallHandle(
              Linker.nativeLinker().defaultLookup().findOrThrow("fcntl"),
              FunctionDescriptor.of(
                  ValueLayout.JAVA_INT,
                  ValueLayout.JAVA_INT,
                  ValueLayout.JAVA_INT,
                  ValueLayout.JAVA_INT),
              Linker.Option.firstVariadicArg(2));

  private final FileDescriptor out;
  private final FileDescriptor in;
  private int held;

  /** An empty pipe; fails when the process may open no more files. */
  Pipe() throws IOException {
    FileDescriptor[] ends = FileDescriptor.pipe();
    out = ends[0];
    in = ends[1];
    enlarge(in.intValue());
  }

  /** What the kernel refuses stays at its usual size, which only costs more calls. */
  private static void enlarge(int descriptor) {
    try {
      int _ = (int) FCNTL.invokeExact(descriptor, F_SETPIPE_SZ, ROOM);
    } catch (Throwable bug) {
      throw new IllegalStateException(bug);
    }
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
