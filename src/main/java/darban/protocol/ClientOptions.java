package darban.protocol;

import darban.base.Limits;
import java.time.Duration;

/**
 * What we grant an origin. Immutable.
 *
 * @param limits how much
 * @param response the longest wait for a response's head once the request is sent
 * @param idle the longest silence within a response's body, or of a kept connection
 */
public record ClientOptions(Limits limits, Duration response, Duration idle) {
  /** Sixty seconds each. */
  public static final ClientOptions DEFAULT =
      new ClientOptions(Limits.OF_ORIGIN, Duration.ofSeconds(60), Duration.ofSeconds(60));
}
