package darban.store.disk;

import darban.flow.OpenFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where small entries are written: one segment that newcomers are appended to, and one for those
 * that proved their worth. The writer's thread, apart from {@link #drop}.
 */
final class SegmentLog {
  /** Which of the two. */
  enum Kind {
    NEWCOMERS,
    MAIN;

    static Kind of(boolean main) {
      return main ? MAIN : NEWCOMERS;
    }
  }

  private final Parts parts;
  private final Map<Kind, Segment> active = new EnumMap<>(Kind.class);

  SegmentLog(Parts parts) {
    this.parts = parts;
  }

  /** A segment that is there since before the start. */
  void adopt(int number, boolean main, long size) throws IOException {
    FileChannel channel = parts.folder.opening().open(parts.folder.segment(number, main));
    long charged = Space.blocks(size);
    Segment segment = new Segment(number, main, held(channel), (int) size, charged);
    segment.close();
    parts.space.count(charged);
    parts.index.add(segment);
  }

  private OpenFile held(FileChannel channel) {
    return OpenFile.of(channel, all -> parts.crew.readers().execute(() -> close(all)));
  }

  private void close(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      parts.health.readFailed(e);
    }
  }

  /**
   * Appends a record.
   *
   * @param evict whether other entries may be given up for it
   * @return where it is, or null when there is no room
   */
  @Nullable Place append(Kind kind, ByteBuffer record, boolean evict) throws IOException {
    int length = record.remaining();
    Segment segment = active.get(kind);
    if (segment == null || segment.written() + length > parts.options.segmentBytes()) {
      segment = next(kind, evict);
    }
    if (segment == null) {
      return null;
    }
    int at = segment.written();
    try {
      while (record.hasRemaining()) {
        segment.file().channel().write(record, at + length - record.remaining());
      }
    } catch (IOException e) {
      // What it has is good; what follows the failure is not to be trusted.
      finish(kind);
      throw e;
    }
    segment.written(length);
    return new Place(segment.number(), at, length, 0);
  }

  private @Nullable Segment next(Kind kind, boolean evict) throws IOException {
    finish(kind);
    long bytes = parts.options.segmentBytes();
    boolean room = evict ? parts.room(bytes, 0) : parts.space.take(bytes, parts.spare());
    if (!room) {
      return null;
    }
    int number = parts.clock.incrementAndGet();
    FileChannel channel;
    try {
      channel =
          parts
              .folder
              .opening()
              .open(
                  parts.folder.segment(number, kind == Kind.MAIN),
                  StandardOpenOption.CREATE_NEW,
                  StandardOpenOption.READ,
                  StandardOpenOption.WRITE);
    } catch (IOException e) {
      parts.space.giveBack(bytes);
      throw e;
    }
    Segment made = new Segment(number, kind == Kind.MAIN, held(channel), 0, bytes);
    parts.index.add(made);
    active.put(kind, made);
    return made;
  }

  /** Writes no more to the segment of a kind. */
  private void finish(Kind kind) {
    Segment done = active.remove(kind);
    if (done != null) {
      parts.space.giveBack(parts.index.close(done));
    }
  }

  /** Deletes a segment; its bytes are given back when nobody reads it any more. */
  void drop(Segment segment) {
    parts.index.remove(segment);
    try {
      Folder.delete(parts.folder.segment(segment.number(), segment.main()));
    } catch (IOException e) {
      parts.writeFailed(e);
    }
    // Readers hold it for as long as one read takes.
    segment.file().release();
    parts.space.giveBack(segment.charged());
  }

  /** They are gone, with all that was in them. */
  void dropAll() {
    finish(Kind.NEWCOMERS);
    finish(Kind.MAIN);
    parts.index.segments().forEach(this::drop);
  }

  /** Lets go of all segments; on disk they stay. */
  void close() {
    finish(Kind.NEWCOMERS);
    finish(Kind.MAIN);
    parts.index.segments().forEach(each -> each.file().release());
  }
}
