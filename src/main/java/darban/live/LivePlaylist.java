package darban.live;

import darban.media.hls.MediaPlaylist;
import darban.media.hls.MediaPlaylist.Edge;
import darban.media.hls.MediaPlaylist.Header;
import darban.media.hls.MediaPlaylist.Hint;
import darban.media.hls.MediaPlaylist.Report;
import darban.media.hls.MediaPlaylist.Trait;
import darban.media.hls.Micros;
import darban.media.hls.Segment;
import java.util.ArrayList;
import java.util.List;

/**
 * The media playlist of a track, as RFC 8216bis has it. Addresses are relative to the track's
 * folder. Made of one view; immutable, any thread.
 */
final class LivePlaylist {
  /** Players that are further behind read whole segments. */
  private static final long TARGETS_WITH_PARTS = 3;

  private final HubConfig.Cutting cutting;
  private final Names names;
  private final TrackView track;
  private final List<Report> reports;

  /** Of {@code track}; {@code reports} tell of the others. */
  LivePlaylist(HubConfig.Cutting cutting, Names names, TrackView track, List<Report> reports) {
    this.cutting = cutting;
    this.names = names;
    this.track = track;
    this.reports = reports;
  }

  /** What it means. */
  MediaPlaylist playlist() {
    long first = track.whole().isEmpty() ? track.nextWhole() : track.whole().getFirst().sequence;
    int target = (int) Math.max(1, (track.longestSegment() + Micros.SECOND / 2) / Micros.SECOND);
    Header header = Header.live(MediaPlaylist.Type.LIVE, target, first, track.breaksGone());
    boolean parts = cutting.lowLatency() && !track.ended();
    if (parts) {
      header = header.parts(Math.max(track.longestPart(), cutting.goal()));
    }
    if (track.ended()) {
      header = header.with(Trait.ENDED);
    }
    return new MediaPlaylist(header, 0, segments(parts, target), parts ? edge() : Edge.NONE);
  }

  private List<Segment> segments(boolean parts, int target) {
    long fromEnd = track.edgeParts().stream().mapToLong(LiveSegment.Part::micros).sum();
    List<Segment> newestFirst = new ArrayList<>(track.whole().size());
    for (LiveSegment each : track.whole().reversed()) {
      Segment segment = Segment.of(names.segment(each.sequence), each.micros(), context(each));
      boolean near = fromEnd < TARGETS_WITH_PARTS * Micros.SECOND * target;
      newestFirst.add(parts && near ? segment.with(parts(each, each.parts)) : segment);
      fromEnd += each.micros();
    }
    return newestFirst.reversed();
  }

  private Segment.Context context(LiveSegment segment) {
    Segment.Context context =
        Segment.Context.of(new Segment.Map(names.head(segment.head.serial())))
            .at(segment.timeline.wall(segment.start));
    return segment.discontinuity ? context.afterBreak() : context;
  }

  private List<Segment.Part> parts(LiveSegment segment, List<LiveSegment.Part> parts) {
    List<Segment.Part> all = new ArrayList<>(parts.size());
    for (int i = 0; i < parts.size(); i++) {
      LiveSegment.Part part = parts.get(i);
      String uri = names.part(segment.sequence, i);
      all.add(new Segment.Part(uri, part.micros(), null, part.independent(), false));
    }
    return all;
  }

  private Edge edge() {
    LiveSegment edge = track.edge();
    long sequence = track.nextWhole();
    List<Segment.Part> parts = edge == null ? List.of() : parts(edge, track.edgeParts());
    Segment.Context next = edge == null ? Segment.Context.NONE : context(edge);
    return new Edge(parts, next, List.of(hint(sequence, parts)), reports, List.of());
  }

  /** What comes next: the segment's next part, or the first of the one after it if it is full. */
  private Hint hint(long sequence, List<Segment.Part> parts) {
    long there = parts.stream().mapToLong(Segment.Part::micros).sum();
    boolean full = there > track.longestSegment() - track.longestPart() / 2;
    return Hint.part(full ? names.part(sequence + 1, 0) : names.part(sequence, parts.size()));
  }
}
