package darban.app;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code darban media}. */
@Command(
    name = "media",
    description = "Streams the films of a folder: pages to watch them, HLS and DASH.",
    mixinStandardHelpOptions = true)
final class MediaCommand implements Callable<Integer> {
  @Mixin ServedFolder folder = new ServedFolder();

  @Override
  public Integer call() {
    return OneLiner.run(
        "media",
        """
        listeners: { media: { address: %s } }
        sites: { "*": { routes: [ { media: films } ] } }
        media: { films: { root: %s, browse: true } }
        """,
        folder.listen,
        folder.path());
  }
}
