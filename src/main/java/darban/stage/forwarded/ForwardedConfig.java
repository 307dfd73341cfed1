package darban.stage.forwarded;

import darban.exchange.Parts;
import darban.exchange.Phase;
import darban.exchange.Stage;
import darban.exchange.StageConfig;

/**
 * The stage that every route has.
 *
 * @param pseudonym our name in Via
 * @param tellOrigin whether the origin learns who the client is
 */
public record ForwardedConfig(String pseudonym, boolean tellOrigin) implements StageConfig {
  @Override
  public Phase phase() {
    return Phase.FORWARDED;
  }

  @Override
  public Stage stage(Parts parts) {
    return new ForwardedStage(pseudonym, tellOrigin);
  }
}
