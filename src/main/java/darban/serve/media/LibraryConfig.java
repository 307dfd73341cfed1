package darban.serve.media;

import static darban.config.Shapes.bool;
import static darban.config.Shapes.directory;
import static darban.config.Shapes.duration;
import static darban.config.Shapes.either;
import static darban.config.Shapes.integer;
import static darban.config.Shapes.list;
import static darban.config.Shapes.secret;
import static darban.config.Shapes.section;
import static darban.config.Shapes.serverUrl;
import static darban.config.Shapes.size;
import static darban.config.Shapes.text;
import static darban.config.Shapes.within;

import darban.base.Secret;
import darban.config.ServerUrl;
import darban.config.ServerUrl.Scheme;
import darban.config.Shape;
import darban.media.recording.Recording;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;

/**
 * A library of films, as the configuration says it.
 *
 * @param root where the films are
 * @param browsing what people get
 * @param segment about how long segments are
 * @param faststart whether files whose head is at the end are sent with the head in front
 * @param key what keys of segments are made of; empty: they are not encrypted
 * @param memory bytes for the tables of films that were asked for of late
 */
public record LibraryConfig(
    Root root,
    Browsing browsing,
    Duration segment,
    boolean faststart,
    Optional<Secret> key,
    long memory) {
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

  /**
   * What people get.
   *
   * @param on whether they get pages: a library to look for films in, and to watch them
   * @param posters whether ffmpeg makes the pictures of films
   * @param listing what is told of films that lie behind an origin
   */
  public record Browsing(boolean on, boolean posters, Listing listing) {}

  /**
   * What files there are, where those who have them do not tell.
   *
   * @param films paths of all of them; none if they are not told
   * @param sizes heights of pictures that are looked for beside a film that is called by its own
   */
  public record Listing(List<String> films, List<Integer> sizes) {
    public Listing {
      films = List.copyOf(films);
      sizes = List.copyOf(sizes);
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
                keys.withDefault("browse", bool(), "false", "Whether people get pages: a library");
            var posters =
                keys.withDefault(
                    "posters",
                    bool(),
                    "true",
                    "Whether ffmpeg, where it is installed, makes the pictures of films on pages");
            var films =
                keys.withDefault(
                    "films",
                    list(text()),
                    "[]",
                    "Paths of films and subtitles behind a URL, if it has no index of its own");
            var sizes =
                keys.withDefault(
                    "sizes",
                    list(integer(100, 9999)),
                    "[]",
                    "Heights to look for beside film-720p.mp4 behind a URL that has no index: [360, 720]");
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
            var key =
                keys.optional(
                    "encryption-secret",
                    secret(),
                    "Encrypts segments (AES-128); players get the key beside the playlist, and no file");
            var memory =
                keys.withDefault(
                    "memory",
                    within(size(), "1MB", "64GiB"),
                    "128MB",
                    "For the tables of films that were asked for of late");
            return values ->
                new LibraryConfig(
                    values.get(root),
                    new Browsing(
                        values.get(browse),
                        values.get(posters),
                        new Listing(values.get(films), values.get(sizes))),
                    values.get(segment),
                    values.get(faststart),
                    values.get(key),
                    values.get(memory));
          });

  /** The origin that films are behind; empty for films of a folder. */
  public Optional<ServerUrl.Net> origin() {
    return root instanceof Root.Origin(ServerUrl.Net url) ? Optional.of(url) : Optional.empty();
  }

  /** Whether people get pages. */
  boolean browse() {
    return browsing.on;
  }

  /** Whether a file of that name is not to be had as it is: what is in it is encrypted. */
  boolean hides(String name) {
    return key.isPresent() && Item.kindOf(name).isPresent();
  }

  /** How its films are offered. */
  Recording.Options options() {
    Recording.Options usual = Recording.Options.DEFAULT;
    return new Recording.Options(
        Math.toIntExact(segment.toMillis()),
        usual.startBandwidth(),
        key.isPresent() ? SegmentKey.NAME : "");
  }
}
