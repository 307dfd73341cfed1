package darban.media.dash;

import java.util.ArrayList;
import java.util.List;

/** How a player finds the segments of a representation (ISO/IEC 23009-1 §5.3.9). Immutable. */
public sealed interface Addressing {
  /**
   * Segments that are listed: they may be of any length.
   *
   * @param timescale ticks per second
   * @param offset ticks of the segments' own timeline at which the period begins
   * @param initialization template of the head's address
   * @param media template of the segments' addresses, with {@code $Number$} or {@code $Time$}
   * @param startNumber of the first segment listed
   * @param runs the segments
   */
  record Timeline(
      int timescale,
      long offset,
      String initialization,
      String media,
      long startNumber,
      List<Run> runs)
      implements Addressing {
    public Timeline {
      runs = List.copyOf(runs);
    }
  }

  /**
   * Segments that are all of one length: what is there is told by the clock.
   *
   * @param timescale ticks per second
   * @param duration of each in ticks
   * @param offset ticks of the segments' own timeline at which the period begins
   * @param initialization template of the head's address
   * @param media template of the segments' addresses, with {@code $Number$}
   * @param startNumber of the first segment
   */
  record Numbered(
      int timescale,
      long duration,
      long offset,
      String initialization,
      String media,
      long startNumber)
      implements Addressing {}

  /**
   * One file for all of it, such as subtitles.
   *
   * @param uri where it is
   */
  record Whole(String uri) implements Addressing {}

  /**
   * Segments of one length that follow each other.
   *
   * @param time when the first begins, in ticks
   * @param duration of each in ticks
   * @param count how many
   */
  record Run(long time, long duration, int count) {}

  /** Segments as runs: {@code starts} holds when each begins, and last when the last one ends. */
  static List<Run> runs(long[] starts) {
    List<Run> runs = new ArrayList<>();
    for (int i = 0; i + 1 < starts.length; i++) {
      long duration = starts[i + 1] - starts[i];
      Run last = runs.isEmpty() ? null : runs.getLast();
      if (last != null && last.duration == duration) {
        runs.set(runs.size() - 1, new Run(last.time, duration, last.count + 1));
      } else {
        runs.add(new Run(starts[i], duration, 1));
      }
    }
    return runs;
  }
}
