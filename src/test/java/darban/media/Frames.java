package darban.media;

import darban.testkit.Films;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What ffmpeg decodes of a file, frame by frame.
 *
 * @param time in seconds
 * @param hash of what is shown or heard
 */
public record Frames(double time, String hash) {
  /** All frames of one stream that are shown at {@code from} or later. */
  public static List<Frames> of(String input, String stream, double from)
      throws IOException, InterruptedException {
    String out =
        Films.ffmpeg(
            "-copyts "
                + input
                + " -map "
                + stream
                + " -fps_mode passthrough -enc_time_base -1 -f framemd5 -");
    List<Frames> frames = new ArrayList<>();
    double base = 0;
    for (String line : out.lines().toList()) {
      if (line.startsWith("#tb")) {
        String[] tb = line.substring(line.indexOf(':') + 1).strip().split("/");
        base = Double.parseDouble(tb[0]) / Double.parseDouble(tb[1]);
      } else if (!line.startsWith("#")) {
        String[] words = line.split(",\\s*");
        double time = Double.parseDouble(words[2]) * base;
        if (time > from - 0.0005) {
          frames.add(new Frames(time, words[5]));
        }
      }
    }
    return frames;
  }

  /** Whether all are the same, at the same times but for a constant {@code shift} in seconds. */
  public static void assertSame(List<Frames> wanted, List<Frames> found, double shift) {
    for (int i = 0; i < Math.min(wanted.size(), found.size()); i++) {
      Frames one = wanted.get(i);
      Frames other = found.get(i);
      if (!one.hash.equals(other.hash) || Math.abs(one.time + shift - other.time) > 0.0011) {
        throw new AssertionError("frame " + i + ": " + other + " instead of " + one);
      }
    }
    if (wanted.isEmpty() || wanted.size() != found.size()) {
      throw new AssertionError(found.size() + " frames instead of " + wanted.size());
    }
  }
}
