package darban.serve.media;

import static darban.config.Shapes.bool;
import static darban.config.Shapes.directory;
import static darban.config.Shapes.duration;
import static darban.config.Shapes.section;
import static darban.config.Shapes.size;
import static darban.config.Shapes.within;

import darban.config.Shape;
import darban.media.recording.Recording;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A library of films, as the configuration says it.
 *
 * @param root the folder
 * @param segment about how long segments are
 * @param faststart whether files whose head is at the end are sent with the head in front
 * @param memory bytes for the tables of films that were asked for of late
 */
public record LibraryConfig(Path root, Duration segment, boolean faststart, long memory) {
  /** The shape of a library. */
  public static final Shape<LibraryConfig> SHAPE =
      section(
          "media",
          keys -> {
            var root = keys.required("root", directory(), "A folder with films and subtitles");
            var segment =
                keys.withDefault(
                    "segment",
                    within(duration(), "1s", "20s"),
                    "4s",
                    "About how long segments are; cut at key frames");
            var faststart =
                keys.withDefault(
                    "faststart",
                    bool(),
                    "true",
                    "Whether MP4 files whose head is at the end are sent with it in front");
            var memory =
                keys.withDefault(
                    "memory",
                    within(size(), "1MB", "64GiB"),
                    "128MB",
                    "For the tables of films that were asked for of late");
            return values ->
                new LibraryConfig(
                    values.get(root),
                    values.get(segment),
                    values.get(faststart),
                    values.get(memory));
          });

  /** How its films are offered. */
  Recording.Options options() {
    Recording.Options usual = Recording.Options.DEFAULT;
    return new Recording.Options(
        Math.toIntExact(segment.toMillis()), usual.startBandwidth(), usual.key());
  }
}
