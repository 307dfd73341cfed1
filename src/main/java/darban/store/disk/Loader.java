package darban.store.disk;

import darban.store.Disk;
import darban.store.KeyHash;
import darban.store.SliceFile;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/**
 * Reads entries and makes sure of them; what is damaged is removed. The readers' threads, and the
 * scrubber's.
 */
final class Loader {
  private static final int MOST_TRIES = 3;

  private final Parts parts;
  private final Bodies bodies;

  Loader(Parts parts, Bodies bodies) {
    this.parts = parts;
    this.bodies = bodies;
  }

  /** An entry as it was read: the record is null when it was damaged, or could not be read. */
  record Read(Row row, @Nullable EntryRecord record, Disk.@Nullable Stored body, boolean failed) {
    static Read of(Row row, @Nullable EntryRecord record, Disk.@Nullable Stored body) {
      return new Read(row, record, body, false);
    }

    void discard() {
      if (body != null) {
        body.discard();
      }
    }

    /** The body, in memory if it is whole and of at most {@code most} bytes. */
    Disk.Stored body(int most) {
      if (row.length() <= most
          && body instanceof Disk.Stored.File(SliceFile held)
          && held instanceof BodyFile file) {
        ByteBuf all = file.reader().whole();
        if (all != null) {
          file.release();
          return new Disk.Stored.Bytes(all);
        }
      }
      return java.util.Objects.requireNonNull(body);
    }
  }

  /**
   * Reads an entry; null when it is gone, when it was damaged, and then is gone, or when the system
   * fails to read it.
   */
  @Nullable Read read(KeyHash key, long id) {
    for (int i = 0; i < MOST_TRIES; i++) {
      Index.Located at = parts.index.locate(key, id);
      if (at == null) {
        return null;
      }
      Read read = read(at);
      if (read.record != null) {
        return read;
      }
      read.discard();
      if (read.failed) {
        return null;
      }
      Row now = parts.index.row(key, id);
      if (now != null && now.place().equals(at.row().place())) {
        damaged(key, id);
        return null;
      }
      // It was written anew while it was read.
    }
    return null;
  }

  /** Removes an entry that is not what it was. */
  void damaged(KeyHash key, long id) {
    if (bodies.remove(key, id)) {
      parts.damaged.increment();
    }
  }

  private Read read(Index.Located at) {
    Row row = at.row();
    try {
      return at.segment() == null ? readFile(row) : readSegment(row, at.segment());
    } catch (EOFException | NoSuchFileException cut) {
      return Read.of(row, null, null);
    } catch (IOException e) {
      parts.health.readFailed(e);
      return new Read(row, null, null, true);
    } finally {
      if (at.segment() != null) {
        at.segment().file().release();
      }
    }
  }

  private Read readFile(Row row) throws IOException {
    BodyFile file = bodies.open(row);
    EntryRecord record = null;
    try {
      record = file.reader().record(row.place());
    } finally {
      if (record == null) {
        file.release();
      }
    }
    return Read.of(row, record, record == null ? null : new Disk.Stored.File(file));
  }

  private Read readSegment(Row row, Segment segment) throws IOException {
    int bodyLength = (int) row.length();
    int headLength = row.place().length() - bodyLength;
    ByteBuffer head = ByteBuffer.allocate(headLength);
    BodyReader.readFully(segment.file().channel(), head, row.place().offset());
    // Of the system, not of a pool: it may stay for long.
    ByteBuf body = Unpooled.directBuffer(bodyLength, bodyLength);
    EntryRecord record = null;
    try {
      ByteBuffer into = body.nioBuffer(0, bodyLength);
      BodyReader.readFully(segment.file().channel(), into, row.place().offset() + headLength);
      EntryRecord.Owner owner = new EntryRecord.Owner(row.key(), row.id());
      record = EntryRecord.read(head.flip(), into.flip(), owner);
      body.writerIndex(bodyLength);
    } finally {
      if (record == null) {
        body.release();
      }
    }
    return Read.of(row, record, record == null ? null : new Disk.Stored.Bytes(body));
  }

  /**
   * The text of an entry's key; null when it cannot be read, or is not the right one. It is read
   * without what follows it, and known to be right by its hash.
   */
  byte @Nullable [] key(Row row) {
    Index.Located at = parts.index.locate(row.key(), row.id());
    if (at == null) {
      return null;
    }
    Segment segment = at.segment();
    try {
      byte[] key =
          segment == null
              ? fileKey(at.row())
              : EntryRecord.readKey(segment.file().channel(), at.row().place().offset());
      return KeyHash.of(key).equals(row.key()) ? key : null;
    } catch (IOException e) {
      return null;
    } finally {
      if (segment != null) {
        segment.file().release();
      }
    }
  }

  private byte[] fileKey(Row row) throws IOException {
    BodyFile file = bodies.open(row);
    try {
      return file.reader().key(row.place());
    } finally {
      file.release();
    }
  }

  /** Looks at all that is stored of an entry; the bytes that were read. */
  long check(Row row) {
    Read read = read(row.key(), row.id());
    if (read == null) {
      return row.place().length();
    }
    long bytes = read.row.place().length();
    if (read.body instanceof Disk.Stored.File(SliceFile held) && held instanceof BodyFile file) {
      for (int i = 0; i < file.slices().count(); i++) {
        if (file.isPresent(i)) {
          file.reader().verify(i);
          bytes += file.sliceBytes();
        }
      }
    }
    read.discard();
    return bytes;
  }
}
