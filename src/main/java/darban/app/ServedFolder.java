package darban.app;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which folder a command serves, and where: options of more than one. */
final class ServedFolder {
  @Option(names = "--root", required = true, paramLabel = "DIR", description = "The folder")
  Path root = Path.of(".");

  @Option(
      names = "--listen",
      defaultValue = ":8080",
      paramLabel = "ADDRESS",
      description = "Where (default: ${DEFAULT-VALUE}, for all who can reach it)")
  String listen = "";

  /** The folder, wherever the process is. */
  String path() {
    return root.toAbsolutePath().normalize().toString();
  }
}
