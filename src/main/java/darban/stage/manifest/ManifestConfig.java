package darban.stage.manifest;

import static darban.config.Shapes.bandwidth;
import static darban.config.Shapes.either;
import static darban.config.Shapes.integer;
import static darban.config.Shapes.map;
import static darban.config.Shapes.section;
import static darban.config.Shapes.size;
import static darban.config.Shapes.text;
import static darban.config.Shapes.within;

import darban.config.Rate;
import darban.config.Registry;
import darban.config.Shape;
import darban.exchange.Parts;
import darban.exchange.Phase;
import darban.exchange.Stage;
import darban.exchange.StageConfig;
import java.util.Map;
import java.util.Optional;

/**
 * The key {@code manifests} of a route.
 *
 * @param addresses what becomes of addresses
 * @param offer what of the variants stays
 * @param steering who tells players which pathway to take
 * @param most bytes of a manifest; a larger one is refused
 */
public record ManifestConfig(
    Addresses addresses, Offer offer, Optional<Steering> steering, int most)
    implements StageConfig {
  /**
   * What becomes of addresses.
   *
   * @param base before the paths of those on this host; empty to leave them
   * @param replaced beginnings of absolute ones, and what takes their place; the first counts
   * @param query put into all of them, as a query has it; or empty
   */
  public record Addresses(String base, Map<String, String> replaced, String query) {}

  /**
   * What of the variants stays; if none would, all do.
   *
   * @param maxHeight rows of pictures
   * @param maxBandwidth bits a second
   * @param startBandwidth the best of at most so many is put in front, where players begin; HLS
   */
  public record Offer(
      Optional<Integer> maxHeight, Optional<Long> maxBandwidth, Optional<Long> startBandwidth) {}

  /**
   * Content steering.
   *
   * @param server who tells
   * @param pathways what stands before the paths of each, by its name, the first to begin with;
   *     none to leave those of the manifest
   */
  public record Steering(String server, Map<String, String> pathways) {}

  private static final Shape<String> BASE =
      text(
          "the beginning of a URL",
          "write scheme and host, such as `https://cdn.example`",
          "https?://[^/?#\\s]+(/[^?#\\s]*)?");

  private static final Shape<Steering> STEERING =
      section(
          "manifests.steering",
          keys -> {
            var server =
                keys.required(
                    "server",
                    text("an address", "write a URL or a path", "(https?:/)?/[^\\s\"]+"),
                    "Who tells, such as a route with the action `steering`");
            var pathways =
                keys.withDefault(
                    "pathways",
                    map(
                        text(
                            "the name of a pathway",
                            "use letters, digits, `.`, `-` and `_`",
                            "[A-Za-z0-9._-]{1,64}"),
                        either(BASE, text("a slash", "write `/` for this host", "/"))),
                    "{}",
                    "Where all is to be had: { own: /, cdn: \"https://cdn.example\" }; players begin"
                        + " with the first. Without, those of the manifest");
            return values -> new Steering(values.get(server), values.get(pathways));
          });

  private static final Shape<Long> BITS =
      bandwidth().map((Rate rate) -> rate.amount() * 8_000 / rate.per().toMillis());

  private static final Shape<ManifestConfig> SHAPE =
      section(
              "manifests",
              keys -> {
                var base =
                    keys.optional(
                        "base-url", BASE, "Addresses of this host become absolute, with it");
                var replaced =
                    keys.withDefault(
                        "replace",
                        map(BASE, text("an address", "write a URL or a path", "(https?:/)?/\\S*")),
                        "{}",
                        "Beginnings of absolute addresses: { \"http://packager:9000/\": / }");
                var query =
                    keys.withDefault(
                        "add-query",
                        text("parameters of a query", "write `name=value`", "[^\\s?#\"]*"),
                        "\"\"",
                        "Put into all addresses: `name=value`");
                var height =
                    keys.optional("max-height", integer(1, 100_000), "Variants with more rows go");
                var bandwidth = keys.optional("max-bandwidth", BITS, "Variants with more go");
                var start =
                    keys.optional(
                        "start-bandwidth",
                        BITS,
                        "The best HLS variant of at most that comes first");
                var steering =
                    keys.optional(
                        "steering", STEERING, "Puts content steering into HLS and DASH manifests");
                var most =
                    keys.withDefault(
                        "max-size",
                        within(size(), "1KiB", "16MiB"),
                        "8MiB",
                        "A larger manifest is refused");
                return values ->
                    new ManifestConfig(
                        new Addresses(
                            values.get(base).orElse(""), values.get(replaced), values.get(query)),
                        new Offer(values.get(height), values.get(bandwidth), values.get(start)),
                        values.get(steering),
                        values.get(most).intValue());
              })
          .check((config, where, problems) -> {
            boolean pathways = config.steering().map(it -> !it.pathways().isEmpty()).orElse(false);
            if (pathways && !config.addresses().base().isEmpty()) {
              problems.error(
                  where.at("base-url"),
                  "it would lead all pathways of `steering` to one host",
                  "remove it, or name the host among the pathways");
            }
          });

  /** Registers the stage. */
  public static void register(Registry<StageConfig> stages) {
    stages.register("manifests", SHAPE, "Changes HLS and DASH manifests of the origin");
  }

  @Override
  public Phase phase() {
    return Phase.MANIFEST;
  }

  @Override
  public Stage stage(Parts parts) {
    return new ManifestStage(this);
  }
}
