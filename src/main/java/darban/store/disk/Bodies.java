package darban.store.disk;

import darban.store.KeyHash;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The bodies that have files of their own: those that are open are shared. Any thread. */
final class Bodies {
  private final Parts parts;
  private final Map<Long, BodyFile> open = new ConcurrentHashMap<>();

  Bodies(Parts parts) {
    this.parts = parts;
  }

  /**
   * A new body, held once by the caller; there is no file until something is written.
   *
   * @param over told when its last holder lets go
   */
  BodyFile create(EntryRecord.Owner owner, long length, Runnable over) {
    int expected = length < 0 ? 1 : Slices.count(length, parts.options.sliceBytes());
    BodyFile made = new BodyFile(parts, this, owner, new Slices(expected), 0, over);
    made.length(length);
    open.put(owner.id(), made);
    return made;
  }

  /** The body of an entry, held once by the caller. Reads the disk if nobody has it open. */
  BodyFile open(Row row) throws IOException {
    while (true) {
      BodyFile shared = open.get(row.id());
      if (shared != null) {
        if (shared.tryRetain()) {
          return shared;
        }
        open.remove(row.id(), shared);
      }
      BodyFile made = reopened(row);
      if (open.putIfAbsent(row.id(), made) == null) {
        return made;
      }
      // Two at once: one of them is enough.
      made.close();
    }
  }

  private BodyFile reopened(Row row) throws IOException {
    Slices slices = java.util.Objects.requireNonNull(row.slices());
    EntryRecord.Owner owner = new EntryRecord.Owner(row.key(), row.id());
    BodyFile made = new BodyFile(parts, this, owner, slices, row.place().allocated(), () -> {});
    made.length(row.length());
    made.reopen();
    return made;
  }

  /** The last holder let go. */
  void forget(BodyFile file) {
    open.remove(file.owner().id(), file);
  }

  boolean isOpen(long id) {
    return open.containsKey(id);
  }

  /** Removes an entry, wherever it is; false when it was gone. Any thread. */
  boolean remove(KeyHash key, long id) {
    Row row = parts.index.remove(key, id);
    if (row != null) {
      parts.writer.execute(0, () -> removed(row));
    }
    return row != null;
  }

  /** Keeps that an entry was removed, and takes its file away. The writer's thread. */
  void removed(Row row) {
    parts.note(new Frame.Drop(row.key(), row.id()));
    if (row.place().ownFile()) {
      unlink(row);
    }
  }

  /** The entry is lost together with its file, if it had one. The writer's thread. */
  void gone(Row row) {
    if (parts.index.remove(row.key(), row.id()) != null && row.place().ownFile()) {
      unlink(row);
    }
  }

  private void unlink(Row removed) {
    BodyFile held = open.get(removed.id());
    if (held != null && held.tryRetain()) {
      held.unlink();
      held.release();
      return;
    }
    try {
      Folder.delete(parts.folder.body(removed.id()));
      parts.space.giveBack(removed.allocated(parts.options.sliceBytes()));
    } catch (IOException e) {
      parts.writeFailed(e);
    }
  }
}
