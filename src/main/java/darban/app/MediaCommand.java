package darban.app;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code darban media}. */
@Command(
    name = "media",
    description = "Streams the films of a folder: pages to watch them, HLS and DASH.",
    mixinStandardHelpOptions = true)
final class MediaCommand implements Callable<Integer> {
  @Option(names = "--root", required = true, paramLabel = "DIR", description = "The folder")
  Path root = Path.of(".");

  @Option(
      names = "--listen",
      required = true,
      paramLabel = "ADDRESS",
      description = "Such as :8080")
  String listen = "";

  @Override
  public Integer call() {
    return OneLiner.run(
        "media",
        """
        listeners: { media: { address: %s } }
        sites: { "*": { routes: [ { media: films } ] } }
        media: { films: { root: %s, browse: true } }
        """
            .formatted(
                OneLiner.quoted(listen),
                OneLiner.quoted(root.toAbsolutePath().normalize().toString())));
  }
}
