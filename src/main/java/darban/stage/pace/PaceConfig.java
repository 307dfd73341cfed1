package darban.stage.pace;

import static darban.config.Shapes.bandwidth;
import static darban.config.Shapes.section;
import static darban.config.Shapes.size;
import static darban.config.Shapes.within;

import darban.config.Rate;
import darban.config.Registry;
import darban.config.Shape;
import darban.exchange.Parts;
import darban.exchange.Phase;
import darban.exchange.Stage;
import darban.exchange.StageConfig;

/**
 * The key {@code pace} of a route.
 *
 * @param burst bytes of an answer that go at once
 * @param bytesPerSecond from then on
 */
public record PaceConfig(long burst, long bytesPerSecond) implements StageConfig {
  /** Slower is nothing to be watched. */
  static final long SLOWEST = 8_000;

  private static final Shape<Long> RATE =
      bandwidth().map((Rate rate) -> rate.amount() * 1000 / rate.per().toMillis());

  private static final Shape<PaceConfig> SHAPE =
      section(
              "pace",
              keys -> {
                var burst =
                    keys.withDefault(
                        "burst", within(size(), "64KiB", "1GiB"), "8MiB", "What goes at once");
                var rate =
                    keys.required(
                        "rate", RATE, "From then on; a player that asks for less (CMCD) gets less");
                return values -> new PaceConfig(values.get(burst), values.get(rate));
              })
          .check((config, where, problems) -> {
            if (config.bytesPerSecond() < SLOWEST) {
              problems.error(
                  where.at("rate"),
                  "nothing can be played at less than " + SLOWEST * 8 / 1000 + " kbit/s",
                  "write more, such as `20Mbit/s`");
            }
          });

  /** Registers the stage. */
  public static void register(Registry<StageConfig> stages) {
    stages.register("pace", SHAPE, "Answers go at a rate, after a burst");
  }

  @Override
  public Phase phase() {
    return Phase.PACE;
  }

  @Override
  public Stage stage(Parts parts) {
    return new PaceStage(this);
  }
}
