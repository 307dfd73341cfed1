package darban.serve.media;

import darban.base.Secret;
import darban.http.Etag;
import io.netty.buffer.ByteBuf;
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

  /** What passes through the cipher at once. */
  private static final int AT_ONCE = 16 << 10;

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

  /** Segment {@code number} of a playlist, encrypted, in memory that the caller owns. */
  ByteBuf encrypt(long number, ByteBuffer segment) {
    try {
      Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
      // The number, unless the playlist says otherwise.
      byte[] start = ByteBuffer.allocate(BYTES).putLong(Long.BYTES, number).array();
      cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(start));
      return Product.written(
          cipher.getOutputSize(segment.remaining()), out -> encrypt(cipher, segment, out));
    } catch (GeneralSecurityException wrong) {
      throw new IllegalStateException(wrong);
    }
  }

  /** Off the heap and back, the cipher of the JDK would make as much garbage as there are bytes. */
  private static void encrypt(Cipher cipher, ByteBuffer segment, ByteBuffer out)
      throws GeneralSecurityException {
    byte[] clear = new byte[AT_ONCE];
    byte[] encrypted = new byte[AT_ONCE + BYTES];
    while (segment.hasRemaining()) {
      int length = Math.min(AT_ONCE, segment.remaining());
      segment.get(clear, 0, length);
      out.put(encrypted, 0, cipher.update(clear, 0, length, encrypted));
    }
    out.put(encrypted, 0, cipher.doFinal(encrypted, 0));
  }
}
