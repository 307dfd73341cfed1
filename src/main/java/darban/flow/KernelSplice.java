package darban.flow;

import static java.util.Objects.requireNonNull;

import darban.base.Failure;
import darban.base.Kind;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;
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
    this.client = new End(client);
    this.origin = new End(origin);
    this.up = new Way(this.client, this.origin, true);
    this.down = new Way(this.origin, this.client, false);
  }

  /** Whether the bytes of two ends can pass inside the kernel. */
  static boolean joins(Loop loop, @Nullable Channel one, @Nullable Channel other) {
    return SocketWatch.isFor(loop.transport(), one)
        && SocketWatch.isFor(loop.transport(), other)
        && requireNonNull(one).eventLoop() == requireNonNull(other).eventLoop();
  }

  /** Takes the channels over; nothing may wait to be sent on either, and neither may be read. */
  void start() {
    client.begin();
    origin.begin();
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
    client.watch.end();
    origin.watch.end();
    listener.over(why);
    client.channel.close();
    origin.channel.close();
  }

  /** One of the sockets. */
  private final class End implements SocketWatch.Listener {
    private final Channel channel;
    private final SocketWatch watch;
    private boolean readable;
    private boolean writable;
    private boolean hungUp;

    End(Channel channel) {
      this.channel = channel;
      this.watch = SocketWatch.of(loop.transport(), channel, this);
    }

    void begin() {
      channel
          .closeFuture()
          .addListener(
              closed -> finish(Failure.of(Kind.CONNECTION_TERMINATED, "connection closed")));
      watch.begin();
    }

    FileDescriptor socket() {
      return watch.socket();
    }

    @Override
    public void ready(boolean nowReadable, boolean nowWritable, boolean nowHungUp) {
      readable |= nowReadable;
      writable |= nowWritable;
      hungUp |= nowHungUp;
      // Until its end has been read it can be.
      readable |= hungUp;
      if (!over) {
        pump();
      }
    }

    @Override
    public void lost(Failure why) {
      finish(why);
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
        int moved = requireNonNull(pipe).drain(to.socket().intValue());
        listener.moved(up, moved);
        return moved;
      }
      ByteBuffer bytes = first.internalNioBuffer(first.readerIndex(), first.readableBytes());
      int written = to.socket().write(bytes, bytes.position(), bytes.limit());
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
      if (through.fill(from.socket().intValue()) > 0) {
        return true;
      }
      // All that came before the end has been taken: an empty pipe is never full.
      from.readable = false;
      if (from.hungUp) {
        ended = true;
        Shutdown.output((DuplexChannel) to.channel);
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
