package darban.app;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code darban reverse-proxy}. */
@Command(
    name = "reverse-proxy",
    description = "Passes everything on to one or more servers.",
    mixinStandardHelpOptions = true)
final class ReverseProxyCommand implements Callable<Integer> {
  @Option(names = "--from", required = true, paramLabel = "ADDRESS", description = "Such as :8080")
  String from = "";

  @Option(
      names = "--to",
      required = true,
      paramLabel = "URL",
      description = "A server; several are used in turn")
  List<String> to = List.of();

  @Option(names = "--tls", paramLabel = "off|internal", description = "Default: off")
  String tls = "off";

  @Option(names = "--cache", paramLabel = "on|off", description = "Store answers; default: on")
  String cache = "on";

  @Override
  public Integer call() {
    return OneLiner.run(
        "reverse-proxy",
        """
        listeners: { web: { address: %s, tls: %s } }
        sites: { "*": { routes: [ { service: servers, cache: %s } ] } }
        services: { servers: { servers: %s } }
        """,
        from,
        tls,
        cache,
        to);
  }
}
