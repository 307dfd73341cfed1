package darban.media.mp4;

import darban.media.Tags;
import java.util.List;

/**
 * What the head of an MP4 or QuickTime file says. Immutable, any thread.
 *
 * @param tracks in the file's order
 * @param timescale ticks per second of {@code duration}
 * @param duration of the presentation
 * @param fragmented whether samples are in fragments rather than in one table
 * @param tags what the file says about itself
 * @param chapters where they begin, or empty
 */
public record Movie(
    List<Track> tracks,
    int timescale,
    long duration,
    boolean fragmented,
    Tags tags,
    List<Chapter> chapters) {
  public Movie {
    tracks = List.copyOf(tracks);
    chapters = List.copyOf(chapters);
  }

  /**
   * A chapter.
   *
   * @param start in milliseconds
   * @param title for people
   */
  public record Chapter(long start, String title) {}

  /** Tracks with pictures. */
  public List<Track> videos() {
    return tracks.stream().filter(Track::isVideo).toList();
  }

  /** Tracks with sound. */
  public List<Track> audios() {
    return tracks.stream().filter(Track::isAudio).toList();
  }

  /** Tracks with texts. */
  public List<Track> texts() {
    return tracks.stream().filter(Track::isText).toList();
  }

  /** How long it is in milliseconds. */
  public long millis() {
    return Timeline.nearest(duration, timescale, 1000);
  }
}
