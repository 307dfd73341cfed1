package darban.stage.manifest;

import static darban.config.Shapes.bandwidth;
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
 * @param most bytes of a manifest; a larger one is refused
 */
public record ManifestConfig(Addresses addresses, Offer offer, int most) implements StageConfig {
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

  private static final Shape<String> BASE =
      text(
          "the beginning of a URL",
          "write scheme and host, such as `https://cdn.example`",
          "https?://[^/?#\\s]+(/[^?#\\s]*)?");

  private static final Shape<Long> BITS =
      bandwidth().map((Rate rate) -> rate.amount() * 8_000 / rate.per().toMillis());

  private static final Shape<ManifestConfig> SHAPE =
      section(
          "manifests",
          keys -> {
            var base =
                keys.optional("base-url", BASE, "Addresses of this host become absolute, with it");
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
                    "start-bandwidth", BITS, "The best HLS variant of at most that comes first");
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
                    values.get(most).intValue());
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
