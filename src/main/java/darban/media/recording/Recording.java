package darban.media.recording;

import darban.media.MalformedMedia;
import darban.media.Pieces;
import darban.media.cmaf.InitSegment;
import darban.media.cmaf.MediaSegment;
import darban.media.mp4.Movie;
import darban.media.mp4.Timeline;
import darban.media.mp4.Track;
import darban.media.segment.SegmentPlan;
import darban.media.segment.Segments;
import darban.media.text.Subtitles;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A recording, of one file or of one for each bit rate, as players stream it: its playlists, its
 * manifest and its segments, each under a name relative to the recording's own.
 *
 * <pre>
 *   master.m3u8   manifest.mpd
 *   v0.m3u8   v0-frames.m3u8   a0.m3u8           playlists of a track
 *   v0/init.mp4   v0/0.m4s   v0/1.m4s …          CMAF, the same for HLS and DASH
 *   v0/frame-0.m4s …                             single pictures
 *   s0.m3u8   s0/0.vtt …   s0.vtt                subtitles, in segments for HLS, whole for DASH
 *   ts.m3u8   v0-ts.m3u8   v0/0.ts …             for players that know transport streams only
 * </pre>
 *
 * <p>All of it follows from the files and the options, so that it is the same after every start.
 * Immutable, any thread.
 */
public final class Recording {
  static final String PLAYLIST = "application/vnd.apple.mpegurl";

  private final Options options;
  private final boolean aligned;
  private final long laterMillis;
  private final List<Stream> streams;
  private final List<Text> texts;

  /**
   * How a recording is offered.
   *
   * @param segmentMillis about how long segments are
   * @param startBandwidth bits a second that players begin within
   * @param key address of the key that the upper floor encrypts segments with; empty for none
   */
  public record Options(int segmentMillis, long startBandwidth, String key) {
    /** Ordinary ones. */
    public static final Options DEFAULT = new Options(4000, 1_500_000, "");
  }

  /**
   * A track of a recording.
   *
   * @param name {@code v0}, {@code a1} …
   * @param file which of the movies it is in
   * @param segments how it is cut
   */
  public record Stream(String name, int file, Segments segments) {
    /** The track. */
    public Track track() {
      return segments.track();
    }
  }

  /**
   * Subtitles beside the films.
   *
   * @param language a tag of BCP 47, or empty
   * @param name for people
   * @param subtitles with the times of the first film
   */
  public record Text(String language, String name, Subtitles subtitles) {}

  /**
   * What is found under a name.
   *
   * @param mediaType of the bytes
   * @param pieces the bytes
   */
  public record Answer(String mediaType, Pieces pieces) {
    private static Answer of(String mediaType, ByteBuffer bytes) {
      return new Answer(mediaType, Pieces.builder().made(bytes).build());
    }
  }

  private Recording(List<Movie> files, Options options) {
    this.options = options;
    this.streams = new ArrayList<>();
    this.texts = List.of();
    List<Track> tracks = new ArrayList<>();
    List<Integer> of = new ArrayList<>();
    for (int i = 0; i < files.size(); i++) {
      for (Track track : files.get(i).tracks()) {
        if (plays(track) && !known(track, tracks)) {
          tracks.add(track);
          of.add(i);
        }
      }
    }
    if (tracks.isEmpty()) {
      throw new MalformedMedia("there is nothing in it that players of streams know");
    }
    SegmentPlan plan = SegmentPlan.of(tracks, options.segmentMillis());
    this.aligned = plan.aligned();
    this.laterMillis = plan.laterMillis();
    int[] numbers = new int[2];
    for (int i = 0; i < tracks.size(); i++) {
      int kind = tracks.get(i).isVideo() ? 0 : 1;
      String name = (kind == 0 ? "v" : "a") + numbers[kind]++;
      streams.add(new Stream(name, of.get(i), plan.all().get(i)));
    }
  }

  private Recording(Recording films, List<Text> texts) {
    this.options = films.options;
    this.aligned = films.aligned;
    this.laterMillis = films.laterMillis;
    this.streams = films.streams;
    this.texts =
        texts.stream()
            .map(text -> new Text(text.language, text.name, text.subtitles.later(laterMillis)))
            .toList();
  }

  private static boolean plays(Track track) {
    return (track.isVideo() || track.isAudio())
        && track.codec().isStreamed()
        && track.samples().count() > 0
        && !track.codec().encrypted()
        && !track.samples().mixed();
  }

  /** Whether the same sound is there already: files for several bit rates each have it. */
  private static boolean known(Track track, List<Track> others) {
    return track.isAudio()
        && others.stream()
            .anyMatch(other ->
                other.codec().name().equals(track.codec().name())
                    && other.format().equals(track.format())
                    && other.labels().equals(track.labels()));
  }

  /** A recording of files that show the same; the sound is that of the first ones that have it. */
  public static Recording of(List<Movie> files, List<Text> texts, Options options) {
    return new Recording(files, options).with(texts);
  }

  /** The same with these subtitles, and no others. */
  public Recording with(List<Text> others) {
    return new Recording(this, others);
  }

  /** Its tracks. */
  public List<Stream> streams() {
    return List.copyOf(streams);
  }

  /** Whether players change freely between its bit rates. */
  public boolean aligned() {
    return aligned;
  }

  List<Text> texts() {
    return texts;
  }

  /** How long it is, in milliseconds. */
  public long millis() {
    long end = 0;
    for (Stream stream : streams) {
      Segments segments = stream.segments();
      long ticks = segments.start(segments.count());
      end = Math.max(end, Timeline.nearest(ticks, segments.timescale(), 1000));
    }
    return end;
  }

  /** Roughly how many bytes of memory it takes. */
  public long weight() {
    return streams.stream().mapToLong(each -> each.segments().weight()).sum()
        + texts.stream()
            .flatMap(text -> text.subtitles().cues().stream())
            .mapToLong(cue -> 100 + 2L * cue.text().length())
            .sum();
  }

  Options options() {
    return options;
  }

  List<Stream> videos() {
    return streams.stream().filter(each -> each.track().isVideo()).toList();
  }

  List<Stream> audios() {
    return streams.stream().filter(each -> each.track().isAudio()).toList();
  }

  /**
   * A segment that is to be muxed from its samples.
   *
   * @param streams what goes into it, the one that it is cut by first
   * @param number which segment
   */
  public record Transport(List<Stream> streams, int number) {
    /** How its streams are cut, as {@link darban.media.ts.TsMuxer} wants them. */
    public List<Segments> segments() {
      return streams.stream().map(Stream::segments).toList();
    }
  }

  /** The transport stream under a name; empty if there is none. */
  public Optional<Transport> transport(String name) {
    int slash = name.indexOf('/');
    if (slash < 0 || !name.endsWith(".ts")) {
      return Optional.empty();
    }
    int number = number(name.substring(slash + 1, name.length() - 3));
    return stream(name.substring(0, slash))
        .map(of -> TsOffer.streams(this, of))
        .filter(streams -> !streams.isEmpty() && number >= 0)
        .filter(streams -> number < streams.getFirst().segments().count())
        .map(streams -> new Transport(streams, number));
  }

  /** What is found under a name; empty if nothing is. */
  public Optional<Answer> answer(String name) {
    int slash = name.indexOf('/');
    if (name.startsWith("s")) {
      return TextOffer.answer(this, name);
    }
    if (slash >= 0) {
      return stream(name.substring(0, slash)).flatMap(of -> media(of, name.substring(slash + 1)));
    }
    return switch (name) {
      case "master.m3u8" -> Optional.of(text(PLAYLIST, HlsOffer.multivariant(this)));
      case "ts.m3u8" -> TsOffer.multivariant(this).map(bytes -> text(PLAYLIST, bytes));
      case "manifest.mpd" ->
          Optional.of(text("application/dash+xml", DashOffer.manifest(this).bytes()));
      default -> playlist(name);
    };
  }

  static Answer text(String mediaType, byte[] bytes) {
    return Answer.of(mediaType, ByteBuffer.wrap(bytes));
  }

  private Optional<Stream> stream(String name) {
    return streams.stream().filter(each -> each.name().equals(name)).findFirst();
  }

  private Optional<Answer> playlist(String name) {
    if (name.endsWith("-frames.m3u8")) {
      return stream(name.substring(0, name.length() - 12))
          .filter(of -> of.track().isVideo())
          .map(of -> text(PLAYLIST, HlsOffer.frames(of, options)));
    }
    if (name.endsWith("-ts.m3u8")) {
      return stream(name.substring(0, name.length() - 8))
          .filter(of -> !TsOffer.streams(this, of).isEmpty())
          .map(of -> text(PLAYLIST, HlsOffer.media(of, options, ".ts")));
    }
    return name.endsWith(".m3u8")
        ? stream(name.substring(0, name.length() - 5))
            .map(of -> text(PLAYLIST, HlsOffer.media(of, options, ".m4s")))
        : Optional.empty();
  }

  private static Optional<Answer> media(Stream of, String name) {
    String mediaType = of.track().isVideo() ? "video/mp4" : "audio/mp4";
    Segments segments = of.segments();
    if (name.equals("init.mp4")) {
      return Optional.of(Answer.of(mediaType, InitSegment.of(segments)));
    }
    if (!name.endsWith(".m4s")) {
      return Optional.empty();
    }
    boolean frame = name.startsWith("frame-");
    int number = number(name.substring(frame ? 6 : 0, name.length() - 4));
    if (frame && of.track().isVideo()) {
      boolean there = number >= 0 && number < segments.keyFrameCount();
      return there
          ? Optional.of(
              new Answer(
                  mediaType, MediaSegment.ofSample(segments, segments.keyFrame(number), of.file())))
          : Optional.empty();
    }
    return !frame && number >= 0 && number < segments.count()
        ? Optional.of(new Answer(mediaType, MediaSegment.of(segments, number, of.file())))
        : Optional.empty();
  }

  /** Its key frame of that time as a film of its own; empty if it has no pictures. */
  public Optional<Pieces> still(long millis) {
    return videos().stream()
        .filter(each -> each.segments().keyFrameCount() > 0)
        .findFirst()
        .map(of -> {
          Segments segments = of.segments();
          long share = segments.keyFrameCount() * millis / Math.max(1, millis());
          int number = (int) Math.min(share, segments.keyFrameCount() - 1);
          Pieces.Builder pieces = Pieces.builder().made(InitSegment.of(segments));
          MediaSegment.ofSample(segments, segments.keyFrame(number), of.file())
              .list()
              .forEach(pieces::add);
          return pieces.build();
        });
  }

  /** A number as we write it; -1 for anything else, so that a segment has one name only. */
  static int number(String digits) {
    boolean ours =
        !digits.isEmpty()
            && digits.length() < 9
            && digits.chars().allMatch(c -> c >= '0' && c <= '9')
            && (digits.length() == 1 || digits.charAt(0) != '0');
    return ours ? Integer.parseInt(digits) : -1;
  }
}
