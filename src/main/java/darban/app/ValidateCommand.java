package darban.app;

import darban.config.ConfigFile;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code darban validate}. */
@Command(
    name = "validate",
    description = "Checks a configuration and tells every problem.",
    mixinStandardHelpOptions = true)
final class ValidateCommand implements Callable<Integer> {
  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description = "The configuration (default: $DARBAN_CONFIG, then the embedded one)")
  @Nullable Path file;

  @Spec CommandSpec spec;

  @Override
  public Integer call() {
    ConfigFile.Result<Configuration> read =
        ConfigFile.read(RunCommand.chosen(file), Configuration.SHAPE, System::getenv);
    read.problems().forEach(spec.commandLine().getErr()::println);
    if (!read.isGood()) {
      return Main.FAILED;
    }
    spec.commandLine().getOut().println("ok");
    return Main.OK;
  }
}
