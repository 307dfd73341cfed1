package darban.protocol;

/** A client's connection as its listener sees it. Event loop of the connection. */
public interface ServerConnection {
  /** Whether nothing is under way, so that closing it costs its client no more than a new one. */
  boolean idle();

  /** Serves what is under way, takes nothing new, then closes. */
  void drain();

  /** Closes now; what is under way is reset. */
  void close();
}
