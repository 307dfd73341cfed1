package darban.app;

import darban.config.Registry;
import darban.exchange.Action;
import darban.exchange.StageConfig;
import darban.listen.web.WebConfig;
import darban.serve.files.FilesConfig;
import darban.serve.fixed.RedirectConfig;
import darban.serve.fixed.RespondConfig;
import darban.serve.live.LiveConfig;
import darban.serve.media.MediaConfig;
import darban.serve.player.PlayerConfig;
import darban.serve.radio.RadioAction;
import darban.serve.reports.ReportsConfig;
import darban.serve.reverse.ReverseConfig;
import darban.serve.steering.SteeringConfig;
import darban.stage.cache.RouteCache;
import darban.stage.cors.CorsConfig;
import darban.stage.manifest.ManifestConfig;
import darban.stage.pace.PaceConfig;
import darban.stage.signed.SignedConfig;

/** Every feature of the house: a line each. What is not here does not exist. */
final class Features {
  static final Registry<WebConfig> LISTENERS = new Registry<>("mode");
  static final Registry<Action> ACTIONS = new Registry<>("action");
  static final Registry<StageConfig> STAGES = new Registry<>("stage");

  /** Those that a forward proxy has a use for. */
  static final Registry<StageConfig> FORWARD_STAGES = new Registry<>("stage");

  static {
    WebConfig.register(LISTENERS);

    ReverseConfig.register(ACTIONS);
    FilesConfig.register(ACTIONS);
    LiveConfig.register(ACTIONS);
    MediaConfig.register(ACTIONS);
    RedirectConfig.register(ACTIONS);
    RadioAction.register(ACTIONS);
    RespondConfig.register(ACTIONS);
    SteeringConfig.register(ACTIONS);
    ReportsConfig.register(ACTIONS);

    CorsConfig.register(STAGES);
    PaceConfig.register(STAGES);
    PlayerConfig.register(STAGES);
    SignedConfig.register(STAGES);
    RouteCache.register(STAGES);
    ManifestConfig.register(STAGES);
    RouteCache.register(FORWARD_STAGES);
  }

  private Features() {}
}
