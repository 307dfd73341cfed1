package darban.app;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code darban file-server}. */
@Command(
    name = "file-server",
    description = "Serves the files of a folder.",
    mixinStandardHelpOptions = true)
final class FileServerCommand implements Callable<Integer> {
  @Option(names = "--root", required = true, paramLabel = "DIR", description = "The folder")
  Path root = Path.of(".");

  @Option(
      names = "--listen",
      required = true,
      paramLabel = "ADDRESS",
      description = "Such as :8080")
  String listen = "";

  @Option(names = "--browse", description = "List folders without an index page")
  boolean browse;

  @Override
  public Integer call() {
    return OneLiner.run(
        "file-server",
        """
        listeners: { files: { address: %s } }
        sites: { "*": { routes: [ { files: { root: %s, browse: %s } } ] } }
        """
            .formatted(
                OneLiner.quoted(listen),
                OneLiner.quoted(root.toAbsolutePath().normalize().toString()),
                browse));
  }
}
