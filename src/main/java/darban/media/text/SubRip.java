package darban.media.text;

import darban.media.MalformedMedia;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Reads SubRip: a number, times, lines of text, an empty line. Numbers may be missing and empty
 * lines may be within a text, since files have both; a cue begins where times stand. Pure.
 */
final class SubRip {
  private SubRip() {}

  static Subtitles read(String text) {
    String[] lines = text.split("\\r\\n|\\r|\\n", -1);
    List<Cue> cues = new ArrayList<>();
    int at = next(lines, 0);
    while (at < lines.length) {
      Timestamps.Line times = Objects.requireNonNull(Timestamps.line(lines[at]));
      int after = next(lines, at + 1);
      int end = after < lines.length && numbered(lines, after) ? after - 1 : after;
      String raw = String.join("\n", Arrays.asList(lines).subList(at + 1, Math.max(at + 1, end)));
      String clean = CueText.clean(raw);
      if (!clean.isEmpty() && times.end() > times.start()) {
        String settings = CueText.atTop(raw) ? "line:0" : "";
        cues.add(
            new Cue(
                Integer.toString(cues.size() + 1), times.start(), times.end(), settings, clean));
      }
      if (cues.size() > Subtitles.MOST) {
        throw new MalformedMedia("there are more than " + Subtitles.MOST + " subtitles");
      }
      at = after;
    }
    if (cues.isEmpty()) {
      throw new MalformedMedia("there are no subtitles in it");
    }
    return new Subtitles(List.of(), cues);
  }

  private static int next(String[] lines, int from) {
    int at = from;
    while (at < lines.length && Timestamps.line(lines[at]) == null) {
      at++;
    }
    return at;
  }

  /** Whether the line before the times is the number of the cue. */
  private static boolean numbered(String[] lines, int times) {
    String before = lines[times - 1].strip();
    return !before.isEmpty() && before.chars().allMatch(c -> c >= '0' && c <= '9');
  }
}
