package darban.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A program of the machine, run as a user would run it: what it prints is kept line by line, it is
 * waited for by its lines or its end, and ended by its process id. Any thread; closed by the test,
 * which kills what still runs.
 */
public final class Program implements AutoCloseable {
  /** How long a program may take to say or do what a test waits for. */
  public static final Duration PATIENCE = Duration.ofSeconds(60);

  private final String name;
  private final Process process;
  private final List<String> out = new ArrayList<>();
  private final List<String> err = new ArrayList<>();
  private final List<String> all = new ArrayList<>();
  private final List<Thread> readers = new ArrayList<>();

  private Program(String name, Process process) {
    this.name = name;
    this.process = process;
    readers.add(reader(process.getInputStream(), out));
    readers.add(reader(process.getErrorStream(), err));
  }

  /** What is to be run. */
  public static final class Command {
    private final List<String> words;
    private final Map<String, String> environment = new HashMap<>();
    private Path directory = Path.of("").toAbsolutePath();

    private Command(List<String> words) {
      this.words = words;
    }

    /** In that folder. */
    public Command in(Path folder) {
      directory = folder;
      return this;
    }

    /** With a variable of the environment; an empty value takes it away. */
    public Command with(String variable, String value) {
      environment.put(variable, value);
      return this;
    }

    /** Starts it. */
    public Program start() throws IOException {
      ProcessBuilder builder = new ProcessBuilder(words).directory(directory.toFile());
      // What a developer's shell says of proxies and certificates is not what a test is about.
      builder
          .environment()
          .keySet()
          .removeIf(key -> key.toLowerCase(java.util.Locale.ROOT).endsWith("_proxy"));
      builder.environment().keySet().removeAll(List.of("SSL_CERT_FILE", "CURL_CA_BUNDLE"));
      environment.forEach((key, value) -> {
        if (value.isEmpty()) {
          builder.environment().remove(key);
        } else {
          builder.environment().put(key, value);
        }
      });
      return new Program(String.join(" ", words), builder.start());
    }

    /** Runs it to its end, without input. */
    public Result run() throws IOException, InterruptedException {
      return run(PATIENCE);
    }

    /** Runs it to its end, without input, for {@code most} at the most. */
    public Result run(Duration most) throws IOException, InterruptedException {
      try (Program program = start()) {
        program.input().close();
        int status = program.status(most);
        return new Result(
            program.name, status, program.text(program.out), program.text(program.err));
      }
    }
  }

  /**
   * How a program ended.
   *
   * @param status its exit code
   */
  public record Result(String command, int status, String out, String err) {
    /** This, if it ended well. */
    public Result good() {
      if (status != 0) {
        throw new AssertionError(this);
      }
      return this;
    }

    @Override
    public String toString() {
      return command + "\nended with " + status + "\n" + out + "\n" + err;
    }
  }

  /** A program and its arguments. */
  public static Command of(String... words) {
    return new Command(List.of(words));
  }

  /** A program and its arguments. */
  public static Command of(List<String> words) {
    return new Command(List.copyOf(words));
  }

  private Thread reader(InputStream from, List<String> into) {
    return Thread.ofVirtual()
        .start(() -> {
          try (BufferedReader lines =
              new BufferedReader(new java.io.InputStreamReader(from, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
              add(into, line);
            }
          } catch (IOException closed) {
            add(into, "[" + closed.getMessage() + "]");
          }
        });
  }

  private synchronized void add(List<String> into, String line) {
    into.add(line);
    all.add(line);
    notifyAll();
  }

  private synchronized String text(List<String> lines) {
    return lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
  }

  /** Its process id. */
  public long pid() {
    return process.pid();
  }

  /** Its standard input. */
  public OutputStream input() {
    return process.getOutputStream();
  }

  /** Whether it runs. */
  public boolean runs() {
    return process.isAlive();
  }

  /** All it has printed so far, on both outputs. */
  public String output() {
    return text(all);
  }

  /** What it has printed so far on standard output. */
  public String printed() {
    return text(out);
  }

  /** Waits for a line with {@code pattern} in it; the match. */
  public Matcher line(String pattern) throws InterruptedException {
    return line(pattern, PATIENCE);
  }

  /** Waits for a line with {@code pattern} in it, for {@code most} at the most; the match. */
  public synchronized Matcher line(String pattern, Duration most) throws InterruptedException {
    Pattern wanted = Pattern.compile(pattern);
    long deadline = System.nanoTime() + most.toNanos();
    int seen = 0;
    while (true) {
      for (; seen < all.size(); seen++) {
        Matcher found = wanted.matcher(all.get(seen));
        if (found.find()) {
          return found;
        }
      }
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      boolean over = !process.isAlive() && readers.stream().noneMatch(Thread::isAlive);
      if (left <= 0 || over) {
        String why = over ? " before it ended with " + process.exitValue() : " in " + most;
        throw new AssertionError(name + " did not say `" + pattern + "`" + why + ":\n" + output());
      }
      wait(Math.min(left, 100));
    }
  }

  /** Waits for its end; its exit code. */
  public int status() throws InterruptedException {
    return status(PATIENCE);
  }

  /** Waits for its end, for {@code most} at the most; its exit code. */
  public int status(Duration most) throws InterruptedException {
    if (!process.waitFor(most.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new AssertionError(name + " does not end in " + most + ":\n" + output());
    }
    for (Thread reader : readers) {
      // Children of its own may hold its outputs open.
      reader.join(Duration.ofSeconds(5));
    }
    return process.exitValue();
  }

  /** Sends it a signal, such as {@code TERM}. */
  public void signal(String signal) throws IOException, InterruptedException {
    of("kill", "-" + signal, Long.toString(pid())).run().good();
  }

  /** A line of its {@code /proc/PID/status}, such as {@code VmHWM}, in bytes. */
  public long memory(String key) throws IOException {
    for (String line : java.nio.file.Files.readAllLines(Path.of("/proc/" + pid() + "/status"))) {
      if (line.startsWith(key + ":")) {
        return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
      }
    }
    throw new AssertionError("no " + key + " of " + pid());
  }

  /** How many descriptors it has open. */
  public long descriptors() throws IOException {
    try (var files = java.nio.file.Files.list(Path.of("/proc/" + pid() + "/fd"))) {
      return files.count();
    }
  }

  @Override
  public void close() {
    List<ProcessHandle> children = process.descendants().toList();
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException stop) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    children.forEach(ProcessHandle::destroyForcibly);
  }

  @Override
  public String toString() {
    return name + "\n" + output();
  }
}
