package darban.media.mp4;

import darban.media.MalformedMedia;
import java.util.HashMap;
import java.util.Map;

/**
 * A number for each sample, kept as runs of equal ones; where they are summed, with the sum of all
 * before each run. Immutable, any thread.
 */
final class Runs {
  private final Packed firsts;
  private final Packed values;
  private final Packed sums;
  private final int count;

  private Runs(Packed firsts, Packed values, Packed sums, int count) {
    this.firsts = firsts;
    this.values = values;
    this.sums = sums;
    this.count = count;
  }

  int value(int sample) {
    return valueOfRun(run(sample));
  }

  /** The sum of the numbers of all samples before {@code sample}, which may be the count. */
  long sumBefore(int sample) {
    if (sample == 0) {
      return 0;
    }
    int run = run(sample - 1);
    return sums.get(run) + (sample - firsts.get(run)) * values.get(run);
  }

  /** The last sample before whose end the sum is above {@code sum}; numbers are not negative. */
  int sampleAt(long sum) {
    int run = Math.max(0, sums.floor(sum));
    long value = values.get(run);
    long ahead = value == 0 ? 0 : Math.max(0, sum - sums.get(run)) / value;
    return (int) Math.min(firsts.get(run) + ahead, end(run) - 1);
  }

  /** The run that {@code sample} is in. */
  int run(int sample) {
    return firsts.floor(sample);
  }

  int end(int run) {
    return run + 1 < firsts.count() ? (int) firsts.get(run + 1) : count;
  }

  int valueOfRun(int run) {
    return (int) values.get(run);
  }

  /** The value most samples have. */
  int commonest() {
    Map<Integer, Integer> counts = new HashMap<>();
    int best = valueOfRun(0);
    for (int run = 0; run < values.count(); run++) {
      int value = valueOfRun(run);
      int length = counts.merge(value, length(run), Integer::sum);
      if (length > counts.getOrDefault(best, 0)) {
        best = value;
      }
    }
    return best;
  }

  private int length(int run) {
    return end(run) - (int) firsts.get(run);
  }

  /** The least number. */
  int least() {
    return (int) values.least();
  }

  /** How many samples have {@code value}. */
  int having(int value) {
    int having = 0;
    for (int run = 0; run < values.count(); run++) {
      having += valueOfRun(run) == value ? length(run) : 0;
    }
    return having;
  }

  /** Roughly how many bytes of memory this takes. */
  long weight() {
    return firsts.weight() + values.weight() + sums.weight();
  }

  /** Whether all numbers are zero. */
  boolean allZero() {
    return values.count() == 1 && values.get(0) == 0;
  }

  /** Collects runs. Confined to one thread. */
  static final class Builder {
    private final Packed.Builder firsts = new Packed.Builder();
    private final Packed.Builder values = new Packed.Builder();
    private final Packed.Builder sums = new Packed.Builder();
    private final boolean summed;
    private int first;
    private int value;
    private int count;
    private long sum;

    /** Of numbers that are {@code summed} or not. */
    Builder(boolean summed) {
      this.summed = summed;
    }

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
      if (count == 0 || this.value != value) {
        begin(count, value);
      }
      count += (int) more;
    }

    /** As {@link #add}, but none beyond {@code most}. */
    void addUpTo(int most, long more, int value) {
      add(Math.min(more, most - count), value);
    }

    private void begin(int sample, int value) {
      end(sample);
      this.first = sample;
      this.value = value;
    }

    /** The run that is open ends before {@code sample}. */
    private void end(int sample) {
      if (sample == first) {
        return;
      }
      firsts.add(first);
      values.add(value);
      if (summed) {
        sums.add(sum);
        sum += (long) (sample - first) * value;
      }
    }

    /** Makes the number of the last sample another one. */
    void replaceLast(int value) {
      if (this.value != value) {
        begin(count - 1, value);
      }
    }

    int last() {
      return value;
    }

    /** The sum of all numbers, where they are summed. */
    long sum() {
      return sum + (long) (count - first) * value;
    }

    /**
     * For exactly {@code wanted} samples, which is no less than there are: the last one goes on.
     */
    Runs build(int wanted) {
      count = Math.max(wanted, 1);
      end(count);
      return new Runs(firsts.build(), values.build(), sums.build(), wanted);
    }
  }
}
