package darban.media.hls;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A segment of a media playlist (RFC 8216bis §4.4.4). Immutable, any thread.
 *
 * @param uri where it is, variables in it not yet replaced
 * @param micros how long it is played, in microseconds
 * @param title for people, or empty
 * @param range which bytes of {@code uri} it is, or null for all
 * @param context what holds for it
 * @param parts it was published in
 */
public record Segment(
    String uri,
    long micros,
    String title,
    @Nullable ByteRange range,
    Context context,
    List<Part> parts) {
  public Segment {
    parts = List.copyOf(parts);
  }

  /** A whole file that follows the one before. */
  public static Segment of(String uri, long micros, Context context) {
    return new Segment(uri, micros, "", null, context, List.of());
  }

  /** The same, published in parts. */
  public Segment with(List<Part> published) {
    return new Segment(uri, micros, title, range, context, published);
  }

  /**
   * Bytes of a file.
   *
   * @param offset of the first
   */
  public record ByteRange(long length, long offset) {}

  /**
   * What holds for a segment beside itself.
   *
   * @param map the head that goes before it, or null
   * @param keys it is encrypted with; empty if it is not
   * @param discontinuity whether times or codecs break off before it
   * @param gap whether it is not there
   * @param programDateTime when it was recorded, in milliseconds since 1970; -1 if not told
   */
  public record Context(
      @Nullable Map map,
      List<Attributes> keys,
      boolean discontinuity,
      boolean gap,
      long programDateTime) {
    /** Nothing. */
    public static final Context NONE = new Context(null, List.of(), false, false, -1);

    public Context {
      keys = List.copyOf(keys);
    }

    /** A head only. */
    public static Context of(Map map) {
      return new Context(map, List.of(), false, false, -1);
    }

    /** The same, recorded at a time. */
    public Context at(long millis) {
      return new Context(map, keys, discontinuity, gap, millis);
    }

    /** The same after a break. */
    public Context afterBreak() {
      return new Context(map, keys, true, gap, programDateTime);
    }

    /** The same, encrypted. */
    public Context encrypted(List<Attributes> with) {
      return new Context(map, with, discontinuity, gap, programDateTime);
    }
  }

  /**
   * The head that goes before segments.
   *
   * @param range which bytes of {@code uri}, or null for all
   */
  public record Map(String uri, @Nullable ByteRange range) {
    /** A whole file. */
    public Map(String uri) {
      this(uri, null);
    }
  }

  /**
   * A part of a segment that was published before the segment was complete.
   *
   * @param micros how long it is played, in microseconds
   * @param range which bytes of {@code uri}, or null for all
   * @param independent whether decoding can begin with it
   * @param gap whether it is not there
   */
  public record Part(
      String uri, long micros, @Nullable ByteRange range, boolean independent, boolean gap) {}
}
