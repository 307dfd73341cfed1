package darban.origin;

import static org.junit.jupiter.api.Assertions.assertEquals;

import darban.origin.Server.Protocol;
import darban.resolve.Destination;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BalanceTest {
  static Server server(String name, int weight) {
    return new Server(name, Protocol.HTTP, new Destination.Inet(name, 80), name, name, "", weight);
  }

  private static List<Server> servers(String weights) {
    String[] each = weights.split(" ");
    return IntStream.range(0, each.length)
        .mapToObj(i -> server(Character.toString('a' + i), Integer.parseInt(each[i])))
        .toList();
  }

  @ParameterizedTest
  @CsvSource({
    "1, aaaa",
    "7, aaaa",
    "1 1, abab",
    "1 1 1, abcabc",
    "2 1, abaaba",
    "1 2, babbab",
    "5 1 1, aabacaa",
    "3 3, ababab",
  })
  void roundRobin_asOftenAsTheWeightSays_evenlySpread(String weights, String order) {
    Balance balance = Balance.roundRobin(servers(weights));
    String picked =
        Stream.generate(balance::pick)
            .limit(order.length())
            .map(Server::name)
            .collect(Collectors.joining());
    assertEquals(order, picked);
  }

  @ParameterizedTest
  @CsvSource({"1 1000", "1000 999 1", "3 5 7 11"})
  void roundRobin_overAWholeTurn_exactlyTheWeights(String weights) {
    List<Server> servers = servers(weights);
    int turn = servers.stream().mapToInt(Server::weight).sum();
    Balance balance = Balance.roundRobin(servers);
    List<Server> picked = new ArrayList<>();
    for (int i = 0; i < 3 * turn; i++) {
      picked.add(balance.pick());
    }
    for (Server each : servers) {
      long times = picked.stream().filter(each::equals).count();
      assertEquals(3L * each.weight(), times, each.name());
    }
  }
}
