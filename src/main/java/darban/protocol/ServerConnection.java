package darban.protocol;

/** A client's connection as its listener sees it. Event loop of the connection. */
public interface ServerConnection {
  /**
   * Whether nothing has been under way since {@code nanos}, so that to close it costs its client no
   * more than a new one.
   */
  boolean idleSince(long nanos);

  /** Serves what is under way, takes nothing new, then closes. */
  void drain();

  /** Closes now; what is under way is reset. */
  void close();
}
