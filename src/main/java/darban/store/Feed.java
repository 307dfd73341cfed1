package darban.store;

import darban.base.Failure;
import darban.base.Kind;
import darban.flow.Body;
import darban.flow.Loop;
import darban.flow.Sink;
import darban.http.Fields;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One origin body on its way into a {@link Content}, from an offset on. It is a sink on the event
 * loop of its source; its numbers are guarded by the content's lock.
 */
public final class Feed implements Sink {
  private static final int BATCH = 256 * 1024;

  private final Content content;
  private final long start;
  private final long end;
  private final boolean resumable;
  private final Deque<ByteBuf> held = new ArrayDeque<>();
  private long heldFrom;
  private long position;
  private long durable;
  private long sealed;
  private boolean writing;
  private boolean ended;
  private volatile boolean over;
  boolean waiting;
  private volatile @Nullable Loop loop;
  private volatile Body.@Nullable Stream from;
  private volatile @Nullable Consumer<@Nullable Failure> listener;

  Feed(Content content, long start, long end, boolean resumable) {
    this.content = content;
    this.start = start;
    this.end = end;
    this.resumable = resumable;
    this.heldFrom = start;
    this.position = start;
    this.durable = start;
    this.sealed = start;
  }

  /**
   * Begins to take {@code body}. On the body's loop.
   *
   * @param listener told once when it is over: with null when everything is where it belongs
   */
  public void start(Loop loop, Body body, Consumer<@Nullable Failure> listener) {
    synchronized (this) {
      this.loop = loop;
      this.listener = listener;
    }
    if (over) {
      // Whoever wanted it left before it came.
      Failure why = Failure.of(Kind.CLIENT_GONE, "nobody waits for it");
      body.discard(why);
      listener.accept(why);
      return;
    }
    switch (body) {
      case Body.None none -> end(Fields.NONE);
      case Body.Bytes bytes -> {
        data(bytes.buffer());
        end(Fields.NONE);
      }
      case Body.File file -> stream(file.slice().stream(loop));
      case Body.Stream stream -> stream(stream);
    }
  }

  private void stream(Body.Stream stream) {
    from = stream;
    stream.open(this);
  }

  /** There will be no body: whoever was to bring it could not. Any thread. */
  public void cannotStart(Failure why) {
    content.fail(this, why);
  }

  // As a sink, on the loop

  @Override
  public void data(ByteBuf bytes) {
    if (over || (end >= 0 && position + bytes.readableBytes() > end)) {
      bytes.release();
      if (!over) {
        giveUp(Failure.of(Kind.RESPONSE_MALFORMED, "the origin sent more than asked"));
      }
      return;
    }
    Body.Stream source = from;
    if (!content.append(this, bytes) && source != null) {
      source.pause();
    }
  }

  @Override
  public void flush() {
    // Readers were told with each piece.
  }

  @Override
  public void end(Fields trailers) {
    if (over) {
      return;
    }
    if (end >= 0 && position < end) {
      content.fail(this, Failure.of(Kind.RESPONSE_INCOMPLETE, "the origin sent too little"));
    } else {
      content.ended(this);
    }
  }

  @Override
  public void fail(Failure why) {
    content.fail(this, why);
  }

  /** Stops the source. Any thread. */
  void giveUp(Failure why) {
    Loop on = loop;
    Body.Stream source = from;
    if (on != null && source != null) {
      on.execute(() -> source.cancel(why));
    }
    content.fail(this, why);
  }

  /** There is room again. Any thread. */
  void goOn() {
    Loop on = loop;
    Body.Stream source = from;
    if (on != null && source != null) {
      on.execute(source::resume);
    }
  }

  void over(@Nullable Failure why) {
    Consumer<@Nullable Failure> tell;
    synchronized (this) {
      tell = over ? null : listener;
      over = true;
    }
    Loop on = loop;
    if (on != null && tell != null) {
      on.execute(() -> tell.accept(why));
    }
  }

  // Numbers, under the content's lock

  long start() {
    return start;
  }

  long position() {
    return position;
  }

  long durable() {
    return durable;
  }

  long sealed() {
    return sealed;
  }

  void sealed(long upTo) {
    sealed = upTo;
  }

  boolean resumable() {
    return resumable;
  }

  boolean ended() {
    return ended;
  }

  void markEnded() {
    ended = true;
  }

  long heldBytes() {
    return position - heldFrom;
  }

  /** Whether it has brought the byte at {@code at} or will soon; if it can be had otherwise. */
  boolean brings(long at) {
    boolean within = at >= start && (ended ? at < position : end < 0 || at < end);
    return within && (!resumable || at - position <= 2L * content.bounds().ahead());
  }

  /** Whether so much is missing that it is not worth while to go on for nobody. */
  boolean notWorthIt() {
    long left = end < 0 ? Long.MAX_VALUE : end - position;
    return left > content.bounds().ahead();
  }

  void hold(ByteBuf bytes) {
    held.addLast(bytes);
    position += bytes.readableBytes();
  }

  /** A buffer with what is held at {@code at}, up to {@code to} at most; null if it is not here. */
  @Nullable ByteBuf held(long at, long to) {
    if (at < heldFrom || at >= position) {
      return null;
    }
    long from = heldFrom;
    for (ByteBuf each : held) {
      long next = from + each.readableBytes();
      if (at < next) {
        int skip = (int) (at - from);
        int n = (int) Math.min(to - at, each.readableBytes() - skip);
        return each.retainedSlice(each.readerIndex() + skip, n);
      }
      from = next;
    }
    return null;
  }

  /** Where what was written from {@code at} on, without a gap, ends; {@code at} if nothing was. */
  long durableFrom(long at) {
    return at >= start && at < durable ? durable : at;
  }

  /** What to write next: nothing while a write is under way or too little has gathered. */
  List<ByteBuf> nextBatch(boolean all) {
    long unwritten = position - durable;
    int enough = Math.min(BATCH, content.bounds().unwritten() / 2);
    if (writing || unwritten == 0 || (!all && unwritten < enough)) {
      return List.of();
    }
    writing = true;
    List<ByteBuf> batch = new ArrayList<>();
    long taken = 0;
    for (ByteBuf each : held) {
      batch.add(each.retainedDuplicate());
      taken += each.readableBytes();
      if (taken >= 4L * BATCH) {
        break;
      }
    }
    return batch;
  }

  void nowDurable(long n) {
    writing = false;
    durable += n;
    dropBefore(durable);
  }

  /** Lets go of pieces that lie before {@code at}. */
  void dropBefore(long at) {
    for (Iterator<ByteBuf> each = held.iterator(); each.hasNext(); ) {
      ByteBuf first = each.next();
      if (heldFrom + first.readableBytes() > at) {
        return;
      }
      heldFrom += first.readableBytes();
      each.remove();
      first.release();
    }
  }

  /** All that was brought as one buffer of its own, which the caller owns. */
  ByteBuf joined() {
    int n = (int) heldBytes();
    ByteBuf all = n == 0 ? Unpooled.EMPTY_BUFFER : Unpooled.directBuffer(n, n);
    for (ByteBuf each : held) {
      all.writeBytes(each.duplicate());
    }
    return all;
  }

  void releaseHeld() {
    for (ByteBuf each = held.pollFirst(); each != null; each = held.pollFirst()) {
      each.release();
    }
    heldFrom = position;
  }
}
