package darban.flow;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.uring.IoUring;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.impl.transports.EpollTransport;
import io.vertx.core.impl.transports.IoUringTransport;
import io.vertx.core.impl.transports.NioTransport;
import io.vertx.core.internal.VertxBootstrap;
import io.vertx.core.internal.VertxInternal;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a process learns from the kernel what its sockets can do. One for all its event loops, for as
 * long as it runs. Any thread.
 *
 * <p>What one needs is loaded when it is asked for: a start by another loads none of it. So Vert.x
 * is built of its parts here, since its own constants try all transports there are.
 */
public enum Transport {
  /** Readiness by epoll(7); sockets joined by splice(2), files sent by sendfile(2). */
  EPOLL("epoll"),
  /** Requests and completions by io_uring(7): fewer system calls, everything copied. */
  IO_URING("io_uring"),
  /** What the JDK offers everywhere: one loop accepts, everything copied but files. */
  PORTABLE("portable");

  private final String word;

  Transport(String word) {
    this.word = word;
  }

  /** Its name, as configurations have it. */
  public String word() {
    return word;
  }

  /** The one that is taken unless another is wanted. */
  public static Transport usual() {
    return EPOLL.refusal().isEmpty() ? EPOLL : PORTABLE;
  }

  /** The one that the loops of {@code vertx} have. */
  public static Transport of(Vertx vertx) {
    var itsOwn = ((VertxInternal) vertx).transport();
    if (itsOwn instanceof EpollTransport) {
      return EPOLL;
    }
    return itsOwn instanceof NioTransport ? PORTABLE : IO_URING;
  }

  /** Whether several sockets of the process can share a port, and the clients that come to it. */
  public boolean sharesPorts() {
    return this != PORTABLE;
  }

  /** Whether what the kernel takes of a flush is taken when the flush returns. */
  boolean writesAtOnce() {
    return this != IO_URING;
  }

  /**
   * Whether a file's bytes can go to a plain socket inside the kernel. Netty (4.2.18) can do that
   * by io_uring too, but counts a file's bytes in an {@code int}, and each client that takes its
   * time would hold a thread of the kernel.
   */
  public boolean sendsFiles() {
    return this != IO_URING;
  }

  /** Why this process cannot have it; empty if it can. */
  public Optional<String> refusal() {
    try {
      return Optional.ofNullable(cause()).map(Transport::reason);
    } catch (LinkageError notForThisPlatform) {
      return Optional.of(reason(notForThisPlatform));
    }
  }

  private @Nullable Throwable cause() {
    return switch (this) {
      case EPOLL -> Epoll.unavailabilityCause();
      case IO_URING -> Uring.cause();
      case PORTABLE -> null;
    };
  }

  private static String reason(Throwable why) {
    Throwable first = why;
    while (first.getCause() != null) {
      first = first.getCause();
    }
    String message = first.getMessage();
    return message == null ? first.getClass().getSimpleName() : message;
  }

  /** A Vert.x whose loops have it. */
  public Vertx vertx(VertxOptions options) {
    return VertxBootstrap.create().options(options).transport(implementation()).init().vertx();
  }

  private io.vertx.core.spi.transport.Transport implementation() {
    return switch (this) {
      case EPOLL -> new EpollTransport();
      case IO_URING -> new Uring();
      case PORTABLE -> NioTransport.INSTANCE;
    };
  }

  /** Vert.x's, with Netty (4.2.18) set up for it. */
  private static final class Uring extends IoUringTransport {
    static {
      // A standing accept is begun again at once when it fails, whether or not connections are
      // wanted: without descriptors left that is an endless loop.
      unlessSaid("io.netty.iouring.acceptMultiShotEnabled");
      // A standing poll tells of a reset once. Where reading was paused just then, it is not heard
      // of when reading goes on.
      unlessSaid("io.netty.iouring.pollAddMultishotEnabled");
    }

    private static void unlessSaid(String off) {
      if (System.getProperty(off) == null) {
        System.setProperty(off, "false");
      }
    }

    static @Nullable Throwable cause() {
      Throwable cause = IoUring.unavailabilityCause();
      // It came with the kernel that tells how much more a socket holds, which reading relies on.
      return cause == null && !IoUring.isRegisterBufferRingSupported()
          ? new UnsupportedOperationException("Linux 5.19 or newer is needed")
          : cause;
    }
  }
}
