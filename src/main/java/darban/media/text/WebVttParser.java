package darban.media.text;

import darban.media.MalformedMedia;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reads WebVTT (W3C). Pure. */
final class WebVttParser {
  private static final Pattern SETTING =
      Pattern.compile("(vertical|line|position|size|align|region):[\\w.,%-]{1,40}");

  private WebVttParser() {}

  static Subtitles read(String text) {
    List<String> styles = new ArrayList<>();
    List<Cue> cues = new ArrayList<>();
    String[] lines = text.split("\\r\\n|\\r|\\n", -1);
    int at = 0;
    while (at < lines.length) {
      int end = at;
      while (end < lines.length && !lines[end].isEmpty()) {
        end++;
      }
      if (at > 0 && end > at) {
        block(Arrays.asList(lines).subList(at, end), styles, cues);
      }
      at = end + 1;
    }
    return new Subtitles(styles, cues);
  }

  private static void block(List<String> lines, List<String> styles, List<Cue> cues) {
    String first = lines.getFirst();
    if (first.startsWith("STYLE") || first.startsWith("REGION")) {
      String style = String.join("\n", lines);
      String lower = style.toLowerCase(Locale.ROOT);
      // What would be fetched from elsewhere is not ours to ask for.
      if (!lower.contains("url(") && !lower.contains("@import") && style.length() < 10_000) {
        styles.add(style);
      }
      return;
    }
    int timed = Timestamps.line(first) != null ? 0 : 1;
    Timestamps.Line times = lines.size() > timed ? Timestamps.line(lines.get(timed)) : null;
    if (times == null || first.startsWith("NOTE")) {
      return;
    }
    if (cues.size() == Subtitles.MOST) {
      throw new MalformedMedia("there are more than " + Subtitles.MOST + " subtitles");
    }
    String text = CueText.clean(String.join("\n", lines.subList(timed + 1, lines.size())));
    if (!text.isEmpty() && times.end() > times.start()) {
      String id = timed == 1 ? first.replace("-->", "") : "";
      cues.add(new Cue(id, times.start(), times.end(), settings(times.rest()), text));
    }
  }

  private static String settings(String text) {
    return Arrays.stream(text.split("\\s+"))
        .filter(each -> SETTING.matcher(each).matches())
        .collect(Collectors.joining(" "));
  }
}
