package darban.media.mp4;

import darban.media.MalformedMedia;
import java.util.Arrays;

/**
 * A number for each sample, kept as runs of equal ones, with the sum of all before each run.
 * Immutable, any thread.
 */
final class Runs {
  private final int[] firsts;
  private final int[] values;
  private final long[] sums;
  private final int count;

  private Runs(int[] firsts, int[] values, long[] sums, int count) {
    this.firsts = firsts;
    this.values = values;
    this.sums = sums;
    this.count = count;
  }

  int value(int sample) {
    return values[run(sample)];
  }

  /** The sum of the numbers of all samples before {@code sample}, which may be the count. */
  long sumBefore(int sample) {
    if (sample == 0) {
      return 0;
    }
    int run = run(sample - 1);
    return sums[run] + (long) (sample - firsts[run]) * values[run];
  }

  /** The last sample before whose end the sum is above {@code sum}; numbers are not negative. */
  int sampleAt(long sum) {
    int found = Arrays.binarySearch(sums, sum);
    int run = found >= 0 ? found : Math.max(0, -found - 2);
    while (run + 1 < sums.length && sums[run + 1] == sum) {
      run++;
    }
    long ahead = values[run] == 0 ? 0 : Math.max(0, sum - sums[run]) / values[run];
    return (int) Math.min(firsts[run] + ahead, end(run) - 1);
  }

  /** The run that {@code sample} is in. */
  int run(int sample) {
    int found = Arrays.binarySearch(firsts, sample);
    return found >= 0 ? found : -found - 2;
  }

  int end(int run) {
    return run + 1 < firsts.length ? firsts[run + 1] : count;
  }

  int valueOfRun(int run) {
    return values[run];
  }

  /** The value most samples have. */
  int commonest() {
    java.util.Map<Integer, Integer> counts = new java.util.HashMap<>();
    int best = values[0];
    for (int run = 0; run < values.length; run++) {
      int length = counts.merge(values[run], end(run) - firsts[run], Integer::sum);
      if (length > counts.getOrDefault(best, 0)) {
        best = values[run];
      }
    }
    return best;
  }

  /** The least number. */
  int least() {
    int least = values[0];
    for (int value : values) {
      least = Math.min(least, value);
    }
    return least;
  }

  /** How many samples have {@code value}. */
  int having(int value) {
    int having = 0;
    for (int run = 0; run < values.length; run++) {
      having += values[run] == value ? end(run) - firsts[run] : 0;
    }
    return having;
  }

  /** Numbers of four bytes that this is made of. */
  long weight() {
    return firsts.length + values.length + 2L * sums.length;
  }

  /** Whether all numbers are zero. */
  boolean allZero() {
    return values.length == 1 && values[0] == 0;
  }

  /** Collects runs. Confined to one thread. */
  static final class Builder {
    private final Ints firsts = new Ints();
    private final Ints values = new Ints();
    private int count;

    int count() {
      return count;
    }

    /** Adds {@code value} for {@code more} samples. */
    void add(long more, int value) {
      if (more == 0) {
        return;
      }
      if (more > Integer.MAX_VALUE - count) {
        throw new MalformedMedia("a track has more samples than can be counted");
      }
      if (count == 0 || values.last() != value) {
        firsts.add(count);
        values.add(value);
      }
      count += (int) more;
    }

    /** Makes the number of the last sample another one. */
    void replaceLast(int value) {
      int run = firsts.count() - 1;
      if (values.last() == value) {
        return;
      }
      if (firsts.get(run) == count - 1) {
        values.set(run, value);
      } else {
        firsts.add(count - 1);
        values.add(value);
      }
    }

    int last() {
      return values.last();
    }

    /** For exactly {@code wanted} samples: cut there, or its last number goes on. */
    Runs build(int wanted) {
      if (count == 0) {
        add(Math.max(1, wanted), 0);
      }
      int runs = firsts.count();
      while (runs > 1 && firsts.get(runs - 1) >= wanted) {
        runs--;
      }
      int[] first = Arrays.copyOf(firsts.trimmed(), runs);
      int[] value = Arrays.copyOf(values.trimmed(), runs);
      long[] sums = new long[runs];
      for (int run = 1; run < runs; run++) {
        sums[run] = sums[run - 1] + (long) (first[run] - first[run - 1]) * value[run - 1];
      }
      return new Runs(first, value, sums, wanted);
    }
  }
}
