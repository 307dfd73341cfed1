package darban.media.edge;

/**
 * How quickly a live stream goes, in milliseconds. Immutable, any thread.
 *
 * @param target no segment is longer
 * @param part no part is longer; 0 without parts
 * @param update how soon the manifest may be another one
 * @param window what the manifest lists, together
 */
public record Cadence(long target, long part, long update, long window) {
  /** RFC 8216bis §6.2.5.2: a server gives up a request that it holds after so many targets. */
  private static final int HELD = 3;

  /** RFC 8216bis appendix B.1: what does not change any more may be kept so many targets. */
  private static final int LASTING = 6;

  /** How long a manifest may be used: as long as the next is not due by half. */
  public long manifest() {
    return part > 0 ? Math.min(part, update) : update;
  }

  /** How long it may be believed that a segment or part is not there. */
  public long notYet() {
    return part > 0 ? Math.min(part, target / 2) : target / 2;
  }

  /** How long the answer to a request that was held may be used: it asked for what is there. */
  public long held() {
    return LASTING * target;
  }

  /** How long a segment may be used of which nobody says how long. */
  public long segment() {
    return Math.max(LASTING * target, window);
  }

  /** How long an origin may hold a request for what is not there yet. */
  public long patience() {
    return HELD * target;
  }
}
