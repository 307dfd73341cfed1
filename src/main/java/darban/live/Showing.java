package darban.live;

import static java.time.temporal.ChronoUnit.MILLIS;
import static java.util.stream.Collectors.joining;

import darban.base.Failure;
import darban.http.MediaType;
import darban.live.Names.Wanted;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What viewers of a stream ask for, as it stands. A publisher's file comes before what is made here
 * under the same name. Any thread.
 */
public final class Showing {
  private static final String SEGMENT = "video/mp4";

  /** A segment without media, which says that it is the last (ISO/IEC 23009-1 §7.3.1). */
  private static final ByteBuffer LAST =
      StandardCharsets.ISO_8859_1.encode("\0\0\0\u0018stypmsdh\0\0\0\0msdhlmsg").asReadOnlyBuffer();

  private Showing() {}

  /** How long caches may have something. */
  public enum Keeping {
    /** There will never be anything else under its name. */
    LASTING,
    /** A state of a playlist that players wait for: they ask for the next one when it is there. */
    STATE,
    /** It is read again and again by everybody: one question for a crowd is enough. */
    BRIEFLY,
    /** It is of this moment. */
    NEVER
  }

  /** What is shown. */
  public sealed interface Shown {
    /** Its media type. */
    String type();

    /** How long caches may have it. */
    Keeping keeping();

    /** Text, or other bytes made here; read-only. */
    record Made(ByteBuffer bytes, String type, Keeping keeping) implements Shown {}

    /**
     * A part of a clip, which is held once for whoever takes this.
     *
     * @param to -1 for its end, wherever that is
     */
    record Part(Clip clip, long from, long to, String type, Keeping keeping) implements Shown {}

    /** All that comes of a track, from where it is asked for. */
    record Whole(Feed feed, Feed.From from, String type, Keeping keeping) implements Shown {}

    /** Another file of the stream, which has it for now. */
    record Elsewhere(String file, String type, Keeping keeping) implements Shown {}
  }

  /**
   * What is under {@code file}; null while it is not there yet, and may be soon.
   *
   * @throws Failure when there is nothing, and will not be
   */
  public static @Nullable Shown find(
      LiveStream stream, String file, Directives directives, Instant now) {
    Optional<Wanted> own = Names.read(file);
    boolean mayCome = own.isPresent() || (isList(file) && stream.isNew(now));
    Clip clip = mayCome ? stream.find(file) : stream.findOrNext(file);
    if (clip != null) {
      return new Shown.Part(clip, 0, -1, MediaType.ofFile(file), Keeping.BRIEFLY);
    }
    return own.isEmpty() ? null : made(stream, own.get(), directives, now);
  }

  /** Whether it is what players look at again and again: a playlist or manifest. */
  private static boolean isList(String file) {
    return file.endsWith(".m3u8") || file.endsWith(".mpd");
  }

  /**
   * Whether players who know the stream from before a restart come back with it: a list, or what
   * the clock tells of. Those of DASH give up soon where it is not there.
   */
  public static boolean isAskedAgain(String file) {
    return isList(file) || Names.read(file).filter(Wanted.Numbered.class::isInstance).isPresent();
  }

  private static @Nullable Shown made(
      LiveStream stream, Wanted wanted, Directives directives, Instant now) {
    return switch (wanted) {
      case Wanted.Clock clock -> text(now.truncatedTo(MILLIS).toString());
      case Wanted.Multivariant any -> {
        Shown own = published(stream, ".m3u8", now);
        yield own != null ? own : multivariant(stream, directives, now);
      }
      case Wanted.Tracks tracks ->
          text(stream.feeds().stream().map(each -> each.track() + "\n").collect(joining()));
      case Wanted.Everything(String id) ->
          new Shown.Whole(
              new Feed(stream, track(stream, id)), directives.from(), SEGMENT, Keeping.NEVER);
      case Wanted.Manifest any -> {
        Shown own = published(stream, ".mpd", now);
        yield own != null ? own : manifest(stream, directives, now);
      }
      case Wanted.Playlist(String id) ->
          isComing(stream, id, now) ? null : playlist(track(stream, id), directives);
      case Wanted.Head(String id, long serial) ->
          new Shown.Made(track(stream, id).head(serial), SEGMENT, Keeping.LASTING);
      case Wanted.Start(String id, long timeline) ->
          new Shown.Made(
              track(stream, id).start(timeline),
              SEGMENT,
              stream.timelines().isBefore(timeline) ? Keeping.NEVER : Keeping.LASTING);
      case Wanted.Segment(String id, long of, long sequence) ->
          part(track(stream, id, of).segment(sequence));
      case Wanted.Part(String id, long of, long sequence, int part) ->
          part(track(stream, id, of).part(sequence, part));
      case Wanted.Numbered told -> numbered(stream, told, now);
      case Wanted.Timed(String id, long timeline, long micros) ->
          part(track(stream, id).places().timed(timeline, micros));
    };
  }

  /**
   * A segment that the clock told of. It is empty where the encoder, or an earlier process here,
   * died before it came: players would ask for it again and again, and give up in the end.
   */
  private static @Nullable Shown numbered(LiveStream stream, Wanted.Numbered told, Instant now) {
    if (stream.timelines().isBefore(told.timeline())) {
      return last();
    }
    Places places = track(stream, told.track()).places();
    return places.isMissing(told.timeline(), told.number(), now.toEpochMilli())
        ? last()
        : part(places.numbered(told.timeline(), told.number()));
  }

  private static Shown last() {
    return new Shown.Made(LAST.duplicate(), SEGMENT, Keeping.NEVER);
  }

  private static Shown text(String text) {
    return new Shown.Made(StandardCharsets.UTF_8.encode(text), "text/plain", Keeping.NEVER);
  }

  private static Shown list(ByteBuffer bytes, String ending, Directives directives) {
    Keeping keeping = directives.sequence() < 0 ? Keeping.BRIEFLY : Keeping.STATE;
    return new Shown.Made(bytes, MediaType.ofFile(ending), keeping);
  }

  private static @Nullable Shown part(@Nullable Found found) {
    return found == null
        ? null
        : new Shown.Part(found.clip(), found.from(), found.to(), SEGMENT, Keeping.LASTING);
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

  /** Whether there is nothing yet; fails when nothing is coming either. */
  private static boolean isEmpty(LiveStream stream, Instant now) {
    if (!stream.tracks().isEmpty()) {
      return false;
    }
    Failure absent = stream.absent(now);
    if (absent != null) {
      throw absent;
    }
    return true;
  }

  /** Whether that track is not there yet; fails when nothing is coming. */
  private static boolean isComing(LiveStream stream, String id, Instant now) {
    return isEmpty(stream, now) || (stream.track(id) == null && stream.isNew(now));
  }

  /**
   * The publisher's own list, where nothing can be made of its files. Not while the stream is new:
   * tracks may come yet, or the multivariant playlist after the first of its variants.
   */
  private static @Nullable Shown published(LiveStream stream, String ending, Instant now) {
    boolean made = !stream.tracks().isEmpty() || stream.absent(now) == null;
    String list = made ? null : stream.list(ending);
    return list == null ? null : new Shown.Elsewhere(list, MediaType.ofFile(list), Keeping.NEVER);
  }

  /**
   * Whether players get a list whose name ends so, now or soon: one that is made here, or their
   * publisher's own.
   */
  public static boolean has(LiveStream stream, String ending, Instant now) {
    return !stream.tracks().isEmpty() || stream.absent(now) == null || stream.list(ending) != null;
  }

  /** What there is; null while it is not ready. */
  private static @Nullable Offer offer(LiveStream stream, Instant now) {
    if (isEmpty(stream, now)) {
      return null;
    }
    Offer offer = Offer.of(stream);
    return offer.ready() ? offer : null;
  }

  private static @Nullable Shown multivariant(
      LiveStream stream, Directives directives, Instant now) {
    Offer offer = offer(stream, now);
    return offer == null
        ? null
        : list(ByteBuffer.wrap(offer.multivariant(directives.start())), ".m3u8", Directives.NONE);
  }

  private static @Nullable Shown manifest(LiveStream stream, Directives directives, Instant now) {
    if (isEmpty(stream, now)) {
      return null;
    }
    boolean startsOver = directives.start() != null && directives.since() == null;
    List<Timeline> timelines =
        startsOver
            ? stream.timelines().since(stream.oldestTimeline())
            : stream.timelines().since(directives.since());
    if (timelines.isEmpty()) {
      return null;
    }
    ByteBuffer bytes = LiveManifest.of(stream, timelines, directives).bytes(now.toEpochMilli());
    return bytes == null ? null : list(bytes, ".mpd", Directives.NONE);
  }

  private static @Nullable Shown playlist(Track track, Directives directives) {
    if (directives.sequence() >= 0
        && !track.view().reaches(directives.sequence(), directives.part())) {
      return null;
    }
    ByteBuffer bytes = track.playlist().bytes(directives.skip());
    return bytes == null ? null : list(bytes, ".m3u8", directives);
  }
}
