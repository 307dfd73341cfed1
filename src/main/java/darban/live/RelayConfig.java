package darban.live;

import static darban.config.Shapes.duration;
import static darban.config.Shapes.list;
import static darban.config.Shapes.ref;
import static darban.config.Shapes.secret;
import static darban.config.Shapes.section;
import static darban.config.Shapes.text;
import static darban.config.Shapes.within;

import darban.base.Secret;
import darban.config.Keys;
import darban.config.Ref;
import darban.config.Shape;
import darban.config.Values;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * How streams go from one origin to another. Immutable.
 *
 * @param pull where streams are fetched that are wanted and not here
 * @param push where all that comes is sent on to
 */
public record RelayConfig(Optional<Pull> pull, List<Push> push) {
  /** In a path, for the name of a stream. */
  private static final String STREAM = "{stream}";

  /** Who one is, to a service. */
  public record Login(String user, Secret password) {
    /** The value of Authorization (RFC 7617). */
    public String basic() {
      String pair = user + ":" + password.reveal();
      return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }
  }

  /**
   * Where a stream is at a service.
   *
   * @param path of its folder, or of one track
   */
  public record Place(Ref service, String path, Optional<Login> login) {
    /** Its path; empty for a stream whose name cannot stand in one. */
    public Optional<String> of(String stream) {
      return stream.matches("[A-Za-z0-9._~-]{0,128}") && !stream.matches("\\.{1,2}")
          ? Optional.of(path.replace(STREAM, stream).replace("//", "/"))
          : Optional.empty();
    }
  }

  /**
   * Where streams are fetched.
   *
   * @param linger how long a stream is fetched that nobody watches any more
   */
  public record Pull(Place from, Duration linger) {
    /** Whether it is of another Darban, and not a single track. */
    public boolean isFolder() {
      return from.path.endsWith("/");
    }

    /** Whether it is an HLS playlist, of one track or of several. */
    public boolean isPlaylist() {
      return from.path.endsWith(".m3u8");
    }
  }

  /** Where streams are sent on to. */
  public record Push(Place to) {}

  private static final String PATH_HINT = "begin with a slash, and write {stream} for its name";

  private static final Shape<Login> LOGIN =
      section(
          "live-relay-login",
          keys -> {
            var user = keys.required("user", text(), "A name");
            var password = keys.required("password", secret(), "Of that user");
            return values -> new Login(values.get(user), values.get(password));
          });

  static final Shape<Pull> PULL =
      section(
          "live-pull",
          keys -> {
            var from =
                place(
                    keys,
                    "Where streams are fetched",
                    "/\\S*",
                    "Of a stream of another Darban; of an HLS playlist; or of one track that never ends");
            var linger =
                keys.withDefault(
                    "linger",
                    within(duration(), "1s", "1h"),
                    "20s",
                    "How long a stream is fetched still that nobody watches");
            return values -> new Pull(from.apply(values), values.get(linger));
          });

  static final Shape<Push> PUSH =
      section(
          "live-push",
          keys ->
              place(
                      keys,
                      "Where streams are sent on to",
                      "/\\S*/",
                      "Of the folder that tracks are posted into")
                  .andThen(Push::new));

  /** Declares the keys of a place. */
  private static Function<Values, Place> place(
      Keys keys, String serviceDoc, String pattern, String pathDoc) {
    var service = keys.required("service", ref("service"), serviceDoc);
    var path =
        keys.withDefault("path", text("a path", PATH_HINT, pattern), "/live/{stream}/", pathDoc);
    var login = keys.optional("login", LOGIN, "Who we are there");
    return values -> new Place(values.get(service), values.get(path), values.get(login));
  }

  static final Shape<List<Push>> PUSHES = list(PUSH);
}
