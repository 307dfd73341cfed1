package darban.app;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code darban file-server}. */
@Command(
    name = "file-server",
    description = "Serves the files of a folder.",
    mixinStandardHelpOptions = true)
final class FileServerCommand implements Callable<Integer> {
  @Mixin ServedFolder folder = new ServedFolder();

  @Option(names = "--browse", description = "List folders without an index page")
  boolean browse;

  @Override
  public Integer call() {
    return OneLiner.run(
        "file-server",
        """
        listeners: { files: { address: %s } }
        sites: { "*": { routes: [ { files: { root: %s, browse: %s } } ] } }
        """,
        folder.listen,
        folder.path(),
        browse);
  }
}
