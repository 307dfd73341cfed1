package darban.media.edge;

import darban.media.hls.MediaPlaylist;
import darban.media.hls.Segment;
import java.util.ArrayList;
import java.util.List;

/**
 * By what two manifests of one address are known to be of one run of its encoder. Encoders that
 * begin anew give their segments the names of before. Immutable, any thread.
 *
 * @param begun when the stream began, as DASH tells it; empty if it does not
 * @param next the number of the segment after the last one
 * @param last the last segments, the oldest first
 */
public record Lineage(String begun, long next, List<Mark> last) {
  /** Of recordings and of lists of variants. */
  public static final Lineage NONE = new Lineage("", 0, List.of());

  private static final int MOST_MARKS = 64;
  private static final long CLOSE_MICROS = 1_000;
  private static final long CLOSE_MILLIS = 1_000;

  public Lineage {
    last = List.copyOf(last);
  }

  /**
   * A segment.
   *
   * @param uri as the playlist has it
   * @param date when it was recorded, in milliseconds since 1970; -1 if that is not told
   */
  public record Mark(String uri, long micros, long date) {}

  /** Of a playlist. */
  static Lineage of(MediaPlaylist playlist) {
    List<Mark> marks = new ArrayList<>();
    List<Segment> segments = playlist.segments();
    long date = -1;
    for (int i = 0; i < segments.size(); i++) {
      Segment each = segments.get(i);
      long told = each.context().programDateTime();
      date = told >= 0 ? told : date;
      if (i >= segments.size() - MOST_MARKS) {
        marks.add(new Mark(each.uri(), each.micros(), date));
      }
      date = date < 0 ? -1 : date + each.micros() / 1000;
    }
    return new Lineage("", playlist.nextSequence(), marks);
  }

  /** Whether the encoder has begun anew since {@code before}, which came first. */
  public boolean restartedSince(Lineage before) {
    if (!begun.equals(before.begun)) {
      return !begun.isEmpty() && !before.begun.isEmpty();
    }
    boolean dated = false;
    for (long each = Math.max(first(), before.first());
        each < Math.min(next, before.next);
        each++) {
      Mark now = mark(each);
      Mark then = before.mark(each);
      if (now.date >= 0 && then.date >= 0) {
        dated = true;
        if (Math.abs(now.date - then.date) > CLOSE_MILLIS) {
          return true;
        }
      }
      if (now.uri.equals(then.uri) && Math.abs(now.micros - then.micros) > CLOSE_MICROS) {
        return true;
      }
    }
    // Of two servers one may be a little behind: their dates agree.
    return next < before.next && !dated;
  }

  private long first() {
    return next - last.size();
  }

  private Mark mark(long number) {
    return last.get((int) (number - first()));
  }
}
