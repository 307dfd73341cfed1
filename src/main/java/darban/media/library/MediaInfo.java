package darban.media.library;

import darban.media.Tags;
import darban.media.mp4.Format;
import darban.media.mp4.Movie;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What a library shows of a file. Immutable, any thread.
 *
 * @param container of the file
 * @param millis how long it is; 0 if that cannot be told
 * @param tracks what there is to see, hear and read
 * @param tags what the file says about itself
 * @param chapters where they begin, or empty
 * @param cues where one can jump to, or none
 */
public record MediaInfo(
    Container container,
    long millis,
    List<TrackInfo> tracks,
    Tags tags,
    List<Movie.Chapter> chapters,
    Cues cues) {
  public MediaInfo {
    tracks = List.copyOf(tracks);
    chapters = List.copyOf(chapters);
  }

  /** Without chapters and cues. */
  MediaInfo(Container container, long millis, List<TrackInfo> tracks, Tags tags) {
    this(container, millis, tracks, tags, List.of(), Cues.NONE);
  }

  /** Files that are read. */
  public enum Container {
    MP4("mp4"),
    MATROSKA("x-matroska"),
    WEBM("webm"),
    MP3("mpeg"),
    FLAC("flac"),
    OGG("ogg"),
    WAV("wav");

    private final String subtype;

    Container(String subtype) {
      this.subtype = subtype;
    }
  }

  /**
   * A track.
   *
   * @param codec its name after RFC 6381, as far as it can be told
   * @param format what it shows or plays
   * @param language a tag of BCP 47; {@code und} if not known
   * @param name or empty
   * @param chosen whether it is played unless someone says otherwise
   */
  public record TrackInfo(
      String codec, Format format, String language, String name, boolean chosen) {
    static TrackInfo sound(String codec, int channels, int rate) {
      return new TrackInfo(codec, new Format.Audio(channels, rate), "und", "", true);
    }
  }

  /**
   * Places that one can jump to.
   *
   * @param millis when
   * @param offsets where in the file
   */
  @SuppressWarnings("ArrayRecordComponent") // Compared by nobody; as many as a film has pictures.
  public record Cues(long[] millis, long[] offsets) {
    /** None. */
    public static final Cues NONE = new Cues(new long[0], new long[0]);
  }

  /** Whether there is something to see. */
  public boolean hasPictures() {
    return tracks.stream().anyMatch(each -> each.format() instanceof Format.Video);
  }

  /**
   * What a browser is asked whether it can play: {@code video/mp4; codecs="avc1.64001f,mp4a.40.2"}.
   */
  public String mediaType() {
    String codecs =
        tracks.stream()
            .filter(each ->
                each.format() instanceof Format.Video || each.format() instanceof Format.Audio)
            .map(TrackInfo::codec)
            .distinct()
            .collect(Collectors.joining(","));
    String type = (hasPictures() ? "video/" : "audio/") + container.subtype;
    boolean said = container == Container.MP3 || container == Container.WAV || codecs.isEmpty();
    return said ? type : String.format(Locale.ROOT, "%s; codecs=\"%s\"", type, codecs);
  }
}
