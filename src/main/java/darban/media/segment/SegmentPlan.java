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
 * sound stays in step. What begins late begins at zero as well, with its first picture or with
 * silence: players of HLS take zero for where the first segment begins (RFC 8216 §3), and those
 * that decode by Media Source Extensions play nothing where one of the tracks has nothing.
 * Immutable, any thread.
 */
public final class SegmentPlan {
  /** What is decoded before the first sound that is heard; decoders settle within it. */
  private static final int PREROLL_MILLIS = 100;

  /** Two days of sound have this many. */
  private static final int MOST_SAMPLES = 1 << 23;

  /** A picture does not stand still for longer: the segment that it begins lasts as long too. */
  private static final int LONGEST_STILL_SECONDS = 10;

  private final List<Segments> all;
  private final boolean aligned;
  private final Origin origin;

  private SegmentPlan(List<Segments> all, boolean aligned, Origin origin) {
    this.all = List.copyOf(all);
    this.aligned = aligned;
    this.origin = origin;
  }

  /**
   * A plan of tracks {@code asTheyAre}, which may be of several files, with segments of about
   * {@code targetMillis}.
   */
  public static SegmentPlan of(List<Track> asTheyAre, int targetMillis) {
    asTheyAre.forEach(SegmentPlan::require);
    Origin origin = Origin.of(asTheyAre);
    List<Track> tracks = asTheyAre.stream().map(each -> fromZero(each, origin)).toList();
    List<Track> videos = tracks.stream().filter(Track::isVideo).toList();
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

  private static Track fromZero(Track track, Origin origin) {
    long late = track.samples().shownAt(0) + origin.shift(track);
    boolean still = late <= (long) LONGEST_STILL_SECONDS * track.timeline().timescale();
    Track begun = late > 0 && (still || track.isAudio()) ? track.beginningEarlier(late) : track;
    return begun.samples().count() <= MOST_SAMPLES ? begun : track;
  }

  private static void require(Track track) {
    int count = track.samples().count();
    if (count == 0 || count > MOST_SAMPLES) {
      throw new MalformedMedia("track " + track.id() + " has " + count + " samples");
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

  /** Whether all pictures are cut at the same times, so that players change between them freely. */
  public boolean aligned() {
    return aligned;
  }

  /** Milliseconds by which all is shown later than the file says; negative if it is earlier. */
  public long laterMillis() {
    return Timeline.nearest(origin.ticks, origin.timescale, 1000);
  }

  /**
   * What is added to all times so that no picture is shown before zero, and something is at zero.
   *
   * @param ticks of {@code timescale}
   */
  private record Origin(long ticks, int timescale) {
    static Origin of(List<Track> tracks) {
      Origin hidden = new Origin(0, 1);
      Origin first = new Origin(Long.MIN_VALUE, 1);
      for (Track track : tracks) {
        Origin own = new Origin(-track.presentedAt(0), track.timeline().timescale());
        hidden = track.isVideo() && own.above(hidden) ? own : hidden;
        first = first.ticks == Long.MIN_VALUE || own.above(first) ? own : first;
      }
      // Where all begins late, such as the recording of a live stream, it begins at 0 instead.
      return hidden.ticks == 0 && first.ticks < 0 ? first : hidden;
    }

    private boolean above(Origin other) {
      return ticks > Timeline.scaled(other.ticks, other.timescale, timescale);
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
      if (sample >= end) {
        break;
      }
      if (worth) {
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
