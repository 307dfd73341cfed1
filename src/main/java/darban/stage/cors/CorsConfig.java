package darban.stage.cors;

import static darban.config.Shapes.bool;
import static darban.config.Shapes.either;
import static darban.config.Shapes.list;
import static darban.config.Shapes.section;
import static darban.config.Shapes.text;
import static darban.config.Shapes.word;

import darban.config.Registry;
import darban.config.Shape;
import darban.exchange.Parts;
import darban.exchange.Phase;
import darban.exchange.Stage;
import darban.exchange.StageConfig;
import java.util.List;

/**
 * The key {@code cors} of a route: {@code on} for pages of any site, or which ones.
 *
 * @param origins such as {@code https://www.example}; empty for any
 * @param credentials whether cookies and passwords may come along
 */
public record CorsConfig(List<String> origins, boolean credentials) implements StageConfig {
  private static final Shape<CorsConfig> SHAPE =
      either(
          word("on", new CorsConfig(List.of(), false)),
          section(
              "cors",
              keys -> {
                var origins =
                    keys.required(
                        "origins",
                        list(
                            text(
                                "an origin",
                                "write scheme and host, such as `https://www.example`",
                                "https?://[^/\\s]+"),
                            1),
                        "Whose pages may read the answers");
                var credentials =
                    keys.withDefault(
                        "credentials", bool(), "false", "Cookies and passwords may come along");
                return values -> new CorsConfig(values.get(origins), values.get(credentials));
              }));

  /** Registers the stage. */
  public static void register(Registry<StageConfig> stages) {
    stages.register("cors", SHAPE, "Pages of other sites may read answers: `on`, or which sites");
  }

  @Override
  public Phase phase() {
    return Phase.CORS;
  }

  @Override
  public Stage stage(Parts parts) {
    return new CorsStage(this);
  }
}
