package darban.live;

import static darban.config.Shapes.duration;
import static darban.config.Shapes.file;
import static darban.config.Shapes.section;
import static darban.config.Shapes.text;
import static darban.config.Shapes.within;

import darban.config.Shape;
import darban.media.MalformedMedia;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What is shown of a stream while its publisher is silent. Immutable.
 *
 * @param after silence
 * @param backup the name of another stream, with {@code {stream}} for that of the first
 * @param slate a film that is shown where there is none
 */
public record StandbyConfig(Duration after, Optional<String> backup, Optional<Path> slate) {
  private static final String STREAM = "{stream}";
  private static final String HINT = "write {stream} for its name and something beside it";

  /** The name of the stream that stands in for one; empty where that stands in for another. */
  Optional<String> backup(String stream) {
    return isBackup(stream)
        ? Optional.empty()
        : backup.map(pattern -> pattern.replace(STREAM, stream));
  }

  /** Whether a stream is there to stand in for another. */
  boolean isBackup(String stream) {
    return backup.isPresent()
        && stream.startsWith(before(backup.get()))
        && stream.endsWith(behind(backup.get()));
  }

  private static String before(String pattern) {
    return pattern.substring(0, pattern.indexOf(STREAM));
  }

  private static String behind(String pattern) {
    return pattern.substring(pattern.indexOf(STREAM) + STREAM.length());
  }

  static final Shape<StandbyConfig> SHAPE =
      section(
          "live-standby",
          keys -> {
            var after =
                keys.withDefault(
                    "after",
                    within(duration(), "500ms", "10m"),
                    "3s",
                    "Silence of the publisher after which something else is shown");
            var backup =
                keys.optional(
                    "backup",
                    text("a name", HINT, "[^/{}]*\\{stream}[^/{}]+|[^/{}]+\\{stream}[^/{}]*"),
                    "The stream that is shown then, such as `{stream}-b`, if somebody sends it");
            var slate =
                keys.optional(
                    "slate",
                    file().check(StandbyConfig::checkSlate),
                    "A film in MP4 that is shown again and again where nobody does");
            return values ->
                new StandbyConfig(values.get(after), values.get(backup), values.get(slate));
          });

  private static void checkSlate(
      Path film, darban.config.Node where, darban.config.Problems problems) {
    try {
      Slate.read(film);
    } catch (MalformedMedia | IOException no) {
      problems.error(
          where.at(),
          "`" + film.getFileName() + "` cannot be shown as a slate: " + no.getMessage(),
          "make it with ffmpeg, of H.264 and AAC, with a key frame each second or two");
    }
  }
}
