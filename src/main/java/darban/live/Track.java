package darban.live;

import darban.base.Failure;
import darban.base.Kind;
import darban.media.cmaf.Chunk;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
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

  /** Numbers begin with the time since then. */
  private static final Instant NUMBERED_FROM = Instant.parse("2025-01-01T00:00:00Z");

  /** Those of segments count in these: segments that are shorter would get ahead of the time. */
  private static final Duration SHORTEST = Duration.ofMillis(250);

  /** Those of breaks in seconds, up to this: hls.js keeps an array as long. */
  private static final int MOST_BREAKS_AT_FIRST = 1 << 14;

  private final LiveStream stream;
  private final String id;
  private final long serial;
  private final TrackPlaylist playlist;
  private final Deque<LiveSegment> segments = new ArrayDeque<>();
  private LiveSegment.@Nullable Head head;
  private final Writers writers = new Writers();
  private long nextSequence;
  private boolean begun;
  private long breaksGone;
  private long longestSegment;
  private long longestPart;
  private long version;
  private boolean ended;
  private boolean cutHere;
  private boolean interrupted;
  private final Places places;

  /**
   * Nothing of it yet. Its numbers are above those of all tracks of this name before it, those of
   * before a restart too: players give up where they fall (RFC 8216bis §4.4.3.2, §4.4.3.3).
   */
  Track(LiveStream stream, String id) {
    Duration time = Duration.between(NUMBERED_FROM, stream.numbered());
    this.nextSequence = Math.max(0, time.dividedBy(SHORTEST));
    this.breaksGone = Math.max(0, time.toSeconds()) % MOST_BREAKS_AT_FIRST;
    this.stream = stream;
    this.id = id;
    this.serial = stream.nextSerial();
    this.playlist = new TrackPlaylist(stream, this);
    this.places = new Places(stream, segments, () -> ended);
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
      before = writers.claim(upload, nanos);
      cutHere = true;
      ended = false;
      if (upload.standsIn()) {
        cutOff();
      }
    }
    end(before);
    if (!upload.standsIn()) {
      resume();
    }
  }

  private static void end(@Nullable Upload before) {
    if (before != null) {
      before.cut(Failure.of(Kind.CONFLICT, "another publisher took the track over"));
    }
  }

  /** Its publisher is back: whoever stands in for it ends. */
  void resume() {
    Upload before;
    synchronized (stream) {
      before = writers.yielded();
      if (before != null) {
        cutOff();
      }
    }
    end(before);
  }

  /** What is in the making goes on no further: another brings the next. */
  private void cutOff() {
    LiveSegment last = segments.peekLast();
    if (last != null && !last.closed) {
      last.cutOff();
      settle(last);
    }
  }

  /** Whether another has brought what comes behind a segment. */
  boolean isCutOff(LiveSegment segment) {
    synchronized (stream) {
      return segment.closed;
    }
  }

  /** An upload brings no more of it; whether the track ends with it. */
  void release(Upload upload, boolean end) {
    synchronized (stream) {
      if (writers.release(upload)) {
        ended = end && stream.config().standby().isEmpty();
        version++;
      }
    }
  }

  /** No segment will be added, until one is. */
  void end() {
    synchronized (stream) {
      ended = stream.config().standby().isEmpty();
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
      Timeline current = stream.timelines().newest();
      boolean back = last != null && last.timeline == current && times.start() < last.end - GAP;
      boolean other = last != null && last.timeline == current && last.head != with;
      boolean ahead =
          last != null
              && last.timeline == current
              && Math.abs(times.start() - last.end) <= GAP
              && current.isAhead(zero);
      Timeline timeline =
          current == null || back || other || !(ahead || current.holds(zero))
              ? stream.timelines().begin(new Timeline(stream.nextSerial(), zero, times.start()))
              : current;
      boolean broken =
          last != null
              && (interrupted
                  || last.timeline != timeline
                  || last.head != with
                  || Math.abs(times.start() - last.end) > GAP);
      interrupted = false;
      begun = true;
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
      news = !segment.closed && segment.chunk(to, segment.head.times(chunk).end(), least);
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
      settle(segment);
    }
    stream.waiting().ring();
  }

  private void settle(LiveSegment closed) {
    if (closed.parts.isEmpty()) {
      segments.remove(closed);
      // Nothing of it was told but its number, which the next is expected to have.
      nextSequence -= closed.sequence == nextSequence - 1 ? 1 : 0;
      interrupted |= closed.discontinuity;
    } else {
      noteParts(closed);
      longestSegment = Math.max(longestSegment, closed.micros());
    }
    version++;
  }

  /** Whether it had segments, and has none any more. */
  boolean isGone() {
    synchronized (stream) {
      return begun && isEmpty();
    }
  }

  /** Whether it has no segment, and nobody brings one. */
  boolean isEmpty() {
    synchronized (stream) {
      return segments.isEmpty() && writers.isEmpty();
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

  /** Its segments by their places on timelines. */
  Places places() {
    return places;
  }

  /** Its playlist. */
  TrackPlaylist playlist() {
    return playlist;
  }

  /** What goes before the segments of a timeline; of one that is forgotten, before all others. */
  ByteBuffer start(long timeline) {
    boolean forgotten = stream.timelines().isBefore(timeline);
    synchronized (stream) {
      return headOf(each -> forgotten || each.timeline.serial() == timeline);
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
