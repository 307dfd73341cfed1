package darban.serve.media;

import darban.base.Secret;
import darban.http.Etag;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The key that segments of a film are encrypted with, AES-128 (RFC 8216 §5.2): the same for the
 * same version of a film, and of no use for another. Immutable, any thread.
 */
final class SegmentKey {
  /** Where players get it, beside the playlists. */
  static final String NAME = "key";

  private static final int BYTES = 16;

  private final byte[] key;

  /** The key of a version of a film, made of a library's secret. */
  SegmentKey(Secret secret, Etag film) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.reveal().getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      byte[] all = mac.doFinal(film.opaque().getBytes(StandardCharsets.UTF_8));
      this.key = Arrays.copyOf(all, BYTES);
    } catch (GeneralSecurityException missing) {
      throw new IllegalStateException(missing);
    }
  }

  /** Itself, for players. */
  ByteBuffer bytes() {
    return ByteBuffer.wrap(key).asReadOnlyBuffer();
  }

  /** Segment {@code number} of a playlist, encrypted. */
  ByteBuffer encrypt(long number, ByteBuffer segment) {
    try {
      Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
      // The number, unless the playlist says otherwise.
      byte[] start = ByteBuffer.allocate(BYTES).putLong(Long.BYTES, number).array();
      cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(start));
      ByteBuffer out = ByteBuffer.allocate(cipher.getOutputSize(segment.remaining()));
      cipher.doFinal(segment, out);
      return out.flip();
    } catch (GeneralSecurityException wrong) {
      throw new IllegalStateException(wrong);
    }
  }
}
