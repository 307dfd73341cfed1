package darban.live;

import darban.media.MalformedMedia;
import darban.media.cmaf.Chunk;
import darban.media.hls.Micros;
import darban.media.mp4.MovieHead;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A segment of a track, whole or in the making. Guarded by the lock of its track. Times are in
 * microseconds.
 */
final class LiveSegment {
  final long sequence;
  final Clip clip;
  final Head head;
  final Timeline timeline;
  final boolean discontinuity;
  final long start;
  final List<Part> parts = new ArrayList<>();
  long end;
  boolean closed;
  private long partFrom;
  private long partStart;
  private boolean partIndependent;

  /**
   * What goes before segments.
   *
   * @param serial of no other
   * @param bytes as they were sent, read-only
   */
  record Head(long serial, MovieHead movie, ByteBuffer bytes) {
    /** When a chunk is, by its pictures if it has any, else by what comes first in it. */
    Times times(Chunk chunk) {
      if (chunk.runs().isEmpty()) {
        throw new MalformedMedia("a chunk has no samples");
      }
      Chunk.Run run = chunk.runs().getFirst();
      int timescale = 1;
      for (Chunk.Run each : chunk.runs()) {
        for (darban.media.mp4.Track track : movie.movie().tracks()) {
          boolean better = track.isVideo() || each == chunk.runs().getFirst();
          if (track.id() == each.track() && better) {
            run = each;
            timescale = track.timeline().timescale();
          }
        }
      }
      long start = Micros.of(run.decodeTime(), timescale);
      long end = Micros.of(run.decodeTime() + run.duration(), timescale);
      return new Times(start, end, timescale, run.independent());
    }
  }

  /**
   * When a chunk is.
   *
   * @param end of its last sample
   * @param timescale of its track
   * @param independent whether decoding can begin with it
   */
  record Times(long start, long end, int timescale, boolean independent) {}

  /**
   * A part.
   *
   * @param from its first byte in the clip
   * @param to behind its last
   * @param independent whether decoding can begin with it
   */
  record Part(long from, long to, long micros, boolean independent) {}

  /** Where a segment stands. */
  record Place(long sequence, Timeline timeline, boolean discontinuity, long start) {}

  LiveSegment(Place place, Head head, Clip clip) {
    this.sequence = place.sequence();
    this.timeline = place.timeline();
    this.discontinuity = place.discontinuity();
    this.start = place.start();
    this.head = head;
    this.clip = clip;
    this.end = start;
    this.partStart = start;
  }

  /** How long it is played. */
  long micros() {
    return end - start;
  }

  /** Bytes of whole chunks. */
  long bytes() {
    return parts.isEmpty() ? 0 : parts.getLast().to();
  }

  /** When a chunk begins, which tells whether a part can begin with it. */
  void chunkBegins(boolean independent) {
    if (partStart == end) {
      partIndependent = independent;
    }
  }

  /**
   * A chunk is complete.
   *
   * @param to behind its last byte
   * @param until when its last sample ends
   * @param least a shorter part waits for more
   * @return whether a part is complete with it
   */
  boolean chunk(long to, long until, long least) {
    end = Math.max(end, until);
    return end - partStart >= least && endPart(to);
  }

  private boolean endPart(long to) {
    if (to <= partFrom) {
      return false;
    }
    parts.add(new Part(partFrom, to, end - partStart, partIndependent));
    partFrom = to;
    partStart = end;
    return true;
  }

  /** Another goes on: what is no part yet is none. */
  void cutOff() {
    end = partStart;
    closed = true;
  }

  /** No more comes; {@code to} is behind the last byte of its last chunk. */
  void close(long to) {
    endPart(to);
    closed = true;
  }
}
