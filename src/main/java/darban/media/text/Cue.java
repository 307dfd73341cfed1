package darban.media.text;

/**
 * A text that is shown for a while. Immutable, any thread.
 *
 * @param id or empty
 * @param start in milliseconds
 * @param end in milliseconds
 * @param settings where it is shown, as WebVTT spells it, or empty
 * @param text as WebVTT has it: lines, none of them empty; tags; escapes
 */
public record Cue(String id, long start, long end, String settings, String text) {
  /** Whether it is shown between two times, even for a moment. */
  public boolean shownWithin(long from, long to) {
    return start < to && end > from;
  }

  /** The same, later. */
  Cue later(long millis) {
    return new Cue(id, start + millis, end + millis, settings, text);
  }
}
