package darban.live;

import darban.base.Failure;
import darban.base.Kind;
import darban.flow.Loop;
import darban.media.MalformedMedia;
import darban.media.cmaf.Chunk;
import darban.media.cmaf.ChunkParser;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a track that comes in one piece into segments, each of which begins with a chunk that can be
 * decoded by itself, near a grid that all tracks of the stream share. Event loop of the publisher.
 *
 * <pre>
 *   … mdat │ [styp] [prft] moof │ mdat …
 *    chunk │ pending            │ chunk: of the same segment, or of the next
 * </pre>
 */
final class Cutter implements Ingest {
  /** Without a key frame for so many segments' length nobody could begin to watch. */
  private static final int MOST_LATE = 10;

  private final Upload upload;
  private final LiveStream stream;
  private final Track track;
  private final Loop loop;
  private final UploadParser parser;
  private final boolean pictures;
  private final ByteBuf pending = Unpooled.buffer(1024);
  private LiveSegment.Head head;
  private @Nullable LiveSegment segment;
  private long pendingFrom;
  private long wholeChunks;
  private boolean inChunk;
  private boolean stoodInFor;

  /**
   * Nothing yet of the track that {@code upload} brings, which begins with {@code head}.
   *
   * @param parser which has read that head
   * @throws Failure when another brings that track
   */
  Cutter(Upload upload, LiveSegment.Head head, UploadParser parser) {
    this.upload = upload;
    this.stream = upload.stream();
    this.loop = upload.loop();
    this.track = stream.claim(upload.name(), upload, loop.nanos());
    this.parser = parser;
    this.head = head;
    track.head(head);
    this.pictures = head.movie().movie().tracks().stream().anyMatch(each -> each.isVideo());
  }

  @Override
  public void accept(ByteBuf bytes) {
    long at = parser.position();
    accept(bytes, at, parser.accept(bytes.nioBuffer()));
  }

  /**
   * Takes bytes that were read already; the buffer stays the caller's.
   *
   * @param at where they lie in the upload
   * @param events what was found in them
   */
  void accept(ByteBuf bytes, long at, List<UploadParser.Event> events) {
    long done = at;
    for (UploadParser.Event event : events) {
      switch (event) {
        case UploadParser.Event.NewHead(var movie, var all) -> {
          head = new LiveSegment.Head(stream.nextSerial(), movie, all);
          track.head(head);
        }
        case UploadParser.Event.Began(Chunk chunk, long headEnd) -> {
          wait(bytes, at, done, headEnd);
          begin(chunk);
          done = headEnd;
        }
        case UploadParser.Event.Ended(Chunk chunk, long end) -> {
          if (end < done) {
            throw new MalformedMedia("a chunk has no payload");
          }
          pass(bytes, at, done, end);
          end(chunk);
          done = end;
        }
      }
    }
    long to = at + bytes.readableBytes();
    if (inChunk) {
      pass(bytes, at, done, to);
    } else {
      wait(bytes, at, done, to);
    }
  }

  private void wait(ByteBuf bytes, long at, long from, long to) {
    if (pending.readableBytes() == 0) {
      pendingFrom = from;
    }
    if (pending.readableBytes() + to - from > ChunkParser.LARGEST_HEAD) {
      throw new MalformedMedia("too much lies between two chunks");
    }
    pending.writeBytes(bytes, bytes.readerIndex() + (int) (from - at), (int) (to - from));
  }

  private void pass(ByteBuf bytes, long at, long from, long to) {
    if (to > from && segment != null) {
      segment.clip.append(
          bytes.slice(bytes.readerIndex() + (int) (from - at), (int) (to - from)), loop.nanos());
    }
  }

  private void begin(Chunk chunk) {
    inChunk = true;
    if (isStoodInFor(head.times(chunk).independent())) {
      pending.clear();
      return;
    }
    if (segment == null || isNext(chunk, segment)) {
      close(true);
      Clip clip = stream.cut(track.id(), loop.nanos());
      segment = track.begin(chunk, clip, loop.ticker().now().toEpochMilli());
      wholeChunks = 0;
      stream.waiting().ring();
    }
    LiveSegment into = segment;
    track.chunkBegins(into, chunk);
    // What lies before, such as a new head, belongs to no chunk.
    pending.skipBytes((int) Math.max(0, chunk.start() - pendingFrom));
    into.clip.append(pending, loop.nanos());
    pending.clear();
  }

  /** Whether another shows its own: only with a key frame the publisher can go on. */
  private boolean isStoodInFor(boolean independent) {
    LiveSegment last = segment;
    if (last != null && track.isCutOff(last)) {
      close(false);
      stoodInFor = true;
    }
    if (stoodInFor && independent) {
      stoodInFor = false;
      track.resume();
      track.head(head);
    }
    return stoodInFor;
  }

  /**
   * Whether a chunk belongs to the next segment. Pictures are cut where they can be, so that their
   * segments are as regular as their key frames; sound can be cut anywhere, and keeps to the grid.
   */
  private boolean isNext(Chunk chunk, LiveSegment before) {
    long grid = stream.config().cutting().grid();
    LiveSegment.Times times = head.times(chunk);
    long start = times.start();
    if (before.head != track.head() || start < before.end - grid || start > before.end + grid) {
      return true;
    }
    if (start - before.start > MOST_LATE * grid) {
      throw Failure.of(Kind.CONTENT_TOO_LARGE, "no key frame for too long");
    }
    long half = (times.end() - start) / 2;
    long base = pictures ? before.start : before.timeline.base();
    boolean later =
        Math.floorDiv(start + half - base, grid) > Math.floorDiv(before.start + half - base, grid);
    return later && times.independent();
  }

  private void end(Chunk chunk) {
    inChunk = false;
    LiveSegment of = segment;
    if (of != null) {
      wholeChunks = of.clip.size();
      track.chunkEnds(of, chunk, wholeChunks);
    }
  }

  private void close(boolean whole) {
    LiveSegment last = segment;
    segment = null;
    if (last == null) {
      return;
    }
    if (whole) {
      last.clip.end(loop.nanos());
    } else {
      Failure why = Failure.of(Kind.RESPONSE_INCOMPLETE, "the upload broke");
      last.clip.fail(why, loop.nanos());
    }
    track.close(last, wholeChunks, whole);
  }

  @Override
  public void end() {
    if (!parser.between()) {
      throw Failure.of(Kind.BAD_REQUEST, "the track ends within a box");
    }
    end(true);
  }

  @Override
  public void fail(Failure why) {
    end(false);
  }

  private void end(boolean whole) {
    close(whole);
    pending.release();
    track.release(upload, whole);
    stream.waiting().ring();
  }
}
