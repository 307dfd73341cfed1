package darban.protocol.h2;

import darban.base.Failure;
import darban.wire.FieldBlock;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A stream's state: its windows, what waits in it, and which side has ended it (RFC 9113 §5.1,
 * §5.2). Event loop of its connection, which knows it until it is closed.
 */
final class Http2Stream {
  /** What a stream means to the role of its connection. */
  interface Owner {
    /** A head or a trailer section came. */
    void headers(FieldBlock lines, boolean end) throws Failure;

    /** The body from DATA frames, or null while none is expected. */
    @Nullable Http2Incoming incoming();

    /** The windows and the channel have room again. */
    void writable();

    /** The stream is closed: nothing more comes, nothing more can be sent. */
    void closed(Failure why);
  }

  /** How it ends, once all that waits is sent. */
  record Last(@Nullable Http2Head trailers, Consumer<ChannelFuture> sent) {}

  private final int id;
  private @Nullable Owner owner;
  private boolean closed;
  private boolean peerEnded;
  private boolean weEnded;
  private int mayCome;
  private int taken;
  private int window;
  private @Nullable Deque<ByteBuf> queue;
  private @Nullable Last last;
  private boolean listed;

  /**
   * A stream.
   *
   * @param mayCome bytes that the peer may send until we allow more
   * @param window bytes that we may send
   */
  Http2Stream(int id, int mayCome, int window) {
    this.id = id;
    this.mayCome = mayCome;
    this.window = window;
  }

  int id() {
    return id;
  }

  @Nullable Owner owner() {
    return owner;
  }

  void owner(Owner owner) {
    this.owner = owner;
  }

  boolean isClosed() {
    return closed;
  }

  /** Drops what waits. */
  void close() {
    closed = true;
    if (queue != null) {
      queue.forEach(ByteBuf::release);
      queue = null;
    }
  }

  // What comes

  boolean hasPeerEnded() {
    return peerEnded;
  }

  void peerEnds() {
    peerEnded = true;
  }

  /** Counts what came; false if it is more than we allowed. */
  boolean came(int bytes) {
    mayCome -= bytes;
    return mayCome >= 0;
  }

  /** Counts what was taken; how much more to allow now that half of {@code whole} is, or 0. */
  int take(int bytes, int whole) {
    taken += bytes;
    if (taken < whole / 2 || peerEnded || closed) {
      return 0;
    }
    int more = taken;
    mayCome += more;
    taken = 0;
    return more;
  }

  // What goes

  boolean haveWeEnded() {
    return weEnded;
  }

  void weEnd() {
    weEnded = true;
  }

  /** Bytes that we may send; below zero where the peer has changed its mind. */
  int window() {
    return window;
  }

  /** We may send so many more, or less; false where that is too much (RFC 9113 §6.9.1). */
  boolean moreWindow(int more) {
    long sum = (long) window + more;
    window = (int) sum;
    return sum <= Integer.MAX_VALUE;
  }

  boolean isQueueEmpty() {
    return queue == null || queue.isEmpty();
  }

  /** Lets {@code bytes} wait, which are taken. */
  void queue(ByteBuf bytes) {
    if (queue == null) {
      queue = new ArrayDeque<>(2);
    }
    queue.add(bytes);
  }

  /** The next of what waits: all of one piece or {@code most} bytes of it; owned by the caller. */
  ByteBuf next(int most) {
    Deque<ByteBuf> all = java.util.Objects.requireNonNull(queue);
    ByteBuf first = all.element();
    return first.readableBytes() <= most ? all.remove() : first.readRetainedSlice(most);
  }

  /** How it ends; null while that is not known. */
  @Nullable Last last() {
    return last;
  }

  void last(Last last) {
    this.last = last;
  }

  /** Whether it is in the list of those that wait for room. */
  boolean isListed() {
    return listed;
  }

  void listed(boolean listed) {
    this.listed = listed;
  }
}
