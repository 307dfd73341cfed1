package darban.live;

import static java.time.temporal.ChronoUnit.MILLIS;

import darban.base.Failure;
import darban.base.Kind;
import darban.http.MediaType;
import darban.live.Names.Wanted;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What viewers of a stream ask for, as it stands. A publisher's file comes before what is made here
 * under the same name. Any thread.
 */
public final class Showing {
  private static final String SEGMENT = "video/mp4";

  private Showing() {}

  /** What is shown. */
  public sealed interface Shown {
    /** Its media type. */
    String type();

    /** Whether there will never be anything else under its name. */
    boolean lasting();

    /** Text, or other bytes made here; read-only. */
    record Made(ByteBuffer bytes, String type, boolean lasting) implements Shown {}

    /**
     * A part of a clip, which is held once for whoever takes this.
     *
     * @param to -1 for its end, wherever that is
     */
    record Part(Clip clip, long from, long to, String type, boolean lasting) implements Shown {}
  }

  /**
   * What of a playlist is asked for (RFC 8216bis §6.2.5).
   *
   * @param sequence the playlist shall hold this segment, -1 for as it is
   * @param part or this part of it, -1 for all of it
   * @param skip whether older segments may be left out
   */
  public record Directives(long sequence, long part, boolean skip) {
    /** As it is. */
    public static final Directives NONE = new Directives(-1, -1, false);

    /** Of a query; what is no number is refused. */
    public static Directives of(@Nullable String query) {
      if (query == null || !query.contains("_HLS_")) {
        return NONE;
      }
      long sequence = number(query, "_HLS_msn");
      long part = number(query, "_HLS_part");
      if (sequence < 0 && part >= 0) {
        throw Failure.of(Kind.BAD_REQUEST, "_HLS_part without _HLS_msn");
      }
      String skip = value(query, "_HLS_skip");
      return new Directives(sequence, part, "YES".equals(skip) || "v2".equals(skip));
    }

    private static long number(String query, String key) {
      String value = value(query, key);
      if (value == null) {
        return -1;
      }
      if (!value.matches("\\d{1,15}")) {
        throw Failure.of(Kind.BAD_REQUEST, key + " is not a number");
      }
      return Long.parseLong(value);
    }

    private static @Nullable String value(String query, String key) {
      for (String each : query.split("&")) {
        if (each.startsWith(key + "=")) {
          return each.substring(key.length() + 1);
        }
      }
      return null;
    }
  }

  /**
   * What is under {@code file}; null while it is not there yet, and may be soon.
   *
   * @throws Failure when there is nothing, and will not be
   */
  public static @Nullable Shown find(
      LiveStream stream, String file, Directives directives, Instant now) {
    Optional<Wanted> own = Names.read(file);
    Clip clip = own.isPresent() ? stream.find(file) : stream.findOrNext(file);
    if (clip != null) {
      return new Shown.Part(clip, 0, -1, MediaType.ofFile(file), false);
    }
    return own.isEmpty() ? null : made(stream, own.get(), directives, now);
  }

  private static @Nullable Shown made(
      LiveStream stream, Wanted wanted, Directives directives, Instant now) {
    return switch (wanted) {
      case Wanted.Clock clock ->
          made(StandardCharsets.UTF_8.encode(now.truncatedTo(MILLIS).toString()), "text/plain");
      case Wanted.Multivariant multivariant -> {
        Offer offer = offer(stream);
        yield offer == null ? null : made(offer.multivariant(), MediaType.ofFile(".m3u8"));
      }
      case Wanted.Manifest manifest -> {
        Offer offer = offer(stream);
        ByteBuffer bytes = offer == null ? null : offer.manifest(now.toEpochMilli());
        yield bytes == null ? null : made(bytes, MediaType.ofFile(".mpd"));
      }
      case Wanted.Playlist(String id) -> playlist(track(stream, id), directives);
      case Wanted.Head(String id, long serial) ->
          new Shown.Made(track(stream, id).head(serial), SEGMENT, true);
      case Wanted.Start(String id, long timeline) ->
          new Shown.Made(track(stream, id).start(timeline), SEGMENT, true);
      case Wanted.Segment(String id, long of, long sequence) ->
          part(track(stream, id, of).segment(sequence));
      case Wanted.Part(String id, long of, long sequence, int part) ->
          part(track(stream, id, of).part(sequence, part));
      case Wanted.Numbered(String id, long timeline, long number) ->
          part(track(stream, id).numbered(timeline, number));
      case Wanted.Timed(String id, long timeline, long micros) ->
          part(track(stream, id).timed(timeline, micros));
    };
  }

  private static Shown made(ByteBuffer bytes, String type) {
    return new Shown.Made(bytes, type, false);
  }

  private static @Nullable Shown part(Track.@Nullable Found found) {
    return found == null
        ? null
        : new Shown.Part(found.clip(), found.from(), found.to(), SEGMENT, true);
  }

  private static Track track(LiveStream stream, String id) {
    Track track = stream.track(id);
    if (track == null) {
      throw LiveStream.notFound();
    }
    return track;
  }

  /** The track of that number: one of the same name before it had other bytes. */
  private static Track track(LiveStream stream, String id, long serial) {
    Track track = track(stream, id);
    if (track.serial() != serial) {
      throw LiveStream.notFound();
    }
    return track;
  }

  /** What there is; null while it is not ready. */
  private static @Nullable Offer offer(LiveStream stream) {
    if (stream.tracks().isEmpty()) {
      throw LiveStream.notFound();
    }
    Offer offer = new Offer(stream);
    return offer.ready() ? offer : null;
  }

  private static @Nullable Shown playlist(Track track, Directives directives) {
    if (directives.sequence() >= 0
        && !track.view().reaches(directives.sequence(), directives.part())) {
      return null;
    }
    ByteBuffer bytes = track.playlist(directives.skip());
    return bytes == null ? null : made(bytes, MediaType.ofFile(".m3u8"));
  }
}
