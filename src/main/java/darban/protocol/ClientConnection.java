package darban.protocol;

import darban.base.Failure;
import darban.flow.Body;
import darban.http.RequestHead;

/** A connection to an origin. Event loop of the connection; owned by a pool. */
public interface ClientConnection {
  /**
   * Sends a request. The connection must be {@link #available}. Its body is taken in any case.
   *
   * @return the exchange, by which it can be cancelled
   */
  ClientStream send(RequestHead head, Body body, ClientHandler handler);

  /** Whether it can take a request now. */
  boolean available();

  /** Whether it is open at all. */
  boolean open();

  /** Whether it takes several requests at once. */
  boolean shared();

  /** Whether it has carried a request before: a failure then may be a stale connection's. */
  boolean reused();

  /** Takes no request any more; closes when what is under way is done. */
  void drain();

  /** Closes; what is under way fails. */
  void close(Failure why);
}
