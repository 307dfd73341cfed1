package darban.store.disk;

import darban.store.KeyHash;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * CRC32C of a block together with whose block it is, so that a block of another entry, or of
 * another place, is told from the right one. The processor has an instruction for it; what it
 * guards against is damage, not an enemy, who could write checksums as well.
 */
final class Checksum {
  private final CRC32C crc = new CRC32C();
  private long position;

  private Checksum() {}

  /** Of a slice of an entry's body. */
  static Checksum of(KeyHash key, long id, int slice) {
    Checksum sum = new Checksum();
    ByteBuffer owner = ByteBuffer.allocate(28);
    owner.putLong(key.high()).putLong(key.low()).putLong(id).putInt(slice).flip();
    sum.crc.update(owner);
    return sum;
  }

  void update(ByteBuffer bytes) {
    position += bytes.remaining();
    crc.update(bytes);
  }

  /** Bytes of the block so far. */
  long position() {
    return position;
  }

  int value() {
    return (int) crc.getValue();
  }
}
