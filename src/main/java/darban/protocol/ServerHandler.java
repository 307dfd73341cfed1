package darban.protocol;

import darban.base.Failure;

/** Who serves the requests of one client connection. Event loop of the connection. */
public interface ServerHandler {
  /** A request came; the handler answers through {@code stream}, now or later. */
  void request(ServerStream stream);

  /**
   * Bytes came that are no acceptable request. The connection has answered and will close; this is
   * for the log.
   *
   * @param start the first bytes of the request as text, control characters escaped
   */
  void refused(Failure why, String start);
}
