package darban.store.disk;

import darban.store.Disk;
import darban.store.KeyHash;
import java.nio.ByteBuffer;

/** One line of the journal: something that happened to the index. */
sealed interface Frame {
  /** The first of a file: whose it is. */
  record Head(int version, int sliceBytes, int number) implements Frame {}

  /** An entry is there, or is now as told. */
  record Put(Row row) implements Frame {}

  /** An entry is gone. */
  record Drop(KeyHash key, long id) implements Frame {}

  /** A slice's state, as {@link Slices#kept} tells it. */
  record Slice(KeyHash key, long id, int slice, long kept) implements Frame {}

  /** A purge that is not seen in the rows yet. */
  record Purged(Purge purge) implements Frame {}

  /** A purge that is seen in all rows. */
  record Done(Purge purge) implements Frame {}

  /** The last of a snapshot: how many entries it has. */
  record End(long entries) implements Frame {}

  /** The format of all files here; others are thrown away. */
  int VERSION = 1;

  /** Bytes of an entry's frame without tags and slices, at most. */
  int ROW = 128;

  /** Bytes of the payload, at most. */
  static int size(Frame frame) {
    return switch (frame) {
      case Put(Row row) -> {
        int slices = row.slices() == null ? 0 : row.slices().count();
        yield ROW + row.tags().length * 8 + slices * 8;
      }
      case Purged(Purge purge) -> 32 + purge.prefix().length;
      case Done(Purge purge) -> 32 + purge.prefix().length;
      default -> 64;
    };
  }

  private static long[] slices(Row row) {
    return row.slices() == null ? new long[0] : row.slices().kept();
  }

  /** Writes the payload. */
  static void write(ByteBuffer to, Frame frame) {
    switch (frame) {
      case Head(int version, int sliceBytes, int number) ->
          to.put((byte) 1).putInt(version).putInt(sliceBytes).putInt(number);
      case Put(Row row) -> writeRow(to.put((byte) 2), row);
      case Drop(KeyHash key, long id) -> writeOwner(to.put((byte) 3), key, id);
      case Slice(KeyHash key, long id, int slice, long kept) ->
          writeOwner(to.put((byte) 4), key, id).putInt(slice).putLong(kept);
      case Purged(Purge purge) -> writePurge(to.put((byte) 5), purge);
      case Done(Purge purge) -> writePurge(to.put((byte) 6), purge);
      case End(long entries) -> to.put((byte) 7).putLong(entries);
    }
  }

  /** Reads a payload whose checksum was right. */
  static Frame read(ByteBuffer from) {
    byte kind = from.get();
    return switch (kind) {
      case 1 -> new Head(from.getInt(), from.getInt(), from.getInt());
      case 2 -> new Put(readRow(from));
      case 3 -> new Drop(readKey(from), from.getLong());
      case 4 -> new Slice(readKey(from), from.getLong(), from.getInt(), from.getLong());
      case 5 -> new Purged(readPurge(from));
      case 6 -> new Done(readPurge(from));
      case 7 -> new End(from.getLong());
      default -> throw new IllegalArgumentException("frame of kind " + kind);
    };
  }

  private static ByteBuffer writeOwner(ByteBuffer to, KeyHash key, long id) {
    return to.putLong(key.high()).putLong(key.low()).putLong(id);
  }

  private static KeyHash readKey(ByteBuffer from) {
    return new KeyHash(from.getLong(), from.getLong());
  }

  private static void writeRow(ByteBuffer to, Row row) {
    writeOwner(to, row.key(), row.id()).putLong(row.variant());
    Place place = row.place();
    to.putInt(place.segment()).putInt(place.offset());
    to.putInt(place.length()).putInt(place.allocated());
    to.putLong(row.length()).putLong(row.hints().expiry()).putLong(row.hints().validator());
    Row.Standing s = row.standing();
    to.put((byte) ((s.soft() ? 1 : 0) | (s.main() ? 2 : 0) | s.uses() << 2)).putLong(s.order());
    writeLongs(to, row.tags());
    writeLongs(to, slices(row));
  }

  private static Row readRow(ByteBuffer from) {
    KeyHash key = readKey(from);
    long id = from.getLong();
    long variant = from.getLong();
    Place place = new Place(from.getInt(), from.getInt(), from.getInt(), from.getInt());
    long length = from.getLong();
    Disk.Hints hints = new Disk.Hints(from.getLong(), from.getLong());
    byte bits = from.get();
    Row.Standing standing =
        new Row.Standing((bits & 1) != 0, (bits & 2) != 0, bits >> 2 & 3, from.getLong());
    long[] tags = readLongs(from);
    long[] slices = readLongs(from);
    return new Row(
        key,
        id,
        variant,
        place,
        length,
        hints,
        standing,
        tags,
        place.ownFile() ? new Slices(slices) : null);
  }

  private static void writeLongs(ByteBuffer to, long[] all) {
    to.putInt(all.length);
    for (long each : all) {
      to.putLong(each);
    }
  }

  private static long[] readLongs(ByteBuffer from) {
    long[] all = new long[from.getInt()];
    for (int i = 0; i < all.length; i++) {
      all[i] = from.getLong();
    }
    return all;
  }

  private static void writePurge(ByteBuffer to, Purge purge) {
    to.putLong(purge.before()).put((byte) (purge.soft() ? 1 : 0));
    to.putInt(purge.prefix().length).put(purge.prefix());
  }

  private static Purge readPurge(ByteBuffer from) {
    long before = from.getLong();
    boolean soft = from.get() != 0;
    byte[] prefix = new byte[from.getInt()];
    from.get(prefix);
    return new Purge(prefix, before, soft);
  }
}
