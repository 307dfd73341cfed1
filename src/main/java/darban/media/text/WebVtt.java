package darban.media.text;

import java.nio.charset.StandardCharsets;

/** Writes WebVTT (W3C), whole or in segments for HLS (RFC 8216bis §3.1.4). Pure. */
public final class WebVtt {
  private WebVtt() {}

  /** All of it in one file. */
  public static byte[] whole(Subtitles subtitles) {
    StringBuilder out = new StringBuilder("WEBVTT\n\n");
    write(subtitles, 0, Long.MAX_VALUE, out);
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  /**
   * What is shown between two times in milliseconds. A cue that is shown beyond stands in the next
   * segment too, under the same id and with the same times, so that players show it once.
   *
   * @param mpegTs what the segments of pictures have for time 0, in ticks of 1/90000
   */
  public static byte[] segment(Subtitles subtitles, long from, long to, long mpegTs) {
    StringBuilder out = new StringBuilder("WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:");
    out.append(mpegTs).append(",LOCAL:00:00:00.000\n\n");
    write(subtitles, from, to, out);
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void write(Subtitles subtitles, long from, long to, StringBuilder out) {
    for (String style : subtitles.styles()) {
      out.append(style).append("\n\n");
    }
    for (Cue cue : subtitles.cues()) {
      if (cue.start() >= to) {
        break;
      }
      if (cue.shownWithin(from, to)) {
        write(cue, out);
      }
    }
  }

  private static void write(Cue cue, StringBuilder out) {
    if (!cue.id().isEmpty()) {
      out.append(cue.id()).append('\n');
    }
    Timestamps.write(cue.start(), out);
    out.append(" --> ");
    Timestamps.write(cue.end(), out);
    if (!cue.settings().isEmpty()) {
      out.append(' ').append(cue.settings());
    }
    out.append('\n').append(cue.text()).append("\n\n");
  }
}
