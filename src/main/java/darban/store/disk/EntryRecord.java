package darban.store.disk;

import darban.store.Disk;
import darban.store.KeyHash;
import io.netty.buffer.ByteBuf;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * An entry on disk: a head, then key, variant, tags, metadata, then a small body.
 *
 * <pre>
 *   0 magic  4 CRC32C of all that follows  8 id  16 key hash  32 length of key
 *   36 of variant  40 of tags  44 of metadata  48 of the body  52 key …
 * </pre>
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record EntryRecord(byte[] key, byte[] variant, byte[] metadata, List<String> tags) {
  private static final int MAGIC = 0x44424e31;
  private static final int CRC_FROM = 8;
  private static final int HEAD = 52;

  /** Bytes of a record without its body, at most. */
  static final int MOST = 256 * 1024;

  private static final int MOST_TAGS = 64;

  /** Who must be named in a record for it to be the right one. */
  record Owner(KeyHash key, long id) {}

  /** The bytes before the body that {@code description} takes. */
  static long length(Disk.Description description) {
    return HEAD
        + (long) description.key().length
        + description.variant().length
        + joined(description.tags()).length
        + description.metadata().length;
  }

  private static byte[] joined(List<String> tags) {
    return String.join("\n", tags.subList(0, Math.min(tags.size(), MOST_TAGS)))
        .getBytes(StandardCharsets.UTF_8);
  }

  /** Hashes of the tags that count. */
  static long[] tagHashes(List<String> tags) {
    return tags.stream().limit(MOST_TAGS).distinct().mapToLong(EntryRecord::tagHash).toArray();
  }

  static long tagHash(String tag) {
    return KeyHash.shortOf(tag.getBytes(StandardCharsets.UTF_8));
  }

  /** Writes a record into {@code to}, which has room. */
  static void write(
      ByteBuffer to, Owner owner, Disk.Description description, @Nullable ByteBuf body) {
    int start = to.position();
    byte[] tags = joined(description.tags());
    to.putInt(MAGIC).putInt(0).putLong(owner.id);
    to.putLong(owner.key.high()).putLong(owner.key.low());
    to.putInt(description.key().length).putInt(description.variant().length);
    to.putInt(tags.length).putInt(description.metadata().length);
    to.putInt(body == null ? 0 : body.readableBytes());
    to.put(description.key()).put(description.variant()).put(tags).put(description.metadata());
    if (body != null) {
      ByteBuffer rest = to.duplicate().limit(to.position() + body.readableBytes());
      body.getBytes(body.readerIndex(), rest);
      to.position(rest.position());
    }
    CRC32C crc = new CRC32C();
    crc.update(to.duplicate().flip().position(start + CRC_FROM));
    to.putInt(start + 4, (int) crc.getValue());
  }

  /**
   * Reads a record without its body's bytes, which are given apart; null when anything is not as it
   * was written.
   */
  static @Nullable EntryRecord read(ByteBuffer head, @Nullable ByteBuffer body, Owner owner) {
    if (!isOf(head, owner)) {
      return null;
    }
    CRC32C crc = new CRC32C();
    crc.update(head.duplicate().position(head.position() + CRC_FROM));
    if (body != null) {
      crc.update(body.duplicate());
    }
    int start = head.position();
    int bodyLength = body == null ? 0 : body.remaining();
    if ((int) crc.getValue() != head.getInt(start + 4) || head.getInt(start + 48) != bodyLength) {
      return null;
    }
    byte[] key = new byte[head.getInt(start + 32)];
    byte[] variant = new byte[head.getInt(start + 36)];
    byte[] tags = new byte[head.getInt(start + 40)];
    byte[] metadata = new byte[head.getInt(start + 44)];
    head.duplicate().position(start + HEAD).get(key).get(variant).get(tags).get(metadata);
    return new EntryRecord(key, variant, metadata, split(tags));
  }

  /** The key in the record at {@code from}, as it stands there. */
  static byte[] readKey(FileChannel channel, long from) throws IOException {
    ByteBuffer head = ByteBuffer.allocate(HEAD);
    BodyReader.readFully(channel, head, from);
    int length = head.getInt(32);
    if (length < 0 || length > MOST) {
      throw new EOFException("no key");
    }
    ByteBuffer key = ByteBuffer.allocate(length);
    BodyReader.readFully(channel, key, from + HEAD);
    return key.array();
  }

  private static boolean isOf(ByteBuffer head, Owner owner) {
    int start = head.position();
    return head.remaining() >= HEAD
        && head.getInt(start) == MAGIC
        && head.getLong(start + 8) == owner.id
        && head.getLong(start + 16) == owner.key.high()
        && head.getLong(start + 24) == owner.key.low();
  }

  private static List<String> split(byte[] tags) {
    List<String> all = new ArrayList<>();
    if (tags.length > 0) {
      all.addAll(Arrays.asList(new String(tags, StandardCharsets.UTF_8).split("\n", -1)));
    }
    return all;
  }
}
