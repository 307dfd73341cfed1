package darban.base;

/** Whether the same request may be sent again after a {@link Failure} (RFC 9110 §9.2.2). */
public enum Retry {
  /** The request may have had its effect, or its body is gone. */
  NEVER,
  /** Sent, but no byte of an answer came: only an idempotent request may go again. */
  IDEMPOTENT,
  /** No byte of the request was processed: any request may go again. */
  ALWAYS
}
