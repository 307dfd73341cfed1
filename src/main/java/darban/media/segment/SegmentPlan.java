package darban.media.segment;

import darban.media.MalformedMedia;
import darban.media.mp4.SampleTable;
import darban.media.mp4.Timeline;
import darban.media.mp4.Track;
import java.util.ArrayList;
import java.util.List;

/**
 * Where tracks that are played together are cut. Pictures are cut at sync samples near the wished
 * distance, never between; pictures in several bit rates at the same times where their sync samples
 * allow it; sound and texts follow the pictures, and without pictures are cut by time.
 *
 * <p>Edit lists are applied: a picture that an edit list would hide is shown all the same, since
 * players cannot decode from it without showing it, and everything is moved by as much, so that
 * sound stays in step. Immutable, any thread.
 */
public final class SegmentPlan {
  /** What is decoded before the first sound that is heard; decoders settle within it. */
  private static final int PREROLL_MILLIS = 100;

  private final List<Segments> all;
  private final boolean aligned;
  private final Origin origin;

  private SegmentPlan(List<Segments> all, boolean aligned, Origin origin) {
    this.all = List.copyOf(all);
    this.aligned = aligned;
    this.origin = origin;
  }

  /**
   * A plan of {@code tracks}, which may be of several files, with segments of about {@code
   * targetMillis}.
   */
  public static SegmentPlan of(List<Track> tracks, int targetMillis) {
    tracks.forEach(SegmentPlan::require);
    List<Track> videos = tracks.stream().filter(Track::isVideo).toList();
    Origin origin = Origin.of(videos);
    List<VideoCuts> cuts = new ArrayList<>();
    for (Track video : videos) {
      cuts.add(new VideoCuts(video, origin.shift(video)));
    }
    boolean aligned = VideoCuts.plan(cuts, targetMillis);
    List<Segments> all = new ArrayList<>();
    int next = 0;
    for (Track track : tracks) {
      all.add(
          track.isVideo()
              ? cuts.get(next++).segments()
              : followed(track, origin.shift(track), cuts, targetMillis));
    }
    return new SegmentPlan(all, aligned, origin);
  }

  private static void require(Track track) {
    if (track.samples().count() == 0) {
      throw new MalformedMedia("track " + track.id() + " has no samples");
    }
    if (track.codec().encrypted()) {
      throw new MalformedMedia("track " + track.id() + " is encrypted");
    }
    if (track.samples().mixed()) {
      throw new MalformedMedia(
          "track " + track.id() + " changes its coding on the way, which no segment can say");
    }
  }

  /** The segments of each track, in the order the tracks were given. */
  public List<Segments> all() {
    return all;
  }

  /** The segments of a track that the plan was made of. */
  public Segments of(Track track) {
    return all.stream().filter(each -> each.track() == track).findFirst().orElseThrow();
  }

  /** Whether all pictures are cut at the same times, so that players change between them freely. */
  public boolean aligned() {
    return aligned;
  }

  /** Milliseconds by which all is shown later than the edit lists say. */
  public long laterMillis() {
    return Timeline.nearest(origin.ticks, origin.timescale, 1000);
  }

  /**
   * What is added to all times so that no picture is shown before zero.
   *
   * @param ticks of {@code timescale}
   */
  private record Origin(long ticks, int timescale) {
    static Origin of(List<Track> videos) {
      Origin origin = new Origin(0, 1);
      for (Track video : videos) {
        long early = -video.presentedAt(0);
        int timescale = video.timeline().timescale();
        if (early > Timeline.scaled(origin.ticks, origin.timescale, timescale)) {
          origin = new Origin(early, timescale);
        }
      }
      return origin;
    }

    /** Ticks from composition to presentation of a track. */
    long shift(Track track) {
      Timeline timeline = track.timeline();
      return timeline.shift() + Timeline.nearest(ticks, timescale, timeline.timescale());
    }
  }

  /** Cuts a track of sound or texts where the first pictures are cut, or by time. */
  private static Segments followed(
      Track track, long shift, List<VideoCuts> cuts, int targetMillis) {
    SampleTable samples = track.samples();
    int timescale = track.timeline().timescale();
    int first = samples.sampleAt(-shift - (long) PREROLL_MILLIS * timescale / 1000);
    int end = end(track);
    if (first >= end) {
      throw new MalformedMedia("track " + track.id() + " is cut away by its edit list");
    }
    long finish = samples.decodeTime(end) + shift;
    long target = Math.max(1, (long) targetMillis * timescale / 1000);
    long boundary = Math.max(0, samples.decodeTime(first) + shift);
    Cuts out = new Cuts(first, boundary);
    long[] pictures = cuts.isEmpty() ? new long[] {0} : cuts.getFirst().starts(timescale);
    for (int i = 1; finish - boundary > 0; i++) {
      boundary = i < pictures.length ? pictures[i] : boundary + target;
      // What is a little longer than the pictures is not worth a segment.
      boolean worth = i < pictures.length - 1 || finish - boundary > target / 2;
      int sample = samples.sampleFrom(boundary - shift);
      if (worth && sample < end) {
        long time = samples.decodeTime(sample) + shift;
        out.add(sample, time);
        // Samples may be longer than segments were to be.
        boundary = i >= pictures.length && time - boundary >= target ? time : boundary;
      }
    }
    return out.segments(track, shift, end, finish);
  }

  /** The sample from which on the edit list cuts all away, or the count. */
  static int end(Track track) {
    int end = track.samples().count();
    while (end > 1 && track.presentedAt(end - 1) >= track.timeline().end()) {
      end--;
    }
    return end;
  }
}
