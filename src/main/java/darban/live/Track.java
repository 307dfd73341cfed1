package darban.live;

import darban.base.Failure;
import darban.base.Kind;
import darban.media.cmaf.Chunk;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A track of a stream: its segments, in the order they began, and the parts of each. Guarded by its
 * stream's lock, which every method takes.
 */
final class Track {
  /** What lies further apart is no coincidence of rounding: the track was interrupted. */
  private static final long GAP = 500_000;

  /** An encoder that is later by more milliseconds is not thought to be there. */
  private static final long PATIENCE = 1000;

  /** Clocks differ: players may ask for as many segments before their time. */
  private static final int EARLY = 2;

  private final LiveStream stream;
  private final String id;
  private final long serial;
  private final TrackPlaylist playlist;
  private final Deque<LiveSegment> segments = new ArrayDeque<>();
  private LiveSegment.@Nullable Head head;
  private @Nullable Upload writer;
  private long nextSequence;
  private long breaksGone;
  private long longestSegment;
  private long longestPart;
  private long version;
  private boolean ended;
  private boolean cutHere;
  private boolean interrupted;
  private final Grids grids = new Grids();

  /** Nothing of it yet. */
  Track(LiveStream stream, String id) {
    this.stream = stream;
    this.id = id;
    this.serial = stream.nextSerial();
    this.playlist = new TrackPlaylist(stream, this);
  }

  String id() {
    return id;
  }

  /** Told apart by it from tracks of the same name before it. */
  long serial() {
    return serial;
  }

  // Writing

  /** An upload brings all of it; one that did before is ended, unless it is at it still. */
  void claim(Upload upload, long nanos) {
    Upload before;
    synchronized (stream) {
      before = writer;
      if (before != null && !before.isSilent(nanos)) {
        throw Failure.of(Kind.CONFLICT, "somebody publishes this track already");
      }
      writer = upload;
      cutHere = true;
      ended = false;
    }
    if (before != null) {
      before.cut(Failure.of(Kind.CONFLICT, "another publisher took the track over"));
    }
  }

  /** An upload brings no more of it; whether the track ends with it. */
  void release(Upload upload, boolean end) {
    synchronized (stream) {
      if (writer == upload) {
        writer = null;
        ended = end;
        version++;
      }
    }
  }

  /** No segment will be added, until one is. */
  void end() {
    synchronized (stream) {
      ended = true;
      version++;
    }
  }

  /** What goes before the segments from now on. */
  void head(LiveSegment.Head next) {
    synchronized (stream) {
      LiveSegment.Head before = head;
      if (before == null || !before.bytes().equals(next.bytes())) {
        head = next;
      }
    }
  }

  LiveSegment.@Nullable Head head() {
    synchronized (stream) {
      return head;
    }
  }

  /** A segment begins with a chunk, whose bytes will be in {@code clip}. */
  LiveSegment begin(Chunk chunk, Clip clip, long nowMillis) {
    synchronized (stream) {
      LiveSegment.Head with = Objects.requireNonNull(head);
      LiveSegment.Times times = with.times(chunk);
      long zero = Timeline.zero(chunk, times, nowMillis);
      LiveSegment last = segments.peekLast();
      Timeline current = stream.timeline();
      boolean back = last != null && last.timeline == current && times.start() < last.end - GAP;
      Timeline timeline =
          current == null || back || !current.holds(zero)
              ? stream.newTimeline(zero, times.start())
              : current;
      boolean broken =
          last != null
              && (interrupted
                  || last.timeline != timeline
                  || last.head != with
                  || Math.abs(times.start() - last.end) > GAP);
      interrupted = false;
      ended = false;
      LiveSegment.Place place =
          new LiveSegment.Place(nextSequence++, timeline, broken, times.start());
      LiveSegment segment = new LiveSegment(place, with, clip);
      segments.add(segment);
      return segment;
    }
  }

  /** A chunk of a segment begins. */
  void chunkBegins(LiveSegment segment, Chunk chunk) {
    synchronized (stream) {
      segment.chunkBegins(segment.head.times(chunk).independent());
    }
  }

  /** A chunk is complete; its last byte lies before {@code to}. */
  void chunkEnds(LiveSegment segment, Chunk chunk, long to) {
    boolean news;
    synchronized (stream) {
      // Parts but the last are to have 85 % of what is the most (RFC 8216bis §4.4.3.7).
      long least = stream.config().cutting().goal() * 85 / 100;
      news = segment.chunk(to, segment.head.times(chunk).end(), least);
      if (news) {
        noteParts(segment);
      }
    }
    if (news) {
      stream.waiting().ring();
    }
  }

  private void noteParts(LiveSegment segment) {
    version++;
    longestPart = Math.max(longestPart, segment.parts.getLast().micros());
  }

  /**
   * A segment is complete, or will never be.
   *
   * @param to behind its last whole chunk
   * @param whole whether all came that was to come
   */
  void close(LiveSegment segment, long to, boolean whole) {
    synchronized (stream) {
      if (segment.closed) {
        return;
      }
      segment.close(to);
      interrupted |= !whole;
      if (segment.parts.isEmpty()) {
        segments.remove(segment);
        interrupted |= segment.discontinuity;
      } else {
        noteParts(segment);
        longestSegment = Math.max(longestSegment, segment.micros());
      }
      version++;
    }
    stream.waiting().ring();
  }

  /** Whether it had segments, and has none any more. */
  boolean isGone() {
    synchronized (stream) {
      return nextSequence > 0 && isEmpty();
    }
  }

  /** Whether it has no segment, and nobody brings one. */
  boolean isEmpty() {
    synchronized (stream) {
      return segments.isEmpty() && writer == null;
    }
  }

  /** Lets go of segments whose bytes are gone. */
  void trim() {
    synchronized (stream) {
      while (!segments.isEmpty() && segments.getFirst().clip.isGivenUp()) {
        breaksGone += segments.removeFirst().discontinuity ? 1 : 0;
        version++;
      }
    }
  }

  // Reading

  /** As it stands. */
  TrackView view() {
    synchronized (stream) {
      List<LiveSegment> whole = new ArrayList<>(segments.size());
      LiveSegment edge = null;
      for (Iterator<LiveSegment> each = segments.iterator(); each.hasNext() && edge == null; ) {
        LiveSegment next = each.next();
        if (next.closed) {
          whole.add(next);
        } else {
          edge = next;
        }
      }
      List<LiveSegment.Part> parts = edge == null ? List.of() : List.copyOf(edge.parts);
      return new TrackView(
          id,
          version,
          whole,
          edge,
          parts,
          nextSequence,
          breaksGone,
          longestSegment,
          longestPart,
          cutHere,
          ended);
    }
  }

  /** Changes with everything that a playlist tells. */
  long version() {
    synchronized (stream) {
      return version;
    }
  }

  /** A segment by its number; null when it is the next. */
  @Nullable Found segment(long sequence) {
    synchronized (stream) {
      if (sequence == nextSequence && !ended) {
        return null;
      }
      return Found.of(
          segments.stream().filter(each -> each.sequence == sequence).findFirst(), Found::all);
    }
  }

  /** A part by its number; null when it may be the next. */
  @Nullable Found part(long sequence, int part) {
    synchronized (stream) {
      Optional<LiveSegment> segment =
          segments.stream().filter(each -> each.sequence == sequence).findFirst();
      boolean coming =
          segment
              .map(each -> !each.closed && part <= each.parts.size())
              .orElse(sequence == nextSequence && part == 0);
      boolean there = segment.filter(each -> part < each.parts.size()).isPresent();
      if (coming && !there && !ended) {
        return null;
      }
      return Found.of(
          segment.filter(each -> there),
          each -> new long[] {each.parts.get(part).from(), each.parts.get(part).to()});
    }
  }

  /** {@link Grids#told}. */
  long grid(Timeline on, long measured) {
    synchronized (stream) {
      return grids.told(on.serial(), measured);
    }
  }

  /** A segment by its place on a timeline; null when it is the next. */
  @Nullable Found numbered(long timeline, long number) {
    synchronized (stream) {
      long micros = grids.of(timeline).orElseThrow(LiveStream::notFound);
      LiveSegment last = segments.peekLast();
      boolean live = last != null && last.timeline.serial() == timeline && !ended;
      if (live && number == number(last, micros) + 1) {
        return null;
      }
      return Found.of(
          segments.stream()
              .filter(each -> each.timeline.serial() == timeline && number(each, micros) == number)
              .findFirst(),
          Found::all);
    }
  }

  /** Whether nothing of a timeline has come for longer than a segment lasts, and a second. */
  boolean isLate(long timeline, long nowMillis) {
    synchronized (stream) {
      LiveSegment last = segments.peekLast();
      long micros = grids.of(timeline).orElse(stream.config().cutting().grid());
      return last == null
          || last.timeline.serial() != timeline
          || nowMillis - last.timeline.wall(last.end) > micros / 1000 + PATIENCE;
    }
  }

  /** Whether the clock told of this segment, which is behind the last that came. */
  boolean isMissing(long timeline, long number, long nowMillis) {
    synchronized (stream) {
      long micros = grids.of(timeline).orElse(0L);
      Optional<LiveSegment> last =
          segments.stream()
              .filter(each -> each.timeline.serial() == timeline)
              .reduce((before, next) -> next);
      if (micros == 0 || last.isEmpty() || !isLate(timeline, nowMillis)) {
        return false;
      }
      Timeline of = last.get().timeline;
      return number > number(last.get(), micros)
          && of.wall(of.base() + (number - EARLY) * micros) <= nowMillis;
    }
  }

  /** A segment by when it begins on a timeline. */
  Found timed(long timeline, long micros) {
    synchronized (stream) {
      return Found.of(
          segments.stream()
              .filter(each -> each.timeline.serial() == timeline && each.start == micros)
              .findFirst(),
          Found::all);
    }
  }

  /** Where a segment is on its timeline, counted in {@code grid}s. */
  static long number(LiveSegment segment, long grid) {
    return Math.floorDiv(segment.start - segment.timeline.base() + grid / 2, grid);
  }

  /** Its playlist. */
  TrackPlaylist playlist() {
    return playlist;
  }

  /** What goes before the segments of a timeline. */
  ByteBuffer start(long timeline) {
    synchronized (stream) {
      return headOf(each -> each.timeline.serial() == timeline);
    }
  }

  /** What goes before segments, by its number. */
  ByteBuffer head(long serial) {
    synchronized (stream) {
      LiveSegment.Head newest = head;
      return newest != null && newest.serial() == serial
          ? newest.bytes()
          : headOf(each -> each.head.serial() == serial);
    }
  }

  private ByteBuffer headOf(Predicate<LiveSegment> segment) {
    return segments.stream()
        .filter(segment)
        .findFirst()
        .orElseThrow(LiveStream::notFound)
        .head
        .bytes();
  }
}
