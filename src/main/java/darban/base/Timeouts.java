package darban.base;

import java.time.Duration;

/**
 * How long one client may keep us waiting. All are measured on a clock that only grows, checked
 * about twice a second.
 *
 * @param handshake a TLS or QUIC handshake must end
 * @param head a request head must be complete, counted from the connection's start or from the
 *     head's first byte; a drip does not extend it (408)
 * @param idle a connection between two requests
 * @param body silence within a request body (408)
 * @param write silence of a client that does not take the response we have for it
 * @param window the same where an HTTP/2 client keeps a stream's window shut
 * @param tunnel silence in both directions of a tunnel or an upgraded connection
 * @param minRate bytes per second that a request body must reach, once {@link #minRateAfter} has
 *     passed; 0 for no bound
 * @param minRateAfter grace before {@link #minRate} counts
 */
public record Timeouts(
    Duration handshake,
    Duration head,
    Duration idle,
    Duration body,
    Duration write,
    Duration window,
    Duration tunnel,
    long minRate,
    Duration minRateAfter) {

  /** The defaults. */
  public static final Timeouts DEFAULT =
      new Timeouts(
          Duration.ofSeconds(10),
          Duration.ofSeconds(10),
          Duration.ofSeconds(60),
          Duration.ofSeconds(30),
          Duration.ofSeconds(60),
          Duration.ofSeconds(30),
          Duration.ofHours(1),
          240,
          Duration.ofSeconds(20));
}
