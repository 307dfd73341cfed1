package darban.origin;

import darban.flow.Loop;
import darban.observe.Meters;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * One service as one event loop sees it: its balance and its pools. Event loop; closed by the
 * verticle that made it.
 */
public final class Origins implements AutoCloseable {
  private static final int MOST_WAITING = 10_000;

  private final Group group;
  private final Balance balance;
  private final Map<Server, Pool> pools = new HashMap<>();

  /**
   * The service {@code group} on {@code loop}.
   *
   * @param figures where its connections are counted
   */
  public Origins(
      Loop loop, Group group, Function<Server, Connector> connectors, Meters.Upstream figures) {
    this.group = group;
    this.balance = Balance.roundRobin(group.servers());
    for (Server server : group.servers()) {
      pools.put(
          server,
          new Pool(loop, connectors.apply(server), group.connections(), MOST_WAITING, figures));
    }
  }

  /** What the service is. */
  public Group group() {
    return group;
  }

  /** The server for a request that comes now. */
  public Server pick() {
    return balance.pick();
  }

  /** Another server than those {@code tried}, if there is one; else the next in turn. */
  public Server pickBut(List<Server> tried) {
    for (int i = 0; i < group.servers().size(); i++) {
      Server server = balance.pick();
      if (!tried.contains(server)) {
        return server;
      }
    }
    return balance.pick();
  }

  /** The connections to {@code server}. */
  public Pool pool(Server server) {
    Pool pool = pools.get(server);
    if (pool == null) {
      throw new IllegalArgumentException("not of this group: " + server.name());
    }
    return pool;
  }

  /** Closes what is idle. */
  public void shed() {
    pools.values().forEach(Pool::shed);
  }

  /** Keeps no connection any more than requests under way need. */
  public void retire() {
    pools.values().forEach(Pool::retire);
  }

  @Override
  public void close() {
    pools.values().forEach(Pool::close);
  }
}
