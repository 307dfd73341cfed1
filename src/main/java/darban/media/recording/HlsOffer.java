package darban.media.recording;

import darban.media.hls.Attributes;
import darban.media.hls.MediaPlaylist;
import darban.media.hls.MediaPlaylist.Trait;
import darban.media.hls.Micros;
import darban.media.hls.MultivariantPlaylist;
import darban.media.hls.Rendition;
import darban.media.hls.Segment;
import darban.media.hls.Variant;
import darban.media.mp4.Format;
import darban.media.mp4.Track;
import darban.media.recording.Recording.Options;
import darban.media.recording.Recording.Stream;
import darban.media.segment.Segments;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A recording as HLS offers it. Pure. */
final class HlsOffer {
  private HlsOffer() {}

  /** Every bit rate of the pictures with every coding of the sound; without pictures the sounds. */
  static byte[] multivariant(Recording recording) {
    Map<String, List<Stream>> groups = groups(recording.audios());
    MultivariantPlaylist.Builder out = MultivariantPlaylist.builder(6);
    List<Stream> videos = recording.videos();
    if (videos.isEmpty()) {
      recording
          .audios()
          .forEach(each -> out.variant(variant(Optional.empty(), List.of(each), "", "")));
      return out.build().bytes();
    }
    groups.forEach((group, streams) -> renditions(group, streams, out));
    TextOffer.renditions(recording.texts(), out);
    String texts = recording.texts().isEmpty() ? "" : TextOffer.GROUP;
    for (Stream video : videos) {
      if (groups.isEmpty()) {
        out.variant(variant(Optional.of(video), List.of(), "", texts));
      }
      groups.forEach(
          (group, streams) -> out.variant(variant(Optional.of(video), streams, group, texts)));
    }
    videos.forEach(each -> out.variant(frameVariant(each)));
    return MultivariantPlaylist.of(out.build())
        .startingWithin(recording.options().startBandwidth())
        .bytes();
  }

  /** Sounds by their coding: a player takes one group and chooses a language in it. */
  private static Map<String, List<Stream>> groups(List<Stream> audios) {
    Map<String, List<Stream>> groups = new LinkedHashMap<>();
    for (Stream audio : audios) {
      groups
          .computeIfAbsent("audio-" + audio.track().codec().name(), group -> new ArrayList<>())
          .add(audio);
    }
    return groups;
  }

  private static void renditions(
      String group, List<Stream> streams, MultivariantPlaylist.Builder out) {
    List<String> names = new ArrayList<>();
    Stream chosen =
        streams.stream()
            .filter(each -> each.track().labels().enabled())
            .findFirst()
            .orElse(streams.getFirst());
    for (Stream stream : streams) {
      Track.Labels labels = stream.track().labels();
      String language = labels.language().equals("und") ? "" : labels.language();
      String name = labels.name().isEmpty() ? language : labels.name();
      name = name.isEmpty() ? "Sound" : name;
      // Names within a group differ (RFC 8216bis §4.4.6.1.1).
      name = names.contains(name) ? name + " " + (names.size() + 1) : name;
      names.add(name);
      int channels = stream.track().format() instanceof Format.Audio audio ? audio.channels() : 0;
      out.rendition(
          new Rendition(
              Attributes.builder()
                  .word("TYPE", "AUDIO")
                  .quoted("GROUP-ID", group)
                  .quoted("NAME", name)
                  .quoted("LANGUAGE", language)
                  .yesOrNo("DEFAULT", stream == chosen)
                  .yes("AUTOSELECT", true)
                  .quoted("CHANNELS", channels > 0 ? Integer.toString(channels) : "")
                  .quoted("URI", stream.name() + ".m3u8")
                  .build()));
    }
  }

  private static Variant variant(
      Optional<Stream> video, List<Stream> audios, String group, String texts) {
    List<String> codecs = new ArrayList<>();
    video.ifPresent(each -> codecs.add(each.track().codec().name()));
    audios.stream().limit(1).forEach(each -> codecs.add(each.track().codec().name()));
    long peak = video.map(each -> each.segments().bitRate().peak()).orElse(0L);
    long average = video.map(each -> each.segments().bitRate().average()).orElse(0L);
    peak += audios.stream().mapToLong(each -> each.segments().bitRate().peak()).max().orElse(0);
    average +=
        audios.stream().mapToLong(each -> each.segments().bitRate().average()).max().orElse(0);
    Attributes.Builder attributes =
        Attributes.builder()
            .number("BANDWIDTH", peak)
            .number("AVERAGE-BANDWIDTH", average)
            .quoted("CODECS", String.join(",", codecs));
    video.ifPresent(each -> shape(each.track(), attributes, true));
    attributes.quoted("AUDIO", group).quoted("SUBTITLES", texts);
    Stream main = video.orElseGet(audios::getFirst);
    return new Variant(attributes.build(), main.name() + ".m3u8", false);
  }

  static void shape(Track track, Attributes.Builder out, boolean moves) {
    if (track.format() instanceof Format.Video video) {
      long width = (long) video.width() * video.sarWidth() / video.sarHeight();
      boolean upright = video.rotation() % 180 == 0;
      long height = video.height();
      out.word("RESOLUTION", upright ? width + "x" + height : height + "x" + width);
      if (moves) {
        out.decimal("FRAME-RATE", track.frameRate());
      }
      out.word("VIDEO-RANGE", video.range() == Format.VideoRange.SDR ? "" : video.range().name());
    }
  }

  private static Variant frameVariant(Stream video) {
    Segments segments = video.segments();
    Attributes.Builder attributes =
        Attributes.builder()
            .number("BANDWIDTH", segments.keyFrameBitRate().peak())
            .number("AVERAGE-BANDWIDTH", segments.keyFrameBitRate().average())
            .quoted("CODECS", segments.track().codec().name());
    shape(segments.track(), attributes, false);
    String uri = video.name() + "-frames.m3u8";
    return new Variant(attributes.quoted("URI", uri).build(), uri, true);
  }

  /** The segments of a track: files with that ending. */
  static byte[] media(Stream stream, Options options, String ending) {
    Segment.Context context =
        ending.equals(".ts")
            ? Segment.Context.NONE
            : Segment.Context.of(new Segment.Map(stream.name() + "/init.mp4"));
    context = encrypted(context, options);
    Segments segments = stream.segments();
    List<Segment> list = new ArrayList<>(segments.count());
    for (int i = 0; i < segments.count(); i++) {
      String uri = stream.name() + "/" + i + ending;
      list.add(
          Segment.of(uri, micros(segments, segments.start(i), segments.start(i + 1)), context));
    }
    return MediaPlaylist.vod(target(list), list).bytes();
  }

  private static Segment.Context encrypted(Segment.Context context, Options options) {
    return options.key().isEmpty()
        ? context
        : context.encrypted(
            List.of(
                Attributes.builder()
                    .word("METHOD", "AES-128")
                    .quoted("URI", options.key())
                    .build()));
  }

  private static long micros(Segments segments, long from, long to) {
    return Micros.of(to, segments.timescale()) - Micros.of(from, segments.timescale());
  }

  static int target(List<Segment> segments) {
    long longest = segments.stream().mapToLong(Segment::micros).max().orElse(0);
    return (int) Math.max(1, Math.ceilDiv(longest, Micros.SECOND));
  }

  /** Single pictures of a track. */
  static byte[] frames(Stream stream, Options options) {
    Segment.Context context =
        encrypted(Segment.Context.of(new Segment.Map(stream.name() + "/init.mp4")), options);
    Segments segments = stream.segments();
    List<Segment> list = new ArrayList<>(segments.keyFrameCount());
    for (int i = 0; i < segments.keyFrameCount(); i++) {
      long micros = micros(segments, segments.keyFrameStart(i), segments.keyFrameStart(i + 1));
      list.add(Segment.of(stream.name() + "/frame-" + i + ".m4s", micros, context));
    }
    MediaPlaylist.Header header = MediaPlaylist.Header.vod(target(list)).with(Trait.I_FRAMES_ONLY);
    return new MediaPlaylist(header, 0, list, MediaPlaylist.Edge.NONE).bytes();
  }
}
