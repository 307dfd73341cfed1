package darban.flow;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** What fcntl(2) does to descriptors, where Netty has no word for it. Any thread. */
final class Descriptors {
  // From fcntl.h of Linux.
  private static final int F_GETFL = 3;
  private static final int F_SETFL = 4;
  private static final int F_SETPIPE_SZ = 1031;
  private static final int O_NONBLOCK = 04000;

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

  private Descriptors() {}

  /** Lets a pipe hold more; what the kernel refuses stays at its usual size. */
  static void enlarge(int pipe, int room) {
    int _ = fcntl(pipe, F_SETPIPE_SZ, room);
  }

  /** Lets nobody wait in a call for {@code socket}. */
  static void unblock(int socket) {
    int _ = fcntl(socket, F_SETFL, fcntl(socket, F_GETFL, 0) | O_NONBLOCK);
  }

  private static int fcntl(int descriptor, int command, int argument) {
    try {
      return (int) FCNTL.invokeExact(descriptor, command, argument);
    } catch (Throwable bug) {
      throw new IllegalStateException(bug);
    }
  }
}
