package darban.live;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A name that a publisher gives a file, and what it tells. Immutable, any thread.
 *
 * @param text below the stream's folder
 * @param kind what is in it
 * @param series the name with its number taken out: what it shares with those before and after
 * @param number the last one in the name, -1 without
 */
record FileName(String text, Kind kind, String series, long number) {
  private static final Set<String> MANIFESTS = Set.of("m3u8", "mpd");
  private static final Set<String> FRAGMENTED =
      Set.of("", "mp4", "m4s", "m4v", "m4a", "cmfv", "cmfa", "cmft", "cmfm");
  private static final Set<String> OTHER_MEDIA = Set.of("ts", "aac", "webm", "vtt", "mp3", "ac3");
  private static final Pattern HEAD = Pattern.compile("(^|.*[^a-z])(init|header)([^a-z].*|$)");
  private static final Pattern NUMBER = Pattern.compile("(.*?)(\\d{1,18})(\\D*)");
  private static final Pattern NOISE =
      Pattern.compile("#|(?<![a-z])(chunk|segment|seg|init|header|streams)(?![a-z])|[^A-Za-z0-9]+");

  /** The track of files whose names tell none. */
  static final String MAIN = "main";

  /** A name under which all of a track can be uploaded in one piece, to be a track of this name. */
  static String ofTrack(String track) {
    // The last number of a name is taken for that of a segment.
    return track + (track.matches(".*\\d.*") ? "-0" : "") + ".cmfv";
  }

  /** What is in a file. */
  enum Kind {
    /** A playlist or manifest: found when it is complete, the one before until then. */
    MANIFEST,
    /** What goes before segments: found when it is complete. */
    HEAD,
    /** Found, and read, while it comes. */
    SEGMENT,
    /** Found when it is complete. */
    OTHER
  }

  /** The name {@code text}. */
  static FileName of(String text) {
    String file = text.substring(text.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
    // Publishing points of tracks are written Streams(video-2.cmfv) (DASH-IF live media ingest,
    // interface 1): all of a track goes there, so that a number in it is no segment's.
    boolean point = file.endsWith(")");
    file = point ? file.substring(0, file.length() - 1) : file;
    int dot = file.lastIndexOf('.');
    String ending = dot < 0 ? "" : file.substring(dot + 1);
    Kind kind = kind(dot < 0 ? file : file.substring(0, dot), ending);
    int end = dot < 0 ? text.length() : text.lastIndexOf('.');
    Matcher numbered = NUMBER.matcher(text.substring(0, end));
    return numbered.matches() && !point
        ? new FileName(
            text,
            kind,
            numbered.group(1) + "#" + numbered.group(3) + text.substring(end),
            Long.parseLong(numbered.group(2)))
        : new FileName(text, kind, text, -1);
  }

  private static Kind kind(String base, String ending) {
    if (MANIFESTS.contains(ending)) {
      return Kind.MANIFEST;
    }
    boolean media = FRAGMENTED.contains(ending) || OTHER_MEDIA.contains(ending);
    if (media && HEAD.matcher(base).matches()) {
      return Kind.HEAD;
    }
    return media ? Kind.SEGMENT : Kind.OTHER;
  }

  /** Whether fragments of MP4 may be in it. */
  boolean mayBeFragmented() {
    return FRAGMENTED.contains(ending());
  }

  /**
   * Whether a transport stream without end may be in it, and not a file that is one of many, as HLS
   * has them: those have numbers in their names.
   */
  boolean mayBeMultiplexed() {
    String file = text.substring(text.lastIndexOf('/') + 1);
    boolean numbered = file.substring(0, file.length() - ending().length()).matches(".*\\d.*");
    return !numbered && (mayBeFragmented() || ending().equals("ts"));
  }

  private String ending() {
    int dot = series.lastIndexOf('.');
    String ending = dot < 0 ? "" : series.substring(dot + 1).toLowerCase(Locale.ROOT);
    return ending.endsWith(")") ? ending.substring(0, ending.length() - 1) : ending;
  }

  /** The next of its series. */
  boolean follows(long newest) {
    return number == newest + 1;
  }

  /** The words of a name that tell which track it is of; joined by dashes, for an address. */
  String track() {
    String name = kind == Kind.HEAD ? text : series;
    int dot = name.lastIndexOf('.');
    String base = name.substring(0, dot < 0 ? name.length() : dot).toLowerCase(Locale.ROOT);
    StringBuilder words = new StringBuilder();
    for (String word : NOISE.split(base)) {
      if (!word.isEmpty()) {
        words.append(words.isEmpty() ? "" : "-").append(word);
      }
    }
    return words.isEmpty() ? MAIN : words.toString();
  }
}
