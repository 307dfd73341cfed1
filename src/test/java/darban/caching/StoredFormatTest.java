package darban.caching;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.http.Fields;
import darban.http.ResponseHead;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class StoredFormatTest {
  private static final StoredResponse STORED =
      new StoredResponse(
          new ResponseHead(
              404, Fields.of("ETag", "W/\"\u00fc\"", "Date", "x", "X-Spelled", "", "a", "1")),
          Vary.of(Fields.of("Foo", "1,2"), Fields.of("Vary", "Foo, Absent"), 8).orElseThrow(),
          new Freshness(
              1_800_000_000_123L, 17, -1L >>> 8, true, false, new Freshness.Stale(5, 6, true)));

  @Test
  void decoded_isWhatWasEncoded() {
    byte[] bytes = STORED.encoded();
    StoredResponse again = StoredResponse.decoded(bytes).orElseThrow();
    assertEquals(STORED, again);
    assertEquals(STORED.etag(), again.etag());
    assertTrue(again.vary().matches(Fields.of("foo", "1 , 2")));
    assertEquals("X-Spelled", again.fields().name(2).toString());
  }

  @Test
  void everyFlippedBit_isNoticed() {
    byte[] bytes = STORED.encoded();
    for (int bit = 0; bit < bytes.length * 8; bit++) {
      byte[] damaged = bytes.clone();
      damaged[bit / 8] ^= (byte) (1 << bit % 8);
      assertEquals(Optional.empty(), StoredResponse.decoded(damaged), "bit " + bit);
    }
  }

  @Test
  void everyOtherLength_isNoticed() {
    byte[] bytes = STORED.encoded();
    for (int length = 0; length < bytes.length + 9; length++) {
      if (length != bytes.length) {
        assertEquals(
            Optional.empty(), StoredResponse.decoded(Arrays.copyOf(bytes, length)), "" + length);
      }
    }
  }

  /** Also where the checksum is right nothing is thrown, and no more is read than is there. */
  @Test
  void anyBytes_withARightChecksum_areRefusedOrRead() {
    long seed = Long.getLong("darban.seed", System.nanoTime());
    Random random = new Random(seed);
    byte[] good = STORED.encoded();
    int read = 0;
    for (int round = 0; round < 50_000; round++) {
      byte[] bytes = Arrays.copyOf(good, good.length - random.nextInt(4));
      for (int i = random.nextInt(3); i >= 0; i--) {
        bytes[5 + random.nextInt(bytes.length - 5)] = (byte) random.nextInt();
      }
      CRC32C sum = new CRC32C();
      sum.update(bytes, 5, bytes.length - 5);
      ByteBuffer.wrap(bytes).putInt(1, (int) sum.getValue());
      Optional<StoredResponse> decoded = StoredResponse.decoded(bytes);
      if (decoded.isPresent()) {
        read++;
        StoredResponse each = decoded.get();
        assertEquals(decoded, StoredResponse.decoded(each.encoded()), "seed " + seed);
      }
    }
    assertTrue(read > 1000, "some were read: " + read + ", seed " + seed);
  }
}
