package darban.store;

import darban.caching.StoredResponse;
import darban.flow.Body;
import darban.flow.FileSlice;
import darban.flow.Loop;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * A stored response with its content, complete or still coming. It is held by the store; what it
 * gives out holds what it needs by itself. Immutable but for the place on disk, any thread.
 */
public final class Entry {
  /** What is kept besides the strings of a head: objects, a place in the index. */
  private static final int OVERHEAD = 600;

  private final Key key;
  private final StoredResponse response;
  private final Content content;
  private volatile Disk.@Nullable Found found;

  Entry(Key key, StoredResponse response, Content content, Disk.@Nullable Found found) {
    this.key = key;
    this.response = response;
    this.content = content;
    this.found = found;
  }

  /** Under what it is stored. */
  public Key key() {
    return key;
  }

  /** What was said. */
  public StoredResponse response() {
    return response;
  }

  /** The bytes. */
  public Content content() {
    return content;
  }

  /** Where it is on disk; null while it is not. */
  Disk.@Nullable Found found() {
    return found;
  }

  void found(Disk.@Nullable Found where) {
    found = where;
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
    FileSlice slice = to < 0 ? null : content.slice(from, to);
    return slice != null
        ? new Body.File(slice)
        : ContentReader.of(content, loop, from, to < 0 ? Long.MAX_VALUE : to, fetcher);
  }

  /** Bytes of memory that it takes. */
  int weight() {
    return OVERHEAD + response.fields().textLength() + content.memoryBytes();
  }
}
