package darban.media.hls;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a media playlist means (RFC 8216bis §4.4.3 to §4.4.5), read from one of others or written as
 * one of ours. Immutable, any thread.
 *
 * @param header what holds for all of it
 * @param skipped segments that a delta update leaves out at the beginning
 * @param segments all others, in order
 * @param edge what is told of the segment that is being made
 */
public record MediaPlaylist(Header header, long skipped, List<Segment> segments, Edge edge) {
  public MediaPlaylist {
    segments = List.copyOf(segments);
  }

  /** What kind of playlist it is (§4.4.3.5). */
  public enum Type {
    /** Segments come and go. */
    LIVE,
    /** Segments come and stay. */
    EVENT,
    /** Nothing changes any more. */
    VOD
  }

  /** What may be so of a whole playlist. */
  public enum Trait {
    /** No segment will be added. */
    ENDED,
    /** Each segment is one picture. */
    I_FRAMES_ONLY,
    /** Every segment can be decoded by itself. */
    INDEPENDENT
  }

  /**
   * What holds for the whole playlist.
   *
   * @param targetSeconds no segment is longer
   * @param sequence the number of the first segment
   * @param discontinuitySequence breaks that lay before the first segment
   * @param partTarget no part is longer, in microseconds; -1 without parts
   * @param control what the server can do
   */
  public record Header(
      Type type,
      int targetSeconds,
      long sequence,
      long discontinuitySequence,
      Set<Trait> traits,
      long partTarget,
      ServerControl control) {
    public Header {
      traits = Set.copyOf(traits);
    }

    /** Of a recording. */
    public static Header vod(int targetSeconds) {
      Set<Trait> traits = Set.of(Trait.ENDED, Trait.INDEPENDENT);
      return new Header(Type.VOD, targetSeconds, 0, 0, traits, -1, ServerControl.NONE);
    }

    /**
     * Of a live stream.
     *
     * @param type LIVE where segments go at the beginning, EVENT where they stay
     */
    public static Header live(
        Type type, int targetSeconds, long sequence, long discontinuitySequence) {
      return new Header(
          type,
          targetSeconds,
          sequence,
          discontinuitySequence,
          Set.of(Trait.INDEPENDENT),
          -1,
          ServerControl.NONE);
    }

    /** The same with parts of at most {@code target} microseconds, as near to live as may be. */
    public Header parts(long target) {
      ServerControl near = ServerControl.lowLatency(targetSeconds, target);
      return new Header(type, targetSeconds, sequence, discontinuitySequence, traits, target, near);
    }

    /** The same with one trait more. */
    public Header with(Trait trait) {
      Set<Trait> more = new HashSet<>(traits);
      more.add(trait);
      return new Header(
          type, targetSeconds, sequence, discontinuitySequence, more, partTarget, control);
    }

    /** Whether it has a trait. */
    public boolean is(Trait trait) {
      return traits.contains(trait);
    }
  }

  /**
   * What is told of the segment that is being made, and of other renditions.
   *
   * @param parts of it that are there
   * @param next what holds for it
   * @param hints what is asked for before it is there
   * @param reports the newest of other renditions
   * @param dateRanges what happens when
   */
  public record Edge(
      List<Segment.Part> parts,
      Segment.Context next,
      List<Hint> hints,
      List<Report> reports,
      List<Attributes> dateRanges) {
    /** Nothing. */
    public static final Edge NONE =
        new Edge(List.of(), Segment.Context.NONE, List.of(), List.of(), List.of());

    public Edge {
      parts = List.copyOf(parts);
      hints = List.copyOf(hints);
      reports = List.copyOf(reports);
      dateRanges = List.copyOf(dateRanges);
    }
  }

  /**
   * What a player may ask for before it is there (§4.4.5.3).
   *
   * @param map whether it is a head and not a part
   * @param offset where in {@code uri} it begins, or 0
   * @param length how many bytes, -1 if that is not known
   */
  public record Hint(boolean map, String uri, long offset, long length) {
    /** The next part. */
    public static Hint part(String uri) {
      return new Hint(false, uri, 0, -1);
    }
  }

  /**
   * The newest of another rendition (§4.4.5.4).
   *
   * @param sequence of its last segment, or of the one that is being made
   * @param part the last part of it, -1 without
   */
  public record Report(String uri, long sequence, long part) {}

  /** Of a recording. */
  public static MediaPlaylist vod(int targetSeconds, List<Segment> segments) {
    return new MediaPlaylist(Header.vod(targetSeconds), 0, segments, Edge.NONE);
  }

  /** Reads what the lines mean. */
  public static MediaPlaylist of(HlsPlaylist playlist) {
    return new MediaPlaylistParser(playlist).parsed();
  }

  /** How long its segments are played, in microseconds. */
  public long micros() {
    return segments.stream().mapToLong(Segment::micros).sum();
  }

  /** The number that the segment after the last one has. */
  public long nextSequence() {
    return header.sequence + skipped + segments.size();
  }

  /** The segment with a number, or null if it is not here. */
  public @Nullable Segment segment(long sequence) {
    long at = sequence - header.sequence - skipped;
    return at >= 0 && at < segments.size() ? segments.get((int) at) : null;
  }

  /** The playlist. */
  public byte[] bytes() {
    return new MediaPlaylistWriter(this).written(0);
  }

  /**
   * A delta update (§6.2.5.1): without the segments that a player knows from before. The whole
   * playlist where too few could be left out, or where the server promises none.
   */
  public byte[] delta() {
    long until = header.control.canSkipUntil();
    long distance = edge.parts.stream().mapToLong(Segment.Part::micros).sum();
    int kept = 0;
    while (kept < segments.size() && distance < until) {
      distance += segments.get(segments.size() - ++kept).micros();
    }
    boolean promised = until >= 0 && skipped == 0;
    return new MediaPlaylistWriter(this).written(promised ? segments.size() - kept : 0);
  }
}
