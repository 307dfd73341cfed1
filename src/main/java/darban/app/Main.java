package darban.app;

import darban.base.Failure;
import darban.observe.Log;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command line. Exit codes: 0 ok, 1 start failed, 2 wrong usage, 3 unclean stop. */
@Command(
    name = "darban",
    description = "One gateway in front of every server.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.BuildVersion.class,
    synopsisSubcommandLabel = "[COMMAND]",
    sortOptions = false,
    footer = {
      "",
      "Without a command the embedded configuration runs. Try:",
      "  darban reverse-proxy --from :8080 --to http://127.0.0.1:9000",
      "  darban forward-proxy --listen 127.0.0.1:3128",
      "  darban file-server --root . --listen :8080 --browse",
      "  darban media --root . --listen :8080",
    })
public final class Main implements Callable<Integer> {
  static final int OK = 0;
  static final int FAILED = 1;
  static final int USAGE = 2;
  static final int UNCLEAN = 3;

  /** In the order in which the help names them. */
  private static final List<Class<?>> COMMANDS =
      List.of(
          RunCommand.class,
          ValidateCommand.class,
          ReverseProxyCommand.class,
          ForwardProxyCommand.class,
          FileServerCommand.class,
          MediaCommand.class,
          ReloadCommand.class,
          StopCommand.class,
          PurgeCommand.class,
          StatusCommand.class,
          SchemaCommand.class,
          HashPasswordCommand.class,
          SignCommand.class,
          RehearseCommand.class,
          VersionCommand.class,
          CompletionCommand.class);

  private Main() {}

  /** The entry point. */
  public static void main(String[] arguments) {
    // Of no use here, and on a machine without a network Netty would warn that it cannot find it.
    System.setProperty("io.netty.machineId", "00:00:00:00:00:00:00:01");
    Log.adoptLibraries();
    System.exit(executed(arguments));
  }

  /** A plain start is read without picocli, whose set-up takes a tenth of it. */
  private static int executed(String[] arguments) {
    Optional<RunCommand> start = RunCommand.plain(List.of(arguments));
    if (start.isEmpty()) {
      return commandLine(arguments).execute(arguments);
    }
    try {
      return start.get().call();
    } catch (RuntimeException failure) {
      System.err.println("darban: " + reason(failure));
      return FAILED;
    }
  }

  /** The command line with all its commands. */
  static CommandLine commandLine() {
    return commandLine(COMMANDS);
  }

  /** The command line as far as these arguments need it: to learn all commands takes a while. */
  private static CommandLine commandLine(String[] arguments) {
    return arguments.length == 0
        ? commandLine(List.of())
        : COMMANDS.stream()
            .filter(each -> each.getAnnotation(Command.class).name().equals(arguments[0]))
            .findFirst()
            .map(named -> commandLine(List.of(named)))
            .orElseGet(Main::commandLine);
  }

  private static CommandLine commandLine(List<Class<?>> commands) {
    CommandLine line = new CommandLine(new Main());
    commands.forEach(line::addSubcommand);
    return line.setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler((failure, commandLine, parsed) -> {
          commandLine.getErr().println("darban: " + reason(failure));
          return FAILED;
        });
  }

  /** What to tell of a failure: its words, never its trace. */
  static String reason(Throwable failure) {
    if (failure instanceof Failure known) {
      return known.detail().isEmpty() ? known.message() : known.message() + ": " + known.detail();
    }
    String message = failure.getMessage();
    return message == null ? failure.getClass().getSimpleName() : message;
  }

  /** The folder Darban was installed in: where {@code conf} and {@code certs} are. */
  static Path home() {
    String home = System.getProperty("darban.home");
    return Path.of(home == null ? "." : home).toAbsolutePath().normalize();
  }

  /** Where the development CA lies. */
  static Path certificates() {
    String folder = System.getenv("DARBAN_CERTS");
    return folder == null ? home().resolve("certs") : Path.of(folder);
  }

  /** Without a command: the embedded configuration, or the one that DARBAN_CONFIG names. */
  @Override
  public Integer call() {
    return new RunCommand().call();
  }

  /** Tells the version of the build. */
  static final class BuildVersion implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"darban " + Version.text()};
    }
  }

  /** {@code darban version}. */
  @Command(name = "version", description = "Prints the version.")
  static final class VersionCommand implements Runnable {
    @Spec CommandSpec spec;

    @Override
    public void run() {
      PrintWriter out = spec.commandLine().getOut();
      out.println("darban " + Version.text());
      out.println("java " + System.getProperty("java.runtime.version"));
    }
  }

  /** {@code darban completion bash}. */
  @Command(name = "completion", description = "Prints a script that completes commands.")
  static final class CompletionCommand implements Runnable {
    @Parameters(paramLabel = "SHELL", description = "bash (zsh reads it too)")
    Shell shell = Shell.BASH;

    @Option(names = "--name", description = "Name of the command (default: darban)")
    String name = "darban";

    @Spec CommandSpec spec;

    /** Shells with a script. */
    enum Shell {
      BASH
    }

    @Override
    public void run() {
      spec.commandLine().getOut().println(AutoComplete.bash(name, commandLine()));
    }
  }
}
