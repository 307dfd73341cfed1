package darban.store;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * 128 bits that stand for a cache key: the first half of its SHA-256, so that nobody can make keys
 * that fall together on purpose. Equal hashes of unlike keys are still looked for where a stored
 * key's text is read. Immutable.
 */
public record KeyHash(long high, long low) {
  /** The hash of a key's text. */
  public static KeyHash of(byte[] key) {
    try {
      ByteBuffer digest = ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(key));
      return new KeyHash(digest.getLong(), digest.getLong());
    } catch (NoSuchAlgorithmException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }

  /** 64 bits for what else is told apart by hash: variants, validators, tags. */
  public static long shortOf(byte[] bytes) {
    return of(bytes).high();
  }
}
