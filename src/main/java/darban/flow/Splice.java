package darban.flow;

import static java.util.Objects.requireNonNull;

import darban.base.Failure;
import darban.base.Kind;
import darban.http.Fields;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Joins two connections until both directions have ended: every tunnel and every upgraded
 * connection is one. Each direction is closed when its source closes it, so a half-closed tunnel
 * still carries the other half. Silence in both directions longer than the idle time ends it.
 *
 * <pre>
 *   client.incoming ──Leg up────► origin.send
 *   client.send    ◄──Leg down─── origin.incoming
 * </pre>
 *
 * Where both ends are plain sockets, the kernel joins them once the tunnel turns out to be more
 * than a short exchange: see {@link KernelSplice}.
 *
 * <p>Event loop of its two ends.
 */
public final class Splice implements Watched {
  /** Bytes after which the kernel joins the ends; what is over before needs no pipe. */
  private static final long LONG = 64 * 1024;

  private final Loop loop;
  private final Duplex client;
  private final Duplex origin;
  private final long idleNanos;
  private final Leg up;
  private final Leg down;
  private final Consumer<@Nullable Failure> done;
  private long lastActive;
  private int watchIndex = -1;
  private @Nullable KernelSplice kernel;
  private long leavesAt = LONG;
  private boolean leaving;
  private boolean stays;
  private boolean over;

  /**
   * Prepares to join; {@link #start} does it.
   *
   * @param idle the longest silence in both directions
   * @param done called once at the end, with null when both directions ended in good order
   */
  public Splice(
      Loop loop, Duplex client, Duplex origin, Duration idle, Consumer<@Nullable Failure> done) {
    this.loop = loop;
    this.client = client;
    this.origin = origin;
    this.idleNanos = idle.toNanos();
    this.done = done;
    this.up = new Leg(client.incoming());
    this.down = new Leg(origin.incoming());
  }

  /** Lets the bytes flow. */
  public Splice start() {
    lastActive = loop.nanos();
    loop.watch(this);
    origin.send(up);
    client.send(down);
    return this;
  }

  /** Bytes that the client sent. */
  public long bytesUp() {
    return up.bytes;
  }

  /** Bytes that the origin sent. */
  public long bytesDown() {
    return down.bytes;
  }

  @Override
  public void tick(long nanos) {
    if (nanos - lastActive > idleNanos) {
      finish(Failure.of(Kind.CONNECTION_TIMEOUT, "tunnel idle for too long"));
    }
  }

  @Override
  public long held() {
    return client.held() + origin.held();
  }

  @Override
  public int watchIndex() {
    return watchIndex;
  }

  @Override
  public void watchIndex(int index) {
    watchIndex = index;
  }

  // Into the kernel

  /**
   * Stops reading when nothing waits to be sent. It does not wait for that: who takes nothing one
   * way may want the other to go on.
   */
  private void leave() {
    long moved = up.bytes + down.bytes;
    boolean waits = loop.transport().writesAtOnce() && held() > 0;
    if (stays || leaving || over || moved < leavesAt || waits) {
      return;
    }
    if (!KernelSplice.joins(loop, client.plainChannel(), origin.plainChannel())) {
      stays = true;
      return;
    }
    leaving = true;
    leavesAt = moved + LONG;
    up.from.pause();
    down.from.pause();
    // Not before the read under way is over, and what it has made us write is written.
    loop.execute(this::left);
  }

  private void left() {
    Channel one = client.plainChannel();
    Channel other = origin.plainChannel();
    stays = up.ended || down.ended || one == null || other == null;
    if (over) {
      return;
    }
    if (stays || held() > 0) {
      leaving = false;
      up.resume();
      down.resume();
    } else {
      kernel = new KernelSplice(loop, requireNonNull(one), requireNonNull(other), new InKernel());
      kernel.start();
    }
  }

  /** What the kernel's part tells. */
  private final class InKernel implements KernelSplice.Listener {
    @Override
    public void moved(boolean isUp, int bytes) {
      (isUp ? up : down).bytes += bytes;
      lastActive = loop.nanos();
    }

    @Override
    public void over(@Nullable Failure why) {
      finish(why);
    }
  }

  private void finish(@Nullable Failure why) {
    if (over) {
      return;
    }
    over = true;
    loop.unwatch(this);
    if (why != null) {
      client.reset(why);
      origin.reset(why);
    }
    done.accept(why);
  }

  /** One direction: a sink for its source, a stream for its target. */
  private final class Leg extends Body.Stream implements Sink {
    private final Body.Stream from;
    private @Nullable Sink to;
    private long bytes;
    private boolean ended;

    Leg(Body.Stream from) {
      this.from = from;
    }

    @Override
    public long length() {
      return -1;
    }

    @Override
    public void open(Sink sink) {
      to = sink;
      from.open(this);
    }

    @Override
    public void pause() {
      from.pause();
    }

    @Override
    public void resume() {
      if (!leaving) {
        from.resume();
      }
    }

    @Override
    public void cancel(Failure why) {
      from.cancel(why);
      finish(why);
    }

    @Override
    public void data(ByteBuf piece) {
      bytes += piece.readableBytes();
      lastActive = loop.nanos();
      if (kernel != null) {
        kernel.early(this == up, piece);
      } else {
        target().data(piece);
      }
    }

    @Override
    public void flush() {
      if (kernel == null) {
        target().flush();
        leave();
      }
    }

    @Override
    public void end(Fields trailers) {
      if (kernel != null) {
        // It sees that too.
        return;
      }
      ended = true;
      target().end(Fields.NONE);
      if (up.ended && down.ended) {
        finish(null);
      }
    }

    @Override
    public void fail(Failure why) {
      target().fail(why);
      finish(why);
    }

    private Sink target() {
      return requireNonNull(to);
    }
  }
}
