package darban.observe;

/**
 * When the steps of one exchange happened, in nanoseconds of the loop's clock; 0 where a step did
 * not. Event loop of the exchange.
 */
public final class Timeline {
  private final long started;
  private long connected;
  private long originAnswered;
  private long answered;
  private long ended;
  private String server = "";
  private int attempts;

  /** A timeline that starts when the request's head was complete. */
  public Timeline(long started) {
    this.started = started;
  }

  /** A try to reach an origin server began. */
  public void attempt(String server) {
    this.server = server;
    attempts++;
  }

  /** A connection to the origin was at hand. */
  public void connected(long nanos) {
    connected = nanos;
  }

  /** The origin's response head came. */
  public void originAnswered(long nanos) {
    originAnswered = nanos;
  }

  /** The answer's head was sent. */
  public void answered(long nanos) {
    answered = nanos;
  }

  /** The exchange is over. */
  public void ended(long nanos) {
    ended = nanos;
  }

  /** When the request's head was complete. */
  public long started() {
    return started;
  }

  /** Nanoseconds until a connection to the origin was at hand, or -1. */
  public long connectNanos() {
    return connected == 0 ? -1 : connected - started;
  }

  /** Nanoseconds until the origin's head came, or -1. */
  public long originNanos() {
    return originAnswered == 0 ? -1 : originAnswered - started;
  }

  /** Nanoseconds until the answer's head went out, or -1. */
  public long firstByteNanos() {
    return answered == 0 ? -1 : answered - started;
  }

  /** Nanoseconds the exchange took. */
  public long totalNanos() {
    return ended - started;
  }

  /** The origin server last tried, or empty. */
  public String server() {
    return server;
  }

  /** How many times an origin server was tried. */
  public int attempts() {
    return attempts;
  }
}
