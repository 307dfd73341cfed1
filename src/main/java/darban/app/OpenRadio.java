package darban.app;

import darban.base.Ticker;
import darban.radio.Radio;
import darban.radio.RadioConfig;
import darban.radio.Radios;
import io.vertx.core.Future;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Mounts of radio as they run. The next configuration keeps them by their name. Any thread. */
final class OpenRadio implements Part {
  private static final long TICK_MILLIS = 500;

  private final House house;
  private final Radio radio;
  private final long ticking;

  OpenRadio(House house, String name, RadioConfig config) {
    this.house = house;
    this.radio = new Radio(name, config);
    Ticker ticker = Ticker.system();
    this.ticking = house.vertx().setPeriodic(TICK_MILLIS, any -> radio.tick(ticker.nanos()));
  }

  /** The radios of these. */
  static Radios all(Map<String, OpenRadio> open) {
    return new Radios(
        open.entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, each -> each.getValue().radio)));
  }

  /** It is as {@code config} says from now on. */
  void use(RadioConfig config) {
    radio.config(config);
  }

  @Override
  public void retire() {
    // Who sends and who listens goes on until nothing needs it.
  }

  @Override
  public Future<@Nullable Void> close() {
    house.vertx().cancelTimer(ticking);
    radio.close();
    return Future.succeededFuture();
  }
}
