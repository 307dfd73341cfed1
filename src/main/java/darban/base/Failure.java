package darban.base;

import org.jspecify.annotations.Nullable;

/**
 * The one exception of the house: what went wrong ({@link Kind}), whose fault it is ({@link Side})
 * and whether the request may be sent again ({@link Retry}).
 *
 * <p>It carries no stack trace, for it is an outcome and not a bug. Its message may be shown to a
 * client: it never holds a secret, an address behind the gateway or a file's path. What only the
 * operator may see goes into {@link #detail()}. Immutable, any thread.
 */
public final class Failure extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final Kind kind;
  private final Retry retry;
  private final String message;
  private final String detail;

  private Failure(
      Kind kind, Retry retry, String message, String detail, @Nullable Throwable cause) {
    super(
        kind + ": " + message + (detail.isEmpty() ? "" : " (" + detail + ")"), cause, false, false);
    this.kind = kind;
    this.message = message;
    this.retry = retry;
    this.detail = detail;
  }

  /** A failure with a short reason that a client may read. */
  public static Failure of(Kind kind, String message) {
    return new Failure(kind, Retry.NEVER, message, "", null);
  }

  /** As {@link #of(Kind, String)}, with the throwable that led to it. */
  public static Failure of(Kind kind, String message, Throwable cause) {
    return new Failure(kind, Retry.NEVER, message, "", cause);
  }

  /** Whatever was thrown as a failure: itself, or a bug of ours. */
  public static Failure from(Throwable thrown) {
    return thrown instanceof Failure failure
        ? failure
        : new Failure(Kind.INTERNAL, Retry.NEVER, "internal error", thrown.toString(), thrown);
  }

  /** The same failure with a sentence for the log only. */
  public Failure detailed(String detail) {
    return new Failure(kind, retry, message, detail, getCause());
  }

  /** The same failure with another answer to whether the request may go again. */
  public Failure retry(Retry retry) {
    return new Failure(kind, retry, message, detail, getCause());
  }

  /** What went wrong. */
  public Kind kind() {
    return kind;
  }

  /** Whose fault it is. */
  public Side side() {
    return kind.side();
  }

  /** Whether the request may be sent again. */
  public Retry retry() {
    return retry;
  }

  /** The short reason; safe to show to a client. */
  public String message() {
    return message;
  }

  /** What only the operator may read, or empty. */
  public String detail() {
    return detail;
  }
}
