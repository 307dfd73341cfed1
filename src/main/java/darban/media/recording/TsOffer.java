package darban.media.recording;

import darban.media.hls.Attributes;
import darban.media.hls.MultivariantPlaylist;
import darban.media.hls.Variant;
import darban.media.recording.Recording.Stream;
import darban.media.ts.TsMuxer;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A recording as HLS offers it to old players: pictures and sound in one transport stream. Pure.
 */
final class TsOffer {
  /** What packets and their headers add to the payload at most, as a factor. */
  private static final double OVERHEAD = 1.15;

  private TsOffer() {}

  /** Pictures with the first sound that can go with them, or sound alone; empty if neither can. */
  static List<Stream> streams(Recording recording, Stream main) {
    if (!TsMuxer.carries(main.track())) {
      return List.of();
    }
    Optional<Stream> sound =
        recording.audios().stream().filter(each -> TsMuxer.carries(each.track())).findFirst();
    return main.track().isVideo() && sound.isPresent() ? List.of(main, sound.get()) : List.of(main);
  }

  /** All bit rates that old players know; empty if there are none. */
  static Optional<byte[]> multivariant(Recording recording) {
    List<Stream> mains = recording.videos().isEmpty() ? recording.audios() : recording.videos();
    List<Variant> variants =
        mains.stream()
            .map(each -> streams(recording, each))
            .filter(streams -> !streams.isEmpty())
            .map(TsOffer::variant)
            .toList();
    if (variants.isEmpty()) {
      return Optional.empty();
    }
    MultivariantPlaylist.Builder out = MultivariantPlaylist.builder(3);
    variants.forEach(out::variant);
    return Optional.of(
        MultivariantPlaylist.of(out.build())
            .startingWithin(recording.options().startBandwidth())
            .bytes());
  }

  private static Variant variant(List<Stream> streams) {
    long peak = streams.stream().mapToLong(each -> each.segments().bitRate().peak()).sum();
    String codecs =
        streams.stream().map(each -> each.track().codec().name()).collect(Collectors.joining(","));
    Attributes.Builder attributes =
        Attributes.builder()
            .number("BANDWIDTH", Math.round(peak * OVERHEAD))
            .quoted("CODECS", codecs);
    HlsOffer.shape(streams.getFirst().track(), attributes, true);
    return new Variant(attributes.build(), streams.getFirst().name() + "-ts.m3u8", false);
  }
}
