package darban.protocol.h1;

import darban.base.Failure;
import darban.flow.Body;
import darban.flow.Sink;
import darban.http.Fields;
import darban.wire.ChunkDecoder;
import darban.wire.Framing;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * A body being decoded from a channel. The channel feeds it; it hands on slices of what it is fed,
 * without copying, and stops when its reader pauses. Event loop of the channel.
 */
final class Http1Incoming extends Body.Stream {
  /** The channel that feeds it. */
  interface Feeder {
    /** Its reader wants bytes: feed it what is there. */
    void bytesWanted();

    /** Its reader will never want bytes again, though the body has not ended. */
    void bodyAbandoned(Failure why);
  }

  private static final int DRAINED = 64 * 1024;

  private final Framing framing;
  private final @Nullable ChunkDecoder chunks;
  private final Feeder feeder;
  private final long limit;
  private final Failure tooLong;
  private long left;
  private long received;
  private @Nullable Sink sink;
  private boolean paused;
  private boolean ended;
  private boolean over;
  private boolean flushWanted;
  private boolean draining;
  private @Nullable Failure broken;

  /**
   * A body to be decoded.
   *
   * @param limit most bytes it may have, 0 for no bound
   * @param tooLong the failure of a longer one
   */
  Http1Incoming(
      Framing framing, @Nullable ChunkDecoder chunks, Feeder feeder, long limit, Failure tooLong) {
    this.framing = framing;
    this.chunks = chunks;
    this.feeder = feeder;
    this.limit = limit;
    this.tooLong = tooLong;
    this.left = framing.length();
  }

  @Override
  public long length() {
    return framing.kind() == Framing.Kind.LENGTH ? framing.length() : -1;
  }

  /** Bytes of body so far. */
  long received() {
    return received;
  }

  /** Whether the last byte of the message has been read. */
  boolean ended() {
    return ended;
  }

  /** Whether its reader is waiting for bytes. */
  boolean hungry() {
    return draining || (!over && !paused && sink != null);
  }

  /**
   * Reads the rest and drops it, if it is known to be short, so that the connection can go on after
   * a request whose body nobody wants.
   */
  boolean drain() {
    draining = framing.kind() == Framing.Kind.LENGTH && left <= DRAINED;
    return draining;
  }

  /** Whether the rest is being dropped. */
  boolean draining() {
    return draining;
  }

  @Override
  public void open(Sink sink) {
    this.sink = sink;
    flushWanted = true;
    if (broken != null) {
      over = true;
      sink.fail(broken);
    } else {
      feeder.bytesWanted();
    }
  }

  @Override
  public void pause() {
    paused = true;
  }

  @Override
  public void resume() {
    if (paused) {
      paused = false;
      if (!over) {
        feeder.bytesWanted();
      }
    }
  }

  @Override
  public void cancel(Failure why) {
    if (!over) {
      over = true;
      if (!ended) {
        feeder.bodyAbandoned(why);
      }
    }
  }

  /** Uses what it may of {@code in}. */
  void feed(ByteBuf in) {
    try {
      switch (framing.kind()) {
        case LENGTH -> feedLength(in);
        case CHUNKED -> feedChunks(in, java.util.Objects.requireNonNull(chunks));
        case UNTIL_CLOSE -> feedAll(in);
        case NONE -> finish(Fields.NONE);
      }
    } catch (Failure malformed) {
      fail(malformed);
    }
  }

  private void feedLength(ByteBuf in) {
    if (in.isReadable() && hungry()) {
      int n = (int) Math.min(left, in.readableBytes());
      left -= n;
      deliver(in, n);
      if (left == 0) {
        finish(Fields.NONE);
      }
    }
  }

  private void feedChunks(ByteBuf in, ChunkDecoder chunks) throws Failure {
    while (in.isReadable() && hungry()) {
      if (chunks.dataLeft() > 0) {
        int n = (int) Math.min(chunks.dataLeft(), in.readableBytes());
        chunks.taken(n);
        deliver(in, n);
      } else {
        chunks.accept(in.readByte());
        if (chunks.ended()) {
          finish(chunks.trailers());
          return;
        }
      }
    }
  }

  private void feedAll(ByteBuf in) {
    if (in.isReadable() && hungry()) {
      deliver(in, in.readableBytes());
    }
  }

  private void deliver(ByteBuf in, int n) throws Failure {
    received += n;
    if (limit > 0 && received > limit) {
      throw tooLong;
    }
    if (draining) {
      in.skipBytes(n);
      return;
    }
    flushWanted = true;
    java.util.Objects.requireNonNull(sink).data(in.readRetainedSlice(n));
  }

  private void finish(Fields trailers) {
    ended = true;
    if (!over) {
      over = true;
      java.util.Objects.requireNonNull(sink).end(trailers);
    }
  }

  /** One read is used up: lets the reader send on what it got. */
  void readComplete() {
    if (flushWanted) {
      flushWanted = false;
      if (!over && sink != null) {
        sink.flush();
      }
    }
  }

  /** The connection ended where only that can end the body. */
  void endOfConnection() {
    finish(Fields.NONE);
  }

  /** The body broke. */
  void fail(Failure why) {
    broken = why;
    if (!over && sink != null) {
      over = true;
      sink.fail(why);
    }
  }

  /** Why it broke, or null. */
  @Nullable Failure broken() {
    return broken;
  }

  Framing framing() {
    return framing;
  }
}
