package darban.app;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code darban forward-proxy}. */
@Command(
    name = "forward-proxy",
    description = "A proxy for clients: HTTP, CONNECT and SOCKS on one port.",
    mixinStandardHelpOptions = true)
final class ForwardProxyCommand implements Callable<Integer> {
  @Option(
      names = "--listen",
      required = true,
      paramLabel = "ADDRESS",
      description = "Such as 127.0.0.1:3128")
  String listen = "";

  @Option(
      names = "--user",
      paramLabel = "NAME:PASSWORD",
      description = "Who may use it; all if none")
  List<String> users = List.of();

  @Option(names = "--allow-private", description = "Also to private and loopback addresses")
  boolean allowPrivate;

  @Spec CommandSpec spec;

  @Override
  public Integer call() {
    List<Map<String, String>> people = new ArrayList<>();
    for (String user : users) {
      int colon = user.indexOf(':');
      if (colon <= 0) {
        spec.commandLine().getErr().println("darban: --user takes NAME:PASSWORD");
        return Main.USAGE;
      }
      people.add(Map.of("name", user.substring(0, colon), "password", user.substring(colon + 1)));
    }
    return OneLiner.run(
        "forward-proxy",
        """
        listeners: { proxy: { address: %s, mode: forward } }
        users: %s
        forward: { private-addresses: %s\
        """
            + (users.isEmpty() ? " }" : ", auth: basic }"),
        listen,
        people,
        allowPrivate ? "allow" : "deny");
  }
}
