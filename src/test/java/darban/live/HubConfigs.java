package darban.live;

import darban.access.FailedLogins;
import darban.config.Rate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Hubs that anybody may send to, without a disk. */
final class HubConfigs {
  private HubConfigs() {}

  /** Segments of two seconds in parts of 400 ms, kept that long. */
  static HubConfig of(Duration window) {
    return new HubConfig(
        Optional.empty(),
        new FailedLogins(new Rate(10, Duration.ofMinutes(1))),
        new HubConfig.Ring(window, 64 << 20, Optional.empty()),
        new HubConfig.Cutting(true, Duration.ofSeconds(2), Duration.ofMillis(400)),
        Optional.empty(),
        new RelayConfig(Optional.empty(), List.of()),
        Optional.empty(),
        Duration.ofSeconds(5),
        2);
  }
}
