package darban.flow;

import darban.base.Failure;
import darban.base.Kind;
import darban.http.Fields;
import io.netty.buffer.ByteBuf;
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
 * Event loop of its two ends.
 */
public final class Splice implements Watched {
  private final Loop loop;
  private final Duplex client;
  private final Duplex origin;
  private final long idleNanos;
  private final Leg up;
  private final Leg down;
  private final Consumer<@Nullable Failure> done;
  private long lastActive;
  private int watchIndex = -1;
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
      from.resume();
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
      target().data(piece);
    }

    @Override
    public void flush() {
      target().flush();
    }

    @Override
    public void end(Fields trailers) {
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
      return java.util.Objects.requireNonNull(to);
    }
  }
}
