package darban.store;

import darban.base.Ticker;
import darban.caching.StoredResponse;
import darban.flow.Body;
import darban.flow.FileSlice;
import darban.flow.Loop;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * A stored response with its content, complete or still coming. It is held by the store; what it
 * gives out holds what it needs by itself. Immutable, any thread.
 *
 * @param key under what it is stored
 * @param response what was said
 * @param content the bytes
 */
public record Entry(Key key, StoredResponse response, Content content) {
  /** What is kept besides the strings of a head: objects, a place in the index. */
  private static final int OVERHEAD = 900;

  Entry with(StoredResponse other) {
    return new Entry(key, other, content);
  }

  /** The same, stale from now on; but what was too stale to be used then, still is. */
  Entry expired(Ticker ticker) {
    return with(response.expired(ticker.millis()));
  }

  /**
   * The bytes {@code [from, to)} in the cheapest form: out of memory, as a part of a file, or as
   * they come.
   *
   * @param to -1 for the end, where that is not known yet
   * @param fetcher brings what is missing, or was found damaged
   * @return null when the content was given up meanwhile
   */
  public @Nullable Body body(Loop loop, long from, long to, ContentReader.Fetcher fetcher) {
    ByteBuf memory = content.memory();
    if (memory != null) {
      long end = to < 0 ? memory.readableBytes() : to;
      if (from == 0 && end == memory.readableBytes()) {
        return new Body.Bytes(memory);
      }
      memory.readerIndex((int) from).writerIndex((int) end);
      return new Body.Bytes(memory);
    }
    FileSlice slice =
        to < 0
            ? null
            : content.slice(from, to, at -> ContentReader.of(content, loop, at, to, fetcher));
    return slice != null
        ? new Body.File(slice)
        : reader(loop, from, to < 0 ? Long.MAX_VALUE : to, fetcher);
  }

  /** The bytes {@code [from, to)} as they are read, wherever they are; else as {@link #body}. */
  public @Nullable ContentReader reader(
      Loop loop, long from, long to, ContentReader.Fetcher fetcher) {
    return ContentReader.of(content, loop, from, to, fetcher);
  }

  /** Bytes of memory that it takes. */
  int weight() {
    // A head's text is there twice: as it came, and as it is written.
    return OVERHEAD + 2 * response.fields().textLength() + content.memoryBytes();
  }
}
