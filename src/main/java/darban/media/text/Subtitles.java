package darban.media.text;

import java.util.Comparator;
import java.util.List;

/**
 * Texts of a film. Immutable, any thread.
 *
 * @param styles blocks of WebVTT that say how texts look and where, without what they would fetch
 * @param cues by the times they begin
 */
public record Subtitles(List<String> styles, List<Cue> cues) {
  /** Longer files are refused. */
  public static final int LONGEST = 16 << 20;

  /** More texts are refused; a film has some thousands. */
  static final int MOST = 200_000;

  public Subtitles {
    styles = List.copyOf(styles);
    cues = cues.stream().sorted(Comparator.comparingLong(Cue::start)).toList();
  }

  /** Reads a file of WebVTT or SubRip, in whatever encoding; which of them its text says. */
  public static Subtitles read(byte[] file) {
    String text = TextEncoding.decoded(file);
    return text.startsWith("WEBVTT") ? WebVttParser.read(text) : SubRip.read(text);
  }

  /** The same, all later. */
  public Subtitles later(long millis) {
    return millis == 0
        ? this
        : new Subtitles(styles, cues.stream().map(cue -> cue.later(millis)).toList());
  }
}
