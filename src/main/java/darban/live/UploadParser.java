package darban.live;

import darban.media.cmaf.Chunk;
import darban.media.cmaf.ChunkParser;
import darban.media.mp4.MovieHead;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Notes what is found in the bytes of an upload, to be acted on when these are where they belong.
 * Event loop of the publisher.
 */
final class UploadParser implements ChunkParser.Listener {
  private final ChunkParser parser;
  private final List<Event> events = new ArrayList<>();

  /** What was found in the bytes that came last. */
  sealed interface Event {
    /** A chunk, all of whose head has come by {@code at}. */
    record Began(Chunk chunk, long at) implements Event {}

    /** A chunk, whose last byte lies before {@code end}. */
    record Ended(Chunk chunk, long end) implements Event {}

    /** What goes before chunks. */
    record NewHead(MovieHead movie, ByteBuffer bytes) implements Event {}
  }

  /** Of an upload that begins with its head, or whose {@code head} came in another one. */
  UploadParser(@Nullable MovieHead head) {
    parser = new ChunkParser(this, head);
  }

  /** Takes all of {@code bytes}; what was found in them, until the next call. */
  List<Event> accept(ByteBuffer bytes) {
    events.clear();
    parser.accept(bytes);
    return events;
  }

  /** Bytes accepted so far. */
  long position() {
    return parser.position();
  }

  /** Whether the upload may end here. */
  boolean between() {
    return parser.between();
  }

  @Override
  public void init(MovieHead movie, ByteBuffer bytes) {
    events.add(new Event.NewHead(movie, bytes));
  }

  @Override
  public void began(Chunk chunk) {
    events.add(new Event.Began(chunk, parser.position()));
  }

  @Override
  public void ended(Chunk chunk, long end) {
    events.add(new Event.Ended(chunk, end));
  }
}
