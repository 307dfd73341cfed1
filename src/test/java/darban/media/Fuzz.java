package darban.media;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.List;
import java.util.Random;

/**
 * Good bytes changed at random: whatever reads them takes them or throws {@link MalformedMedia},
 * soon and within bounds. The seed of a failure is in its message.
 */
public final class Fuzz {
  private static final long SEED = Long.getLong("darban.seed", System.nanoTime());
  private static final int[] WORDS = {0, 1, -1, 0x7fff_ffff, 0x8000_0000, 0xffff, 8, 16, 0x10000};

  private Fuzz() {}

  /** What is held against changed bytes. */
  @FunctionalInterface
  public interface Reader {
    /** Reads them. */
    void read(byte[] bytes);
  }

  /**
   * Changes each of {@code seeds} in turn, {@code rounds} times in all, within its first {@code
   * within} bytes or its last ones.
   */
  public static void run(int rounds, int within, List<byte[]> seeds, Reader reader) {
    int accepted = 0;
    for (int round = 0; round < rounds; round++) {
      Random random = new Random(SEED + round);
      byte[] bytes = changed(seeds.get(round % seeds.size()), within, random);
      long began = System.nanoTime();
      try {
        reader.read(bytes);
        accepted++;
      } catch (MalformedMedia refused) {
        assertTrue(refused.getMessage().length() > 10, "says why");
      } catch (RuntimeException | OutOfMemoryError | StackOverflowError thrown) {
        fail("-Ddarban.seed=" + (SEED + round) + " seed file " + round % seeds.size(), thrown);
      }
      double seconds = (System.nanoTime() - began) / 1e9;
      assertTrue(seconds < 5, "-Ddarban.seed=" + (SEED + round) + " took " + seconds + " s");
    }
    assertTrue(accepted > 0 && accepted < rounds, accepted + " of " + rounds + " accepted");
  }

  private static byte[] changed(byte[] seed, int within, Random random) {
    byte[] bytes = seed.clone();
    int span = Math.min(within, bytes.length);
    for (int change = 1 + random.nextInt(4); change > 0; change--) {
      int at = random.nextInt(span) + (random.nextBoolean() ? 0 : bytes.length - span);
      switch (random.nextInt(4)) {
        case 0 -> bytes[at] = (byte) random.nextInt(256);
        case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> {
          int word = WORDS[random.nextInt(WORDS.length)];
          for (int i = 0; i < 4 && at + i < bytes.length; i++) {
            bytes[at + i] = (byte) (word >>> (24 - 8 * i));
          }
        }
        default -> {
          int length = Math.min(random.nextInt(40), bytes.length - at);
          System.arraycopy(seed, random.nextInt(seed.length - length + 1), bytes, at, length);
        }
      }
    }
    return random.nextInt(10) == 0
        ? java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length))
        : bytes;
  }
}
