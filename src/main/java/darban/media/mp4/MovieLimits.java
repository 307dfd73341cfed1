package darban.media.mp4;

/**
 * How much of a file may be held while it is read.
 *
 * @param head bytes of a movie's head; a film of two hours has one to five megabytes
 * @param fragments bytes of the heads of all fragments together
 * @param samples number of samples of all fragments together; two hours have half a million
 * @param tracks number of tracks
 */
public record MovieLimits(long head, long fragments, int samples, int tracks) {
  /** What any honest file meets. */
  public static final MovieLimits DEFAULT = new MovieLimits(256L << 20, 256L << 20, 16 << 20, 64);

  public MovieLimits {
    if (head > Integer.MAX_VALUE - 8 || fragments > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException("a head of two gigabytes cannot be held");
    }
  }
}
