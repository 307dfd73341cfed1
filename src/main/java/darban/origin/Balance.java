package darban.origin;

import java.util.List;

/** Chooses the server of a request. Event loop of the caller: each loop has its own. */
public sealed interface Balance {
  /** The server to try first. */
  Server pick();

  /** In turn, each as often as its weight says, evenly spread (smooth weighted round-robin). */
  static Balance roundRobin(List<Server> servers) {
    return new RoundRobin(servers);
  }

  /** See {@link Balance#roundRobin}. */
  final class RoundRobin implements Balance {
    private final List<Server> servers;
    private final int[] credit;
    private final int total;

    private RoundRobin(List<Server> servers) {
      this.servers = List.copyOf(servers);
      this.credit = new int[servers.size()];
      this.total = servers.stream().mapToInt(Server::weight).sum();
    }

    @Override
    public Server pick() {
      if (credit.length == 1) {
        return servers.getFirst();
      }
      int best = 0;
      for (int i = 0; i < credit.length; i++) {
        credit[i] += servers.get(i).weight();
        if (credit[i] > credit[best]) {
          best = i;
        }
      }
      credit[best] -= total;
      return servers.get(best);
    }
  }
}
