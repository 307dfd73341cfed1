package darban.store.disk;

import darban.flow.OpenFile;
import darban.store.SliceFile;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A body in a file of its own, open. The body begins at 0; behind it, from the next block on, are
 * two places for the record that describes it, of which the index knows the valid one, so that
 * writing one never harms the other. A sealed slice is never written again. Any thread; its lock is
 * not held while a file is read or written.
 */
final class BodyFile implements SliceFile {
  private final Parts parts;
  private final Bodies home;
  private final EntryRecord.Owner owner;
  private final Slices slices;
  private final Runnable over;
  private final BodyReader reader = new BodyReader(this);
  private final BodyWriter writer = new BodyWriter(this);
  private volatile @Nullable OpenFile file;
  private volatile long length;
  private volatile boolean committed;
  private boolean deleted;
  private long draftBytes;
  private long metadata;
  private int holders = 1;

  /**
   * A file that is not open yet.
   *
   * @param metadata bytes on disk that its records take
   * @param over told when its last holder lets go
   */
  BodyFile(
      Parts parts,
      Bodies home,
      EntryRecord.Owner owner,
      Slices slices,
      long metadata,
      Runnable over) {
    this.parts = parts;
    this.home = home;
    this.owner = owner;
    this.slices = slices;
    this.metadata = metadata;
    this.over = over;
    this.length = -1;
  }

  EntryRecord.Owner owner() {
    return owner;
  }

  Slices slices() {
    return slices;
  }

  BodyReader reader() {
    return reader;
  }

  Health health() {
    return parts.health;
  }

  private Path path() {
    return parts.folder.body(owner.id());
  }

  /** Makes the file, on the writer's thread; does nothing if it is there. */
  void create() throws IOException {
    if (file == null) {
      open(
          parts
              .folder
              .opening()
              .open(
                  path(),
                  StandardOpenOption.CREATE_NEW,
                  StandardOpenOption.READ,
                  StandardOpenOption.WRITE));
    }
  }

  /** Opens the file of an entry, which is there. */
  void reopen() throws IOException {
    committed = true;
    Opening opening = parts.folder.opening();
    FileChannel channel;
    try {
      channel = opening.open(path(), StandardOpenOption.READ, StandardOpenOption.WRITE);
    } catch (java.nio.file.NoSuchFileException gone) {
      throw gone;
    } catch (java.nio.file.FileSystemException readOnly) {
      channel = opening.open(path(), StandardOpenOption.READ);
    }
    open(channel);
  }

  private void open(FileChannel channel) {
    file = OpenFile.of(channel, all -> parts.crew.readers().execute(() -> closed(all)));
  }

  /** Nobody reads it any more. */
  private void closed(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      parts.health.readFailed(e);
    }
    giveBack();
  }

  private synchronized void giveBack() {
    if (deleted) {
      long body = committed ? slices.touched(length, sliceBytes()) : draftBytes;
      parts.space.giveBack(body + metadata);
    }
  }

  // Holding

  /** One holder more; false when the last has let go. */
  synchronized boolean tryRetain() {
    if (holders == 0) {
      return false;
    }
    holders++;
    return true;
  }

  @Override
  public void retain() {
    if (!tryRetain()) {
      throw new IllegalStateException("closed");
    }
  }

  @Override
  public void release() {
    synchronized (this) {
      if (--holders > 0) {
        return;
      }
    }
    home.forget(this);
    over.run();
    if (committed) {
      close();
    } else {
      // After what is still to be written.
      parts.writer.execute(
          0,
          () -> {
            if (!committed) {
              unlink();
            }
            close();
          });
    }
  }

  /** Lets go of the file. */
  void close() {
    OpenFile open = file;
    if (open != null) {
      open.release();
    } else {
      giveBack();
    }
  }

  @Override
  public void delete() {
    if (committed) {
      home.remove(owner.key(), owner.id());
    }
    // A draft goes when its last holder lets go.
  }

  /** Takes the name away; its bytes are given back when it is closed. Not on an event loop. */
  void unlink() {
    synchronized (this) {
      deleted = true;
    }
    try {
      Folder.delete(path());
    } catch (IOException e) {
      parts.writeFailed(e);
    }
  }

  // What is there

  @Override
  public int sliceBytes() {
    return parts.options.sliceBytes();
  }

  @Override
  public void length(long known) {
    length = known;
  }

  long length() {
    return length;
  }

  @Override
  public boolean isPresent(int slice) {
    return slices.isPresent(slice);
  }

  @Override
  public boolean isVerified(int slice) {
    return slices.isVerified(slice);
  }

  @Override
  public OpenFile file() {
    OpenFile open = file;
    if (open == null) {
      throw new IllegalStateException("nothing was written yet");
    }
    return open;
  }

  /** Where a slice ends. */
  long end(int slice) {
    long whole = (slice + 1L) * sliceBytes();
    return length < 0 ? whole : Math.min(whole, length);
  }

  // Writing

  @Override
  public void write(
      long offset, List<ByteBuf> pieces, boolean leisurely, Consumer<@Nullable Throwable> done) {
    if (!tryRetain()) {
      pieces.forEach(ByteBuf::release);
      done.accept(new IllegalStateException("closed"));
      return;
    }
    long bytes = pieces.stream().mapToLong(ByteBuf::readableBytes).sum();
    Runnable work =
        () -> {
          Throwable failed = write(offset, pieces);
          try {
            done.accept(failed);
          } finally {
            release();
          }
        };
    if (leisurely) {
      parts.writer.executeAtLeisure(bytes, work);
    } else {
      parts.writer.execute(bytes, work);
    }
  }

  @Override
  public void hurry() {
    parts.writer.hurry();
  }

  private @Nullable Throwable write(long offset, List<ByteBuf> pieces) {
    try {
      if (!parts.health.works()) {
        throw new NoRoomException("the disk cache takes nothing for now");
      }
      create();
      writer.write(offset, pieces);
      return null;
    } catch (NoRoomException full) {
      return full;
    } catch (IOException e) {
      parts.writeFailed(e);
      return e;
    } finally {
      pieces.forEach(ByteBuf::release);
    }
  }

  /** Sets the space of a slice aside, once. The writer's thread. */
  void touch(int slice) throws NoRoomException {
    if (slices.isTouched(slice)) {
      return;
    }
    long bytes = Space.blocks(end(slice) - (long) slice * sliceBytes());
    if (!parts.room(bytes, owner.id())) {
      throw new NoRoomException("no room in the disk cache");
    }
    long kept = parts.index.touch(owner.key(), owner.id(), slices, slice, bytes);
    if (committed) {
      parts.note(new Frame.Slice(owner.key(), owner.id(), slice, kept));
    } else {
      draftBytes += bytes;
    }
  }

  @Override
  public void seal(int slice) {
    if (writer.seal(slice) && committed) {
      parts.noteSlice(owner.key(), owner.id(), slice, slices.kept(slice));
    }
  }

  /** From now on what happens to slices is told to the journal. The writer's thread. */
  synchronized void commit() {
    committed = true;
    // A last slice of unknown length had been counted as a whole one.
    parts.space.giveBack(draftBytes - slices.touched(length, sliceBytes()));
  }

  // The record

  /** Where the record of a place begins. */
  long recordAt(int place) {
    return Space.blocks(length) + (long) place * EntryRecord.MOST;
  }

  /**
   * Writes the record into one of its two places; the bytes that both take now. The writer's
   * thread.
   */
  long writeRecord(int place, ByteBuffer record) throws IOException {
    long both = 2 * Space.blocks(record.remaining());
    if (both > metadata) {
      if (!parts.room(both - metadata, owner.id())) {
        throw new NoRoomException("no room in the disk cache");
      }
      metadata = both;
    }
    long at = recordAt(place);
    while (record.hasRemaining()) {
      at += file().channel().write(record, at);
    }
    return metadata;
  }

  // Verifying

  @Override
  public void verify(int slice, Consumer<Boolean> done) {
    retain();
    parts
        .crew
        .readers()
        .execute(() -> {
          try {
            done.accept(isVerified(slice) || reader.verify(slice));
          } finally {
            release();
          }
        });
  }

  @Override
  public void lose(int slice) {
    writer.forget(slice);
    lose(slice, slices.sum(slice));
  }

  /** The slice with that checksum is not what it was, or cannot be read. */
  void lose(int slice, int sum) {
    if (slices.dropIf(slice, sum)) {
      parts.damaged.increment();
      parts.noteSlice(owner.key(), owner.id(), slice, slices.kept(slice));
    }
  }
}
