package darban.flow;

import darban.base.Failure;
import darban.base.Kind;
import io.netty.channel.Channel;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandle;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.AbstractEpollStreamChannel;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.UnixChannel;
import io.netty.channel.uring.IoUringIoEvent;
import io.netty.channel.uring.IoUringIoHandle;
import io.netty.channel.uring.IoUringIoOps;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Watches the socket of a channel in the channel's place, which leaves its event loop for that:
 * whoever has it reads and writes the socket by itself. Of each change it tells once. Event loop of
 * the channel; ended before the channel is closed.
 */
abstract class SocketWatch implements IoHandle {
  /** Hears what can be done. */
  interface Listener {
    /** What can be done now, of which not all need be new. */
    void ready(boolean readable, boolean writable, boolean hungUp);

    /** It cannot be watched, or not any more. */
    void lost(Failure why);
  }

  private final Channel channel;
  private final FileDescriptor socket;
  private final Listener listener;
  private @Nullable IoRegistration registration;
  private boolean ended;

  private SocketWatch(Channel channel, Listener listener) {
    this.channel = channel;
    this.socket = ((UnixChannel) channel).fd();
    this.listener = listener;
  }

  /** Whether there is one for {@code channel}, of a loop that {@code transport} moves. */
  static boolean isFor(Transport transport, @Nullable Channel channel) {
    return switch (transport) {
      case EPOLL -> channel instanceof AbstractEpollStreamChannel;
      case IO_URING -> channel instanceof UnixChannel && Transport.usual() == Transport.EPOLL;
      case PORTABLE -> false;
    };
  }

  /** One for a channel of {@code transport}, not begun yet. */
  static SocketWatch of(Transport transport, Channel channel, Listener listener) {
    return transport == Transport.EPOLL
        ? new ByEpoll(channel, listener)
        : new ByUring(channel, listener);
  }

  /** The socket. */
  final FileDescriptor socket() {
    return socket;
  }

  /** Begins, as soon as the channel has left the loop. */
  final void begin() {
    channel.deregister().addListener(left -> takeOver());
  }

  private void takeOver() {
    if (!ended) { // else its number may be another one's by now
      ((IoEventLoop) channel.eventLoop())
          .register(this)
          .addListener(done -> watched((io.netty.util.concurrent.Future<?>) done));
    }
  }

  private void watched(io.netty.util.concurrent.Future<?> done) {
    if (!done.isSuccess()) {
      listener.lost(Failure.of(Kind.INTERNAL, "cannot watch a socket", done.cause()));
      unregistered();
      return;
    }
    IoRegistration now = (IoRegistration) done.getNow();
    registration = now;
    arm(now);
    if (ended) {
      leave(now);
    }
  }

  /** Ends; nothing more is told. */
  final void end() {
    ended = true;
    IoRegistration left = registration;
    registration = null;
    if (left != null && left.isValid()) {
      leave(left);
    }
  }

  final void tell(boolean readable, boolean writable, boolean hungUp) {
    if (!ended) {
      listener.ready(readable, writable, hungUp);
    }
  }

  final boolean ended() {
    return ended;
  }

  abstract void arm(IoRegistration registration);

  abstract void leave(IoRegistration registration);

  /** The event loop ends. */
  @Override
  public void close() {
    listener.lost(Failure.of(Kind.CONNECTION_TERMINATED, "connection closed"));
  }

  /** By the edges of epoll. */
  private static final class ByEpoll extends SocketWatch implements EpollIoHandle {
    private static final EpollIoOps ALL =
        EpollIoOps.EPOLLIN
            .with(EpollIoOps.EPOLLOUT)
            .with(EpollIoOps.EPOLLRDHUP)
            .with(EpollIoOps.EPOLLET);

    ByEpoll(Channel channel, Listener listener) {
      super(channel, listener);
    }

    @Override
    public FileDescriptor fd() {
      return socket();
    }

    @Override
    void arm(IoRegistration registration) {
      registration.submit(ALL);
    }

    @Override
    void leave(IoRegistration registration) {
      registration.cancel();
    }

    @Override
    public void handle(IoRegistration registration, IoEvent event) {
      EpollIoOps ops = ((EpollIoEvent) event).ops();
      boolean lost = ops.contains(EpollIoOps.EPOLLERR);
      boolean hungUp = ops.contains(EpollIoOps.EPOLLRDHUP);
      tell(
          lost || hungUp || ops.contains(EpollIoOps.EPOLLIN),
          lost || ops.contains(EpollIoOps.EPOLLOUT),
          hungUp);
    }
  }

  /**
   * By a standing poll of the ring, which tells of edges too. A channel of Netty (4.2.18) that has
   * left its ring says that it closes its socket and does not: that is done here, once the ring
   * holds it no more.
   */
  private static final class ByUring extends SocketWatch implements IoUringIoHandle {
    // From io_uring.h and poll.h of Linux.
    private static final byte POLL_ADD = 6;
    private static final byte ASYNC_CANCEL = 14;
    private static final int STANDING = 1;
    private static final int MORE_COME = 2;
    private static final int POLLIN = 0x1;
    private static final int POLLOUT = 0x4;
    private static final int POLLERR = 0x8;
    private static final int POLLRDHUP = 0x2000;

    private final int descriptor;
    private long poll;

    ByUring(Channel channel, Listener listener) {
      super(channel, listener);
      descriptor = socket().intValue();
    }

    @Override
    void arm(IoRegistration registration) {
      Descriptors.unblock(descriptor);
      int events = POLLIN | POLLOUT | POLLRDHUP;
      poll = registration.submit(operation(POLL_ADD, descriptor, 0, STANDING, events));
    }

    @Override
    void leave(IoRegistration registration) {
      registration.submit(operation(ASYNC_CANCEL, -1, poll, 0, 0));
      registration.cancel();
    }

    private static IoUringIoOps operation(byte code, int on, long target, int length, int events) {
      short none = 0;
      return new IoUringIoOps(
          code, (byte) 0, none, on, 0, target, length, events, 0L, none, none, 0, 0);
    }

    @Override
    public void handle(IoRegistration registration, IoEvent event) {
      IoUringIoEvent completion = (IoUringIoEvent) event;
      if (completion.opcode() != POLL_ADD) {
        return;
      }
      int is = completion.res();
      if (is < 0) {
        if (!ended()) {
          close();
        }
        return;
      }
      boolean lost = (is & POLLERR) != 0;
      boolean hungUp = (is & POLLRDHUP) != 0;
      tell(lost || hungUp || (is & POLLIN) != 0, lost || (is & POLLOUT) != 0, hungUp);
      if ((completion.flags() & MORE_COME) == 0 && !ended()) {
        arm(registration);
      }
    }

    @Override
    public void unregistered() {
      try {
        new FileDescriptor(descriptor).close();
      } catch (IOException impossibleForASocket) {
        throw new IllegalStateException(impossibleForASocket);
      }
    }
  }
}
