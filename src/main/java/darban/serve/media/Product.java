package darban.serve.media;

import darban.exchange.Exchange;
import darban.exchange.Reply;
import darban.flow.Body;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.ByteBuffer;

/**
 * What a whole segment has become in memory off the heap: muxed, encrypted. Any thread. Made once
 * for all who ask for it meanwhile, and held once by each of them: {@link #reply} lets go of it,
 * whatever becomes of the answer, whose parts hold it by themselves.
 *
 * @param offer what it is
 * @param bytes all of its content
 */
record Product(Offer offer, ByteBuf bytes) {
  /** How an offer's content becomes what is sent. On worker threads. */
  interface Making {
    /** The product's bytes, owned by the caller; those of {@code content} are the caller's yet. */
    ByteBuf of(ByteBuffer content);
  }

  /**
   * Writes bytes.
   *
   * @param <E> why that fails
   */
  interface Writing<E extends Exception> {
    /** Puts all of them. */
    void to(ByteBuffer out) throws E;
  }

  /** What {@code writing} puts, {@code most} bytes at most, in memory that the caller owns. */
  static <E extends Exception> ByteBuf written(int most, Writing<E> writing) throws E {
    ByteBuf bytes = ByteBufAllocator.DEFAULT.directBuffer(most, most);
    boolean whole = false;
    try {
      ByteBuffer out = bytes.nioBuffer(0, most);
      writing.to(out);
      bytes.writerIndex(out.position());
      whole = true;
      return bytes;
    } finally {
      if (!whole) {
        bytes.release();
      }
    }
  }

  /** So many hold it more. */
  void shared(int holders) {
    if (holders > 0) {
      bytes.retain(holders);
    }
  }

  /** What the exchange's request gets of it; lets go of it. */
  Reply reply(Exchange exchange) {
    try {
      return offer
          .representation(bytes.readableBytes())
          .answer(
              exchange,
              exchange.request(),
              (from, to) -> new Body.Bytes(bytes.retainedSlice((int) from, (int) (to - from))));
    } finally {
      bytes.release();
    }
  }
}
