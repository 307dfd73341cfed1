package darban.origin;

import darban.base.Limits;
import java.time.Duration;
import java.util.List;

/**
 * A service: servers that do the same, and what is granted to them. Immutable.
 *
 * @param name as the configuration names it
 * @param servers one or more
 * @param connect the longest wait for a connection, resolution and TLS included
 * @param response the longest wait for a response's head
 * @param idle the longest silence in a response's body, and the life of an unused connection
 * @param attempts tries of one request in all, 1 or more
 * @param connections open connections to one server from one event loop
 * @param limits how much a server may answer
 */
public record Group(
    String name,
    List<Server> servers,
    Duration connect,
    Duration response,
    Duration idle,
    int attempts,
    int connections,
    Limits limits) {

  /** Servers with the default times: 3 s to connect, 60 s to answer, 60 s of silence; 2 tries. */
  public static Group of(String name, List<Server> servers) {
    return new Group(
        name,
        servers,
        Duration.ofSeconds(3),
        Duration.ofSeconds(60),
        Duration.ofSeconds(60),
        2,
        1024,
        Limits.OF_ORIGIN);
  }
}
