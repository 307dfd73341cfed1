package darban.app;

import darban.config.ConfigFile;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code darban run}. */
@Command(name = "run", description = "Runs a configuration.", mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description = "The configuration (default: $DARBAN_CONFIG, then the embedded one)")
  @Nullable Path file;

  /** The command that these words are, written in the one way in which most start it; or none. */
  static Optional<RunCommand> plain(List<String> words) {
    boolean named =
        words.size() == 3
            && (words.get(1).equals("-c") || words.get(1).equals("--config"))
            && !words.get(2).startsWith("-");
    if (!words.isEmpty() && !(words.getFirst().equals("run") && (words.size() == 1 || named))) {
      return Optional.empty();
    }
    RunCommand run = new RunCommand();
    run.file = named ? Path.of(words.get(2)) : null;
    return Optional.of(run);
  }

  @Override
  public Integer call() {
    Path chosen = chosen(file);
    Supplier<ConfigFile.Result<Configuration>> source =
        () -> ConfigFile.read(chosen, Configuration.SHAPE, System::getenv);
    ConfigFile.Result<Configuration> read = source.get();
    PrintStream err = System.err;
    read.problems().forEach(err::println);
    if (!read.isGood()) {
      return Main.FAILED;
    }
    boolean embedded = chosen.equals(embedded());
    return new Running(java.util.Objects.requireNonNull(read.value()), source, embedded).run();
  }

  /** The configuration asked for: by option, by environment, or the embedded one. */
  static Path chosen(@Nullable Path option) {
    if (option != null) {
      return option;
    }
    String named = System.getenv("DARBAN_CONFIG");
    return named == null || named.isEmpty() ? embedded() : Path.of(named);
  }

  private static Path embedded() {
    return Main.home().resolve("conf").resolve("darban.yaml");
  }
}
