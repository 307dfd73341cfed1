package darban.protocol;

/** A client's connection as its listener sees it. Event loop of the connection. */
public interface ServerConnection {
  /** Serves what is under way, takes nothing new, then closes. */
  void drain();

  /** Closes now; what is under way is reset. */
  void close();
}
