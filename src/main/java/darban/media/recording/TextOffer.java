package darban.media.recording;

import darban.media.dash.AdaptationSet;
import darban.media.dash.Addressing;
import darban.media.dash.Representation;
import darban.media.hls.Attributes;
import darban.media.hls.MediaPlaylist;
import darban.media.hls.MultivariantPlaylist;
import darban.media.hls.Rendition;
import darban.media.hls.Segment;
import darban.media.recording.Recording.Answer;
import darban.media.recording.Recording.Text;
import darban.media.text.WebVtt;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The subtitles of a recording as HLS and DASH offer them. Pure. */
final class TextOffer {
  /** The group that variants name. */
  static final String GROUP = "subtitles";

  private static final long SEGMENT_MILLIS = 30_000;
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
      default -> segment(text, rest, recording.millis());
    };
  }

  private static Optional<Answer> segment(Text text, String rest, long millis) {
    boolean ours = rest.startsWith("/") && rest.endsWith(".vtt") && rest.length() > 5;
    int number = ours ? Recording.number(rest.substring(1, rest.length() - 4)) : -1;
    long from = number * SEGMENT_MILLIS;
    if (number < 0 || from >= millis) {
      return Optional.empty();
    }
    byte[] bytes = WebVtt.segment(text.subtitles(), from, from + SEGMENT_MILLIS, 0);
    return Optional.of(Recording.text(WEBVTT, bytes));
  }

  private static byte[] playlist(String name, Recording recording) {
    List<Segment> list = new ArrayList<>();
    for (long from = 0; from < recording.millis(); from += SEGMENT_MILLIS) {
      long length = Math.min(SEGMENT_MILLIS, recording.millis() - from);
      String uri = name + "/" + list.size() + ".vtt";
      list.add(Segment.of(uri, length * 1000, Segment.Context.NONE));
    }
    return MediaPlaylist.vod((int) (SEGMENT_MILLIS / 1000), list).bytes();
  }
}
