package darban.tls;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Runs programs of the machine, as a user would. */
final class Programs {
  private Programs() {}

  /** What a program printed, on both its outputs, and how it ended. */
  record Result(int status, String output) {}

  /** Runs a program that must succeed; what it printed. */
  static String run(Path directory, String... command) throws IOException, InterruptedException {
    Result result = tryRun(directory, "", command);
    if (result.status() != 0) {
      throw new AssertionError(String.join(" ", command) + "\n" + result.output());
    }
    return result.output();
  }

  /** Runs a program with {@code input}; ended by force after 30 seconds. */
  static Result tryRun(Path directory, String input, String... command)
      throws IOException, InterruptedException {
    Path output = Files.createTempFile(directory, "output", ".txt");
    Process process =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try (OutputStream in = process.getOutputStream()) {
      in.write(input.getBytes(StandardCharsets.UTF_8));
    } catch (IOException endedEarly) {
      // A program that does not read its input is none the worse for it.
    }
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("does not end: " + String.join(" ", command));
    }
    return new Result(process.exitValue(), Files.readString(output, StandardCharsets.ISO_8859_1));
  }
}
