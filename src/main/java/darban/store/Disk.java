package darban.store;

import io.netty.buffer.ByteBuf;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Stored responses on disk, as bytes: it knows keys, variants, tags and bodies, and nothing of
 * HTTP. What it cannot do it does not do: a response that finds no room or a broken disk is simply
 * not stored, and what was damaged is not found any more.
 *
 * <p>Any thread. {@link #find}, {@link #create}, {@link #touch}, {@link #remove} and what {@link
 * #put}, {@link #update}, {@link #load} do before they return is memory work of a microsecond or
 * so; all else is done on the disk's own threads. Futures complete on those threads, never fail,
 * and whoever listens must not block: hop to an event loop first.
 */
@SuppressWarnings("ArrayRecordComponent") // its records carry bytes and are never compared
public interface Disk {
  /** How it is. */
  enum State {
    /** It reads and writes. */
    WORKING,
    /** Writing failed: nothing is stored for now, what is there is read. Tried again soon. */
    READ_ONLY,
    /** It was closed. */
    CLOSED
  }

  /**
   * What is stored.
   *
   * @param key text of the cache key, at most 64 KiB
   * @param variant what tells it from other responses under the same key; empty if there is none
   * @param metadata whatever the caller needs to use the body, at most 128 KiB
   * @param tags by which it can be purged; at most 64 count
   * @param hints what {@link #find} tells without reading
   */
  record Description(byte[] key, byte[] variant, byte[] metadata, List<String> tags, Hints hints) {}

  /**
   * What can be known of an entry without reading it; the disk itself does not look at it.
   *
   * @param expiry when it is stale, in seconds of the epoch (0 to 2^32-1)
   * @param validator hash of its validator, 0 for none
   */
  record Hints(long expiry, long validator) {
    /** Nothing known. */
    public static final Hints NONE = new Hints(0, 0);
  }

  /**
   * An entry, as the index knows it. A value: the entry may be gone when it is used.
   *
   * @param id never used twice in this directory; a replaced entry has another
   * @param variant {@link KeyHash#shortOf} of the variant's bytes
   * @param length bytes of the whole body
   * @param stored bytes of the body that are here
   * @param soft whether it was purged softly and not updated since
   */
  record Found(
      KeyHash key, long id, long variant, long length, long stored, Hints hints, boolean soft) {}

  /** Where a stored body is. */
  sealed interface Stored {
    /** A small one, read and verified; whoever got the entry owns the buffer. */
    record Bytes(ByteBuf buffer) implements Stored {}

    /** A file, held once by whoever got the entry. Its slices may be missing or unverified. */
    record File(SliceFile file) implements Stored {}

    /** For whoever does not use it. */
    default void discard() {
      switch (this) {
        case Bytes bytes -> bytes.buffer().release();
        case File so -> so.file().release();
      }
    }
  }

  /** An entry that was read: what was described, verified, and its body. */
  record Entry(Found found, byte[] variant, byte[] metadata, List<String> tags, Stored body) {
    /** For whoever does not use the body. */
    public void discard() {
      body.discard();
    }
  }

  /** A body that is being stored: nobody finds it before it is committed. */
  interface Draft {
    /** Where the body goes. Held once by whoever made the draft, who releases it. */
    SliceFile file();

    /**
     * Makes the entry findable, in place of an older one of the same key and variant. Its length
     * must be known. Bodies of known length can be committed at once: then slices that were sealed
     * outlive a crash.
     *
     * @return the entry once a restart would find it too, or null if it could not be stored
     */
    Future<@Nullable Found> commit();
  }

  /** Which entries. */
  sealed interface Selection {
    /** All of one key, whatever their variant. */
    record Key(byte[] key) implements Selection {}

    /** Those whose key begins with these bytes. */
    record Prefix(byte[] prefix) implements Selection {}

    /** Those that carry a tag. */
    record Tag(String tag) implements Selection {}

    /** All. */
    record All() implements Selection {}
  }

  /**
   * Figures for meters. Counters start at 0 with the process.
   *
   * @param bytes allocated now, including files that were removed and are still read
   * @param pending bytes that wait to be written
   * @param damaged entries and slices whose checksum was wrong or that were missing
   * @param errors writes and reads that failed
   * @param scrubbed bytes that the scrubber looked at
   */
  record Figures(
      State state,
      long capacity,
      long bytes,
      long entries,
      long pending,
      long hits,
      long stored,
      long refused,
      long evictions,
      long damaged,
      long errors,
      long scrubbed) {}

  /** The entries of a key, the newest first; from memory. */
  List<Found> find(KeyHash key);

  /**
   * Reads an entry and counts a use of it.
   *
   * @param key the text that the entry must have
   * @param memory bodies of at most so many bytes are read whole, if they are whole
   * @return null when it is gone, damaged or of another key
   */
  Future<@Nullable Entry> load(Found found, byte[] key, int memory);

  /**
   * Begins to store a body; nothing is read or written yet.
   *
   * @param length bytes of the body, or -1 while that is not known
   * @param wanted asked when it is about to be findable: if not, it will not be
   * @return null when there is no room, or the disk is not working
   */
  @Nullable Draft create(Description description, long length, BooleanSupplier wanted);

  /**
   * Stores a whole body at once, in place of an older entry of the same key and variant.
   *
   * @param body owned by the disk from now on
   * @param wanted as for {@link #create}
   * @return the entry once a restart would find it too, or null if it could not be stored
   */
  Future<@Nullable Found> put(Description description, ByteBuf body, BooleanSupplier wanted);

  /**
   * Replaces what describes an entry, not its body; it is soft no more.
   *
   * @param description of the same key and variant
   * @param wanted asked when it is about to be replaced: if not, it is not
   * @return the entry, or null if it is gone or could not be changed
   */
  Future<@Nullable Found> update(Found found, Description description, BooleanSupplier wanted);

  /** Counts a use of it, where it was served from elsewhere. */
  void touch(Found found);

  /** Removes an entry: it is found no more. */
  void remove(Found found);

  /**
   * Removes entries, or marks them as soft. What was committed before is found no more when the
   * future completes (a prefix: is loaded no more), and that would outlive a loss of power; it
   * fails when it would not.
   *
   * @return how many, as far as that is known by then: those of a prefix are not counted
   */
  Future<Long> purge(Selection selection, boolean soft);

  /** How it is and does. */
  Figures figures();

  /** Ends all writing and closes the files; held ones may still be read. */
  Future<Void> close();
}
