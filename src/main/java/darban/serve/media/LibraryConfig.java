package darban.serve.media;

import static darban.config.Shapes.bool;
import static darban.config.Shapes.directory;
import static darban.config.Shapes.duration;
import static darban.config.Shapes.either;
import static darban.config.Shapes.section;
import static darban.config.Shapes.serverUrl;
import static darban.config.Shapes.size;
import static darban.config.Shapes.within;

import darban.config.ServerUrl;
import darban.config.ServerUrl.Scheme;
import darban.config.Shape;
import darban.media.recording.Recording;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;

/**
 * A library of films, as the configuration says it.
 *
 * @param root where the films are
 * @param browse whether people get pages: lists of folders, and one to play each film
 * @param segment about how long segments are
 * @param faststart whether files whose head is at the end are sent with the head in front
 * @param memory bytes for the tables of films that were asked for of late
 */
public record LibraryConfig(
    Root root, boolean browse, Duration segment, boolean faststart, long memory) {
  /** Where films are. */
  public sealed interface Root {
    /** In a folder. */
    record Local(Path folder) implements Root {}

    /** Behind an origin that answers ranges; its base does not end with a slash. */
    record Origin(ServerUrl.Net url) implements Root {
      static Root of(ServerUrl url) {
        // Sockets of the file system are not among those allowed.
        ServerUrl.Net net = (ServerUrl.Net) url;
        String base = net.base().replaceFirst("/+$", "");
        return new Origin(new ServerUrl.Net(net.scheme(), net.server(), base));
      }
    }
  }

  private static final Shape<Root> ROOT =
      either(
          serverUrl(EnumSet.of(Scheme.HTTP, Scheme.HTTPS, Scheme.H2C, Scheme.H2))
              .map(Root.Origin::of),
          directory().map(Root.Local::new));

  /** The shape of a library. */
  public static final Shape<LibraryConfig> SHAPE =
      section(
          "media",
          keys -> {
            var root =
                keys.required("root", ROOT, "A folder with films and subtitles, or the URL of one");
            var browse =
                keys.withDefault(
                    "browse", bool(), "false", "Whether a folder has pages for people");
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
                    values.get(browse),
                    values.get(segment),
                    values.get(faststart),
                    values.get(memory));
          });

  /** The origin that films are behind; empty for films of a folder. */
  public Optional<ServerUrl.Net> origin() {
    return root instanceof Root.Origin(ServerUrl.Net url) ? Optional.of(url) : Optional.empty();
  }

  /** How its films are offered. */
  Recording.Options options() {
    Recording.Options usual = Recording.Options.DEFAULT;
    return new Recording.Options(
        Math.toIntExact(segment.toMillis()), usual.startBandwidth(), usual.key());
  }
}
