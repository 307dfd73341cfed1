package darban.stage.cache;

import static darban.config.Shapes.bool;
import static darban.config.Shapes.choice;
import static darban.config.Shapes.duration;
import static darban.config.Shapes.either;
import static darban.config.Shapes.section;
import static darban.config.Shapes.within;
import static darban.config.Shapes.word;

import darban.config.Shape;
import java.time.Duration;
import java.util.Optional;

/**
 * The key {@code live-edge} of a route's cache: how live HLS and DASH of others are kept.
 *
 * @param notYet how long a 404 is believed while nothing is known of the stream
 * @param noCache what becomes of {@code no-cache} and the like
 * @param prefetch whether what players ask for next is asked for before they do
 */
public record EdgeRules(Duration notYet, NoCache noCache, boolean prefetch) {
  private static final EdgeRules ON = new EdgeRules(Duration.ofMillis(500), NoCache.HEED, false);

  /** What becomes of what an origin says against keeping a manifest for a moment. */
  public enum NoCache {
    /** It is done. */
    HEED,
    /** Manifests are kept as if nothing was said; {@code no-store} and {@code private} count. */
    REPLACE
  }

  /** The shape of the key. */
  static final Shape<Optional<EdgeRules>> SHAPE =
      either(
          word("off", Optional.<EdgeRules>empty()),
          word("on", Optional.of(ON)),
          section(
              "live-edge",
              keys -> {
                var notYet =
                    keys.withDefault(
                        "not-yet",
                        within(duration(), "0s", "10s"),
                        "500ms",
                        "A 404 is believed for half a segment or a part; while that is not known");
                var noCache =
                    keys.withDefault(
                        "no-cache",
                        choice(NoCache.class),
                        "heed",
                        "Origins that forbid to keep manifests: `heed`, or `replace` by our rules");
                var prefetch =
                    keys.withDefault(
                        "prefetch",
                        bool(),
                        "false",
                        "What players of HLS and DASH ask for next is fetched before they do");
                return values ->
                    Optional.of(
                        new EdgeRules(
                            values.get(notYet), values.get(noCache), values.get(prefetch)));
              }));
}
