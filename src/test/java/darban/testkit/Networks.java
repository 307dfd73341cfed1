package darban.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Three machines in a row, as network namespaces: a client and a server that cannot reach each
 * other, and a gate between them that forwards nothing by itself. Needs root; closed by the test.
 *
 * <pre>
 *   client 10.99.1.2 ── 10.99.1.1 gate 10.99.2.1 ── 10.99.2.2 server
 * </pre>
 */
public final class Networks implements AutoCloseable {
  private final String mark = Integer.toHexString(ThreadLocalRandom.current().nextInt(0x10000));
  private final List<String> made = new ArrayList<>();

  /** Makes them. */
  public Networks() throws Exception {
    Peers.requireNetworks();
    try {
      for (String machine : List.of("client", "gate", "server")) {
        ip("netns add " + name(machine));
        made.add(name(machine));
        ip("-n " + name(machine) + " link set lo up");
      }
      join("client", "10.99.1.2/24", "gate", "10.99.1.1/24");
      join("gate", "10.99.2.1/24", "server", "10.99.2.2/24");
    } catch (Exception | AssertionError failed) {
      close();
      throw failed;
    }
  }

  private String name(String machine) {
    return "darban-" + mark + "-" + machine;
  }

  private static void ip(String arguments) throws Exception {
    Program.of((Peers.find("ip", "iproute2") + " " + arguments).split(" ")).run().good();
  }

  private void join(String left, String leftAddress, String right, String rightAddress)
      throws Exception {
    String one = "to-" + right;
    String other = "to-" + left;
    ip(
        "link add "
            + one
            + " netns "
            + name(left)
            + " type veth peer name "
            + other
            + " netns "
            + name(right));
    ip("-n " + name(left) + " addr add " + leftAddress + " dev " + one);
    ip("-n " + name(right) + " addr add " + rightAddress + " dev " + other);
    ip("-n " + name(left) + " link set " + one + " up");
    ip("-n " + name(right) + " link set " + other + " up");
  }

  /** What a command begins with to run on {@code client}, {@code gate} or {@code server}. */
  public List<String> on(String machine) {
    return List.of(Peers.find("ip", "iproute2"), "netns", "exec", name(machine));
  }

  /** A program on one of the machines. */
  public Program.Command on(String machine, String... words) {
    List<String> command = new ArrayList<>(on(machine));
    command.addAll(List.of(words));
    return Program.of(command);
  }

  @Override
  public void close() {
    for (String namespace : made) {
      try {
        ip("netns del " + namespace);
      } catch (Exception failed) {
        throw new AssertionError(namespace + " stays", failed);
      }
    }
  }
}
