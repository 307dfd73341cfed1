package darban.live;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names of what is made of a stream's tracks. They are never used for anything else again: each
 * holds a number that this process gave only once, and no process before it. Immutable, any thread.
 *
 * <pre>
 *   index.m3u8  index.mpd            all tracks
 *   ~/TRACK/index.m3u8               one
 *   ~/TRACK/i7.mp4    h5.mp4         what goes before segments: by its number, of a timeline
 *   ~/TRACK/s3-12.m4s s3-12.0.m4s    a segment, a part: by their number in the track
 *   ~/TRACK/n5-40.m4s t5-80000.m4s   a segment: by its place on a timeline
 *   ~/TRACK.cmfv                     all that comes of a track, as one body
 *   ~/tracks                         of which tracks something comes
 *   ~/time                           what time it is
 * </pre>
 *
 * @param track the track's number
 */
record Names(long track) {
  static final String MULTIVARIANT = "index.m3u8";
  static final String MANIFEST = "index.mpd";
  static final String SINCE = "since=";
  static final String CLOCK = "~/time";
  static final String TRACKS = "~/tracks";

  private static final Pattern OWN = Pattern.compile("~/([^/]+)/([^/]+)");
  private static final Pattern FEED = Pattern.compile("~/([^/]+)\\.cmfv");
  private static final Pattern NUMBERED =
      Pattern.compile("([ihsnt])([0-9a-z]{1,12})(?:-(\\d{1,18})(?:\\.(\\d{1,6}))?)?\\.(?:mp4|m4s)");

  /** What a name is of. */
  sealed interface Wanted {
    /** All tracks as one playlist. */
    record Multivariant() implements Wanted {}

    /** All tracks as one manifest. */
    record Manifest() implements Wanted {}

    /** The time of day. */
    record Clock() implements Wanted {}

    /** The names of tracks. */
    record Tracks() implements Wanted {}

    /** All that comes of a track. */
    record Everything(String track) implements Wanted {}

    /** The playlist of a track. */
    record Playlist(String track) implements Wanted {}

    /** What goes before segments. */
    record Head(String track, long serial) implements Wanted {}

    /** What goes before the segments of a timeline. */
    record Start(String track, long timeline) implements Wanted {}

    /** A segment by its number. */
    record Segment(String track, long serial, long sequence) implements Wanted {}

    /** A part by its number. */
    record Part(String track, long serial, long sequence, int part) implements Wanted {}

    /** A segment by its place on a timeline. */
    record Numbered(String track, long timeline, long number) implements Wanted {}

    /** A segment by when it begins on a timeline. */
    record Timed(String track, long timeline, long micros) implements Wanted {}
  }

  static String text(long serial) {
    return Long.toString(serial, 36);
  }

  static long serial(String text) {
    return Long.parseLong(text, 36);
  }

  String head(long serial) {
    return "i" + text(serial) + ".mp4";
  }

  String segment(long sequence) {
    return "s" + text(track) + "-" + sequence + ".m4s";
  }

  String part(long sequence, int part) {
    return "s" + text(track) + "-" + sequence + "." + part + ".m4s";
  }

  static String start(long timeline) {
    return "h" + text(timeline) + ".mp4";
  }

  static String numbered(long timeline) {
    return "n" + text(timeline) + "-$Number$.m4s";
  }

  static String timed(long timeline) {
    return "t" + text(timeline) + "-$Time$.m4s";
  }

  /** What {@code file} is of, if it is none of a publisher's. */
  static Optional<Wanted> read(String file) {
    return switch (file) {
      case MULTIVARIANT -> Optional.of(new Wanted.Multivariant());
      case MANIFEST -> Optional.of(new Wanted.Manifest());
      case CLOCK -> Optional.of(new Wanted.Clock());
      case TRACKS -> Optional.of(new Wanted.Tracks());
      default -> {
        Matcher feed = FEED.matcher(file);
        Matcher own = OWN.matcher(file);
        yield feed.matches()
            ? Optional.of(new Wanted.Everything(feed.group(1)))
            : own.matches() ? ofTrack(own.group(1), own.group(2)) : Optional.empty();
      }
    };
  }

  private static Optional<Wanted> ofTrack(String track, String name) {
    if (name.equals(MULTIVARIANT)) {
      return Optional.of(new Wanted.Playlist(track));
    }
    Matcher numbered = NUMBERED.matcher(name);
    if (!numbered.matches()) {
      return Optional.empty();
    }
    long serial = serial(numbered.group(2));
    boolean isHead = "ih".contains(numbered.group(1));
    boolean hasNumber = numbered.group(3) != null;
    if (isHead == hasNumber) {
      return Optional.empty();
    }
    long number = hasNumber ? Long.parseLong(numbered.group(3)) : -1;
    String part = numbered.group(4);
    return Optional.of(
        switch (numbered.group(1)) {
          case "i" -> new Wanted.Head(track, serial);
          case "h" -> new Wanted.Start(track, serial);
          case "n" -> new Wanted.Numbered(track, serial, number);
          case "t" -> new Wanted.Timed(track, serial, number);
          default ->
              part == null
                  ? new Wanted.Segment(track, serial, number)
                  : new Wanted.Part(track, serial, number, Integer.parseInt(part));
        });
  }
}
