package darban.media.recording;

import darban.media.dash.AdaptationSet;
import darban.media.dash.Addressing;
import darban.media.dash.DashManifest;
import darban.media.dash.Representation;
import darban.media.mp4.Format;
import darban.media.mp4.Timeline;
import darban.media.mp4.Track;
import darban.media.recording.Recording.Stream;
import darban.media.segment.Segments;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A recording as DASH offers it. Pure. */
final class DashOffer {
  private DashOffer() {}

  static DashManifest manifest(Recording recording) {
    Map<Object, List<Stream>> sets = new LinkedHashMap<>();
    for (Stream video : recording.videos()) {
      // Players change freely within a set only where all is cut alike and coded alike.
      Object set =
          recording.aligned()
              ? video.track().codec().fourCc() + video.segments().timescale()
              : video;
      sets.computeIfAbsent(set, each -> new ArrayList<>()).add(video);
    }
    recording.audios().forEach(each -> sets.put(each, List.of(each)));
    long longest = 0;
    for (Stream stream : recording.streams()) {
      Segments segments = stream.segments();
      long millis = Timeline.scaled(segments.longest(), segments.timescale(), 1000);
      // More than that, since Shaka lets a track wait for a second that is ahead by as much.
      longest = Math.max(longest, millis + 1);
    }
    List<AdaptationSet> all = new ArrayList<>(sets.values().stream().map(DashOffer::set).toList());
    all.addAll(TextOffer.sets(recording.texts()));
    return DashManifest.recording(
        recording.millis(), longest, List.of(DashManifest.Period.only(all)));
  }

  private static AdaptationSet set(List<Stream> streams) {
    Stream first = streams.getFirst();
    Segments segments = first.segments();
    long[] starts = new long[segments.count() + 1];
    for (int i = 0; i < starts.length; i++) {
      starts[i] = segments.start(i);
    }
    Track.Labels labels = first.track().labels();
    String language = labels.language().equals("und") ? "" : labels.language();
    return new AdaptationSet(
        first.track().isVideo() ? AdaptationSet.Kind.VIDEO : AdaptationSet.Kind.AUDIO,
        new AdaptationSet.Labels(
            language, labels.name(), first.name().equals("v0") || first.name().equals("a0")),
        streams.stream().map(DashOffer::representation).toList(),
        new Addressing.Timeline(
            segments.timescale(),
            0,
            "$RepresentationID$/init.mp4",
            "$RepresentationID$/$Number$.m4s",
            0,
            Addressing.runs(starts)));
  }

  private static Representation representation(Stream stream) {
    Track track = stream.track();
    Representation.Format format =
        switch (track.format()) {
          case Format.Video video ->
              new Representation.Video(
                  video.width(),
                  video.height(),
                  video.sarWidth() + ":" + video.sarHeight(),
                  frameRate(track));
          case Format.Audio audio -> new Representation.Audio(audio.channels(), audio.rate());
          default -> new Representation.Text();
        };
    return new Representation(
        stream.name(), stream.segments().bitRate().peak(), track.codec().name(), format);
  }

  /** As a fraction where it is steady, else rounded. */
  private static String frameRate(Track track) {
    int duration = track.samples().commonDuration();
    if (!track.samples().steady() || duration == 0) {
      long rate = Math.round(track.frameRate());
      return rate > 0 ? Long.toString(rate) : "";
    }
    int timescale = track.timeline().timescale();
    int common = BigInteger.valueOf(timescale).gcd(BigInteger.valueOf(duration)).intValue();
    int below = duration / common;
    return timescale / common + (below == 1 ? "" : "/" + below);
  }
}
