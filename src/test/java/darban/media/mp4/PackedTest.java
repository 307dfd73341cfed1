package darban.media.mp4;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PackedTest {
  private static Packed packed(long... numbers) {
    Packed.Builder builder = new Packed.Builder();
    Arrays.stream(numbers).forEach(builder::add);
    assertEquals(numbers.length, builder.count());
    return builder.build();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 7, 8, 13, 31, 32, 33, 63, 64})
  void numbers_ofAnyWidth_areThemselves(int bits) {
    Random random = new Random(bits);
    for (int count : new int[] {0, 1, 2, 255, 256, 257, 1000}) {
      long least = bits < 64 ? random.nextInt() : 0;
      long[] numbers =
          random
              .longs(count)
              .map(each -> least + (bits == 0 ? 0 : bits == 64 ? each : each >>> (64 - bits) >>> 1))
              .toArray();
      Packed packed = packed(numbers);
      assertEquals(count, packed.count());
      for (int i = 0; i < count; i++) {
        assertEquals(numbers[i], packed.get(i), bits + " bits, number " + i + " of " + count);
      }
      assertEquals(Arrays.stream(numbers, count / 3, count).sum(), packed.sum(count / 3, count));
    }
  }

  @Test
  void numbers_farApart_areThemselves() {
    Packed packed = packed(Long.MIN_VALUE, Long.MAX_VALUE, 0, -1);
    assertEquals(Long.MIN_VALUE, packed.get(0));
    assertEquals(Long.MAX_VALUE, packed.get(1));
    assertEquals(0, packed.get(2));
    assertEquals(-1, packed.get(3));
  }

  @Test
  void numbers_addedManyAtOnce_areAsOneByOne() {
    int[] numbers = new Random(4).ints(1000, 0, 1 << 20).toArray();
    for (int first : new int[] {0, 1, 100, 255, 256, 700}) {
      Packed.Builder builder = new Packed.Builder();
      Arrays.stream(numbers, 0, first).forEach(builder::add);
      int[] rest = Arrays.copyOfRange(numbers, first, numbers.length);
      builder.addAll(rest, rest.length - 1);
      builder.add(rest[rest.length - 1]);
      Packed packed = builder.build();
      assertEquals(numbers.length, packed.count());
      for (int i = 0; i < numbers.length; i++) {
        assertEquals(numbers[i], packed.get(i), "behind " + first + ", number " + i);
      }
    }
  }

  @Test
  void floor_ofRisingNumbers_isTheLastNotAbove() {
    long[] numbers = new Random(5).longs(1000, 0, 3000).sorted().toArray();
    Packed packed = packed(numbers);
    for (long value = -1; value < 3001; value++) {
      long wanted = value;
      assertEquals(
          Arrays.stream(numbers).filter(each -> each <= wanted).count() - 1, packed.floor(value));
    }
    assertEquals(-1, packed().floor(7));
  }

  @Test
  void bounds_ofNumbers_areNearThem() {
    Packed packed = packed(new Random(6).longs(1000, -50, 1000).toArray());
    assertTrue(packed.least() >= -50 && packed.least() < 0, packed.least() + "");
    assertTrue(packed.bound() >= 990 && packed.bound() < 2048, packed.bound() + "");
  }

  @Test
  void nextAbove_fromAnywhere_isTheNextThatIs() {
    long[] numbers = new Random(8).longs(2000, 0, 1000).toArray();
    // A block that has no large ones.
    Arrays.fill(numbers, 512, 768, 5);
    Packed packed = packed(numbers);
    for (int from = 0; from <= numbers.length; from += 37) {
      int next = from;
      while (next < numbers.length && numbers[next] <= 900) {
        next++;
      }
      assertEquals(next, packed.nextAbove(from, 900));
      assertEquals(numbers.length, packed.nextAbove(from, 1000));
    }
  }

  @Test
  void weight_ofSizesOfSamples_isABitMoreThanOneByteEach() {
    long weight = packed(new Random(7).longs(100_000, 300, 555).toArray()).weight();
    assertTrue(weight >= 100_000 && weight < 115_000, weight + " bytes");
  }
}
