package darban.protocol;

/** A client's connection as its listener sees it. Event loop of the connection. */
public interface ServerConnection {
  /** How long requests may be on their way from a client that does not know yet it is to go. */
  long FAREWELL_NANOS = 1_000_000_000L;

  /**
   * Whether nothing has been under way since {@code nanos}, so that to close it costs its client no
   * more than a new one.
   */
  boolean idleSince(long nanos);

  /** Serves what is under way, takes nothing new, then closes. */
  void drain();

  /**
   * Serves what still comes, but asks the client to go on by another connection, and closes when it
   * does. No request is lost by it; what is under way, tunnels above all, takes its time.
   */
  void retire();

  /** Closes now; what is under way is reset. */
  void close();
}
