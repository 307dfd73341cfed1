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
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A track of a stream: its segments, in the order they began, and the parts of each. Guarded by its
 * stream's lock, which every method takes.
 */
final class Track {
  /** What lies further apart is no coincidence of rounding: the track was interrupted. */
  private static final long GAP = 500_000;

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
  private @Nullable Grid grid;

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

  /** Whether it had a segment ever. */
  boolean isUsed() {
    synchronized (stream) {
      return nextSequence > 0;
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

  /** Bytes that are found: a part of a clip, held once; to its end where {@code to} is -1. */
  record Found(Clip clip, long from, long to) {}

  /** A segment by its number; null when it is the next. */
  @Nullable Found segment(long sequence) {
    synchronized (stream) {
      if (sequence == nextSequence && !ended) {
        return null;
      }
      return found(
          segments.stream().filter(each -> each.sequence == sequence).findFirst(), Track::all);
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
      return found(
          segment.filter(each -> there),
          each -> new long[] {each.parts.get(part).from(), each.parts.get(part).to()});
    }
  }

  /**
   * How long each segment is on a timeline, about: what numbers of segments are counted in. It
   * stays what it was once it was told.
   */
  long grid(Timeline on, long measured) {
    synchronized (stream) {
      if (grid == null || grid.timeline != on.serial()) {
        grid = new Grid(on.serial(), measured);
      }
      return grid.micros;
    }
  }

  private record Grid(long timeline, long micros) {}

  /** A segment by its place on a timeline; null when it is the next. */
  @Nullable Found numbered(long timeline, long number) {
    synchronized (stream) {
      if (grid == null || grid.timeline != timeline) {
        throw LiveStream.notFound();
      }
      long micros = grid.micros;
      LiveSegment last = segments.peekLast();
      boolean live = last != null && last.timeline.serial() == timeline && !ended;
      if (live && number == number(last, micros) + 1) {
        return null;
      }
      return found(
          segments.stream()
              .filter(each -> each.timeline.serial() == timeline && number(each, micros) == number)
              .findFirst(),
          Track::all);
    }
  }

  /** A segment by when it begins on a timeline. */
  Found timed(long timeline, long micros) {
    synchronized (stream) {
      return found(
          segments.stream()
              .filter(each -> each.timeline.serial() == timeline && each.start == micros)
              .findFirst(),
          Track::all);
    }
  }

  /** Where a segment is on its timeline, counted in {@code grid}s. */
  static long number(LiveSegment segment, long grid) {
    return Math.floorDiv(segment.start - segment.timeline.base() + grid / 2, grid);
  }

  private static long[] all(LiveSegment segment) {
    return new long[] {0, segment.closed && !segment.clip.isWhole() ? segment.bytes() : -1};
  }

  private static Found found(Optional<LiveSegment> segment, Function<LiveSegment, long[]> bounds) {
    LiveSegment there = segment.orElseThrow(LiveStream::notFound);
    long[] span = bounds.apply(there);
    if (!there.clip.retain()) {
      throw LiveStream.notFound();
    }
    return new Found(there.clip, span[0], span[1]);
  }

  /** Its playlist. */
  TrackPlaylist playlist() {
    return playlist;
  }

  /** What goes before the segments of a timeline. */
  ByteBuffer start(long timeline) {
    synchronized (stream) {
      return segments.stream()
          .filter(each -> each.timeline.serial() == timeline)
          .findFirst()
          .orElseThrow(LiveStream::notFound)
          .head
          .bytes();
    }
  }

  /** What goes before segments, by its number. */
  ByteBuffer head(long serial) {
    synchronized (stream) {
      LiveSegment.Head newest = head;
      if (newest != null && newest.serial() == serial) {
        return newest.bytes();
      }
      return segments.stream()
          .map(each -> each.head)
          .filter(each -> each.serial() == serial)
          .findFirst()
          .orElseThrow(LiveStream::notFound)
          .bytes();
    }
  }
}
