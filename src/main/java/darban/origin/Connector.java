package darban.origin;

import darban.flow.Loop;
import darban.protocol.ClientConnection;
import io.vertx.core.Future;

/** Makes connections to one server, on the loop it is asked from. */
@FunctionalInterface
public interface Connector {
  /** Who hears of a connection made, on its loop. */
  interface Owner {
    /** It can take one request more than before. */
    void freed(ClientConnection connection);

    /** It is closed; told once for each connection made. */
    void closed(ClientConnection connection);
  }

  /** Connects; the connection made can take one request at least. */
  Future<ClientConnection> connect(Loop loop, Owner owner);
}
