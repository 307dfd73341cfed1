package darban.media.recording;

import darban.media.dash.AdaptationSet;
import darban.media.dash.Addressing;
import darban.media.dash.Representation;
import darban.media.hls.Attributes;
import darban.media.hls.MediaPlaylist;
import darban.media.hls.MultivariantPlaylist;
import darban.media.hls.Rendition;
import darban.media.hls.Segment;
import darban.media.mp4.Timeline;
import darban.media.recording.Recording.Answer;
import darban.media.recording.Recording.Stream;
import darban.media.recording.Recording.Text;
import darban.media.segment.Segments;
import darban.media.text.WebVtt;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The subtitles of a recording as HLS and DASH offer them. Pure.
 *
 * <p>Their segments end where those of the pictures do: after a seek VLC lets its clock begin with
 * the earliest of the segments that it loads, and shows nothing until the clock is at the picture.
 */
final class TextOffer {
  /** The group that variants name. */
  static final String GROUP = "subtitles";

  private static final String WEBVTT = "text/vtt; charset=utf-8";

  private TextOffer() {}

  static void renditions(List<Text> texts, MultivariantPlaylist.Builder out) {
    for (int i = 0; i < texts.size(); i++) {
      out.rendition(
          new Rendition(
              Attributes.builder()
                  .word("TYPE", "SUBTITLES")
                  .quoted("GROUP-ID", GROUP)
                  .quoted("NAME", texts.get(i).name())
                  .quoted("LANGUAGE", texts.get(i).language())
                  .yes("AUTOSELECT", true)
                  .quoted("URI", "s" + i + ".m3u8")
                  .build()));
    }
  }

  static List<AdaptationSet> sets(List<Text> texts) {
    List<AdaptationSet> sets = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      Text text = texts.get(i);
      sets.add(
          new AdaptationSet(
              AdaptationSet.Kind.SUBTITLES,
              new AdaptationSet.Labels(text.language(), text.name(), false),
              List.of(new Representation("s" + i, 1000, "", new Representation.Text())),
              new Addressing.Whole("s" + i + ".vtt")));
    }
    return sets;
  }

  /** What is found under {@code s0.m3u8}, {@code s0.vtt} and {@code s0/0.vtt}. */
  static Optional<Answer> answer(Recording recording, String name) {
    int end = 1;
    while (end < name.length() && Character.isDigit(name.charAt(end))) {
      end++;
    }
    int number = Recording.number(name.substring(1, end));
    if (number < 0 || number >= recording.texts().size()) {
      return Optional.empty();
    }
    Text text = recording.texts().get(number);
    String rest = name.substring(end);
    return switch (rest) {
      case ".vtt" -> Optional.of(Recording.text(WEBVTT, WebVtt.whole(text.subtitles())));
      case ".m3u8" ->
          Optional.of(Recording.text(Recording.PLAYLIST, playlist("s" + number, recording)));
      default -> segment(text, rest, recording);
    };
  }

  private static Optional<Answer> segment(Text text, String rest, Recording recording) {
    boolean ours = rest.startsWith("/") && rest.endsWith(".vtt") && rest.length() > 5;
    int number = ours ? Recording.number(rest.substring(1, rest.length() - 4)) : -1;
    if (number < 0 || number >= lead(recording).count()) {
      return Optional.empty();
    }
    byte[] bytes =
        WebVtt.segment(text.subtitles(), start(number, recording), start(number + 1, recording), 0);
    return Optional.of(Recording.text(WEBVTT, bytes));
  }

  private static byte[] playlist(String name, Recording recording) {
    List<Segment> list = new ArrayList<>();
    for (int i = 0; i < lead(recording).count(); i++) {
      long millis = start(i + 1, recording) - start(i, recording);
      list.add(Segment.of(name + "/" + i + ".vtt", millis * 1000, Segment.Context.NONE));
    }
    return MediaPlaylist.vod(HlsOffer.target(list), list).bytes();
  }

  private static Segments lead(Recording recording) {
    List<Stream> videos = recording.videos();
    return (videos.isEmpty() ? recording.streams() : videos).getFirst().segments();
  }

  /** Where a segment begins, in milliseconds; together they are as long as the recording. */
  private static long start(int number, Recording recording) {
    Segments lead = lead(recording);
    if (number == 0) {
      return 0;
    }
    return number == lead.count()
        ? recording.millis()
        : Timeline.nearest(lead.start(number), lead.timescale(), 1000);
  }
}
