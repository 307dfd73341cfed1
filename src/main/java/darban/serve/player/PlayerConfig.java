package darban.serve.player;

import static darban.config.Shapes.either;
import static darban.config.Shapes.section;
import static darban.config.Shapes.text;
import static darban.config.Shapes.word;

import darban.config.Registry;
import darban.config.Shape;
import darban.exchange.Parts;
import darban.exchange.Phase;
import darban.exchange.Stage;
import darban.exchange.StageConfig;
import java.util.Optional;

/**
 * The key {@code player} of a route.
 *
 * @param folder what is played of a folder that a browser goes to; empty for nothing: folders are
 *     the origin's
 */
public record PlayerConfig(Optional<String> folder) implements StageConfig {
  private static final Shape<PlayerConfig> SHAPE =
      either(
          word("on", new PlayerConfig(Optional.empty())),
          section(
              "player",
              keys -> {
                var folder =
                    keys.optional(
                        "folder",
                        text(
                            "the name of a playlist",
                            "write what it is called in each folder, such as `index.m3u8`",
                            "[^/?#\\s]+\\.m3u8"),
                        "Browsers that go to a folder with a playlist of that name get a page too");
                return values -> new PlayerConfig(values.get(folder));
              }));

  /** Registers the stage. */
  public static void register(Registry<StageConfig> stages) {
    stages.register(
        "player", SHAPE, "Browsers that go to an HLS playlist get a page that plays it: `on`");
  }

  @Override
  public Phase phase() {
    return Phase.PLAYER;
  }

  @Override
  public Stage stage(Parts parts) {
    return new PlayerStage(this);
  }
}
