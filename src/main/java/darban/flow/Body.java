package darban.flow;

import darban.base.Failure;
import io.netty.buffer.ByteBuf;

/**
 * The body of a message. Made on an event loop and used on it only, once: either its content is
 * taken ({@link Stream#open}, {@link Bytes#buffer}, {@link File#slice}) or it is discarded.
 */
public sealed interface Body {
  /** No body. */
  Body NONE = new None();

  /** Bytes in it, or -1 where that is not known yet. */
  long length();

  /** Ends a body that nobody will take: releases it, or cancels its source. */
  void discard(Failure why);

  /** A body of no bytes. */
  record None() implements Body {
    @Override
    public long length() {
      return 0;
    }

    @Override
    public void discard(Failure why) {
      // Nothing is held.
    }
  }

  /**
   * A body at hand.
   *
   * @param buffer its bytes; the taker owns it
   */
  record Bytes(ByteBuf buffer) implements Body {
    @Override
    public long length() {
      return buffer.readableBytes();
    }

    @Override
    public void discard(Failure why) {
      buffer.release();
    }
  }

  /**
   * A body that lies in a file.
   *
   * @param slice the part of the file; the taker closes it
   */
  record File(FileSlice slice) implements Body {
    @Override
    public long length() {
      return slice.length();
    }

    @Override
    public void discard(Failure why) {
      slice.close();
    }
  }

  /**
   * A body that is still coming. Its reader opens it once and then governs it by {@link #pause},
   * {@link #resume} and {@link #cancel}, all of which may be called from within the sink's methods.
   */
  abstract non-sealed class Stream implements Body {
    /**
     * Starts to deliver into {@code sink}, perhaps within this call. At most once. The sink is
     * flushed soon even if no data is at hand, so that a head written before goes out.
     */
    public abstract void open(Sink sink);

    /**
     * Whether it goes over HTTP/1 until the connection ends (RFC 9112 §6.3), although that could
     * say in pieces where it does: for clients that know no pieces, though they speak HTTP/1.1.
     */
    public boolean unframed() {
      return false;
    }

    /** Asks for no more data for now. What is under way may still come. */
    public abstract void pause();

    /** Asks for data again. */
    public abstract void resume();

    /** Ends the stream from the reader's side: the source stops, the sink hears nothing more. */
    public abstract void cancel(Failure why);

    @Override
    public final void discard(Failure why) {
      cancel(why);
    }
  }
}
