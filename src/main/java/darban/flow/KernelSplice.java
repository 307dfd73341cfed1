package darban.flow;

import static java.util.Objects.requireNonNull;

import darban.base.Failure;
import darban.base.Kind;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.AbstractEpollStreamChannel;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Joins two sockets inside the kernel: the bytes never reach this process. The channels stay open
 * but leave the event loop's sight; their descriptors are watched here in their place. Event loop
 * of both; closes both in the end.
 *
 * <pre>
 *   client ══fill═► pipe ══drain═► origin      each way takes a pipe while bytes are in it
 *   client ◄═drain══ pipe ◄══fill═ origin
 * </pre>
 */
final class KernelSplice {
  /** Hears how it goes. */
  interface Listener {
    /** So many bytes went from the client to the origin, or the other way. */
    void moved(boolean up, int bytes);

    /** It is over: in good order, or because of {@code why}. Called once. */
    void over(@Nullable Failure why);
  }

  /** Bytes that one way moves before others on the loop have their turn. */
  private static final long TURN = 1 << 20;

  private static final EpollIoOps ALL =
      EpollIoOps.EPOLLIN
          .with(EpollIoOps.EPOLLOUT)
          .with(EpollIoOps.EPOLLRDHUP)
          .with(EpollIoOps.EPOLLET);

  private final Loop loop;
  private final Listener listener;
  private final End client;
  private final End origin;
  private final Way up;
  private final Way down;
  private boolean again;
  private boolean over;

  /** Prepares to join two channels for which {@link #joins} holds. */
  KernelSplice(Loop loop, Channel client, Channel origin, Listener listener) {
    this.loop = loop;
    this.listener = listener;
    this.client = new End((AbstractEpollStreamChannel) client);
    this.origin = new End((AbstractEpollStreamChannel) origin);
    this.up = new Way(this.client, this.origin, true);
    this.down = new Way(this.origin, this.client, false);
  }

  /** Whether the bytes of two ends can pass inside the kernel. */
  static boolean joins(@Nullable Channel one, @Nullable Channel other) {
    return one instanceof AbstractEpollStreamChannel
        && other instanceof AbstractEpollStreamChannel
        && one.eventLoop() == other.eventLoop()
        && one.eventLoop() instanceof IoEventLoop;
  }

  /** Takes the channels over; nothing may wait to be sent on either, and neither may be read. */
  void start() {
    client.watch();
    origin.watch();
  }

  /**
   * Takes bytes that were read on one way after {@link #start} and before its channel had left the
   * event loop: they go first.
   */
  void early(boolean isUp, ByteBuf bytes) {
    if (over) {
      bytes.release();
    } else {
      (isUp ? up : down).early.add(bytes);
    }
  }

  /** Moves what can be moved now. */
  private void pump() {
    try {
      boolean more = up.move();
      more |= down.move();
      if (up.ended && down.ended) {
        finish(null);
      } else if (more && !again && !over) {
        again = true;
        loop.execute(() -> {
          again = false;
          if (!over) {
            pump();
          }
        });
      }
    } catch (IOException lost) {
      finish(Failure.of(Kind.CONNECTION_TERMINATED, "connection lost", lost));
    }
  }

  private void finish(@Nullable Failure why) {
    if (over) {
      return;
    }
    over = true;
    up.letGo();
    down.letGo();
    client.leave();
    origin.leave();
    listener.over(why);
    client.channel.close();
    origin.channel.close();
  }

  /** One of the sockets. */
  private final class End implements EpollIoHandle {
    private final AbstractEpollStreamChannel channel;
    private final FileDescriptor socket;
    private @Nullable IoRegistration registration;
    private boolean readable;
    private boolean writable;
    private boolean hungUp;

    End(AbstractEpollStreamChannel channel) {
      this.channel = channel;
      this.socket = channel.fd();
    }

    void watch() {
      channel.closeFuture().addListener(closed -> finish(terminated()));
      channel.deregister().addListener(left -> watchDescriptor());
    }

    private void watchDescriptor() {
      if (!over) { // else its number may be another one's by now
        ((IoEventLoop) loop.eventLoop())
            .register(this)
            .addListener(done -> watched((io.netty.util.concurrent.Future<?>) done));
      }
    }

    private void watched(io.netty.util.concurrent.Future<?> done) {
      if (!done.isSuccess()) {
        finish(Failure.of(Kind.INTERNAL, "cannot watch a socket", done.cause()));
        return;
      }
      IoRegistration now = (IoRegistration) done.getNow();
      registration = now;
      if (over) {
        leave();
      } else {
        now.submit(ALL);
      }
    }

    void leave() {
      IoRegistration left = registration;
      registration = null;
      if (left != null && left.isValid()) {
        left.cancel();
      }
    }

    private static Failure terminated() {
      return Failure.of(Kind.CONNECTION_TERMINATED, "connection closed");
    }

    @Override
    public FileDescriptor fd() {
      return socket;
    }

    @Override
    public void handle(IoRegistration registration, IoEvent event) {
      EpollIoOps ops = ((EpollIoEvent) event).ops();
      boolean lost = ops.contains(EpollIoOps.EPOLLERR);
      hungUp |= ops.contains(EpollIoOps.EPOLLRDHUP);
      readable |= lost || hungUp || ops.contains(EpollIoOps.EPOLLIN);
      writable |= lost || ops.contains(EpollIoOps.EPOLLOUT);
      if (!over) {
        pump();
      }
    }

    /** The event loop ends. */
    @Override
    public void close() {
      finish(terminated());
    }
  }

  /** One direction. */
  private final class Way {
    private final End from;
    private final End to;
    private final boolean up;
    private final Deque<ByteBuf> early = new ArrayDeque<>(1);
    private @Nullable Pipe pipe;
    private boolean ended;

    Way(End from, End to, boolean up) {
      this.from = from;
      this.to = to;
      this.up = up;
    }

    /** Moves until either side has to be waited for; whether only its turn is over. */
    boolean move() throws IOException {
      long left = TURN;
      while (left > 0) {
        if (!early.isEmpty() || (pipe != null && pipe.held() > 0)) {
          int moved = to.writable ? give() : 0;
          if (moved == 0) {
            to.writable = false;
            return false;
          }
          left -= moved;
        } else if (ended || !from.readable || !fill()) {
          giveBack();
          return false;
        }
      }
      return true;
    }

    /** Gives what is at hand to the far side; how much it took. */
    private int give() throws IOException {
      ByteBuf first = early.peek();
      if (first == null) {
        int moved = requireNonNull(pipe).drain(to.socket.intValue());
        listener.moved(up, moved);
        return moved;
      }
      ByteBuffer bytes = first.internalNioBuffer(first.readerIndex(), first.readableBytes());
      int written = to.socket.write(bytes, bytes.position(), bytes.limit());
      first.skipBytes(written);
      if (!first.isReadable()) {
        early.remove().release();
      }
      return written;
    }

    /** Whether something came. */
    private boolean fill() throws IOException {
      Pipe through = pipe == null ? loop.pipes().take() : pipe;
      pipe = through;
      if (through.fill(from.socket.intValue()) > 0) {
        return true;
      }
      // All that came before the end has been taken: an empty pipe is never full.
      from.readable = false;
      if (from.hungUp) {
        ended = true;
        to.channel.shutdownOutput();
      }
      return false;
    }

    void letGo() {
      early.forEach(ByteBuf::release);
      early.clear();
      giveBack();
    }

    private void giveBack() {
      Pipe through = pipe;
      pipe = null;
      if (through != null) {
        loop.pipes().giveBack(through);
      }
    }
  }
}
