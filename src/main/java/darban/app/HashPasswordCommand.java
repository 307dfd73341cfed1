package darban.app;

import darban.access.Password;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code darban hash-password}. */
@Command(
    name = "hash-password",
    description = "Reads a password and prints its hash for the configuration.",
    mixinStandardHelpOptions = true)
final class HashPasswordCommand implements Callable<Integer> {
  @Spec CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    String password = read();
    if (password.isEmpty()) {
      spec.commandLine().getErr().println("darban: no password given");
      return Main.USAGE;
    }
    if (password.getBytes(StandardCharsets.UTF_8).length > 72) {
      spec.commandLine().getErr().println("darban: bcrypt takes passwords of at most 72 bytes");
      return Main.USAGE;
    }
    spec.commandLine().getOut().println(Password.hash(password, new SecureRandom()));
    return Main.OK;
  }

  /** From the terminal without echo, or a line of standard input. */
  @SuppressWarnings("SystemConsoleNull") // of JDK 22 to 24 only: since 25 it may be null again
  private static String read() throws IOException {
    Console console = System.console();
    if (console != null && console.isTerminal()) {
      char[] typed = console.readPassword("Password: ");
      return typed == null ? "" : new String(typed);
    }
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    String line = in.readLine();
    return line == null ? "" : line;
  }
}
