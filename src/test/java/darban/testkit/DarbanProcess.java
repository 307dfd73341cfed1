package darban.testkit;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Darban as users run it: the jar in a process of its own. Closed by the test; buffers that the
 * process lost then fail it.
 */
public final class DarbanProcess implements AutoCloseable {
  private static final Path JAR = Path.of("target/darban.jar").toAbsolutePath();

  /** What the launcher passes to each JVM. */
  private static final List<String> FLAGS =
      List.of(
          "-XX:+UseCompactObjectHeaders",
          "-XX:+ExitOnOutOfMemoryError",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          "--add-opens=java.base/java.nio=ALL-UNNAMED",
          "-Dio.netty.tryReflectionSetAccessible=true",
          "-Djdk.tls.rejectClientInitiatedRenegotiation=true");

  private final Program program;

  private DarbanProcess(Program program) {
    this.program = program;
  }

  /** Starts with a configuration, whose relative paths count from {@code folder}; waits for it. */
  public static DarbanProcess start(Path folder, String yaml, String... flags) throws Exception {
    return start(List.of(), folder, yaml, flags);
  }

  /** Starts by way of another program, such as {@code ip netns exec NAME}. */
  public static DarbanProcess start(List<String> by, Path folder, String yaml, String... flags)
      throws Exception {
    Path file = Files.writeString(folder.resolve("darban.yaml"), TestTransport.in(yaml));
    List<String> jvm = new ArrayList<>(List.of(flags));
    if (Stream.of(flags).noneMatch(flag -> flag.contains("leakDetection"))) {
      jvm.add("-Dio.netty.leakDetection.level=paranoid");
      jvm.addAll(coverage());
    }
    List<String> command = new ArrayList<>(by);
    command.addAll(command(folder, jvm, "run", "-c", file.toString()));
    Program program = Program.of(command).in(folder).start();
    DarbanProcess process = new DarbanProcess(program);
    try {
      program.line("^ready$");
      return process;
    } catch (InterruptedException | AssertionError failed) {
      process.close();
      throw failed;
    }
  }

  /** A command of Darban's with its home in {@code folder}. */
  public static List<String> command(Path folder, List<String> flags, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(java());
    command.addAll(FLAGS);
    command.addAll(flags);
    command.add("-Ddarban.home=" + folder.toAbsolutePath());
    command.addAll(List.of("-jar", JAR.toString()));
    command.addAll(List.of(arguments));
    return command;
  }

  /** The java of this process. */
  public static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /** Where coverage of this process is measured, that of its children is too. */
  private static List<String> coverage() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> flag.startsWith("-javaagent:") && flag.contains("jacoco"))
        .map(flag ->
            flag.replace("destfile=target", "destfile=" + Path.of("target").toAbsolutePath()))
        .toList();
  }

  /** The process. */
  public Program program() {
    return program;
  }

  /** The address of a listener, as it is announced. */
  public String address(String listener) throws InterruptedException {
    return program.line("^listening " + Pattern.quote(listener) + " (\\S+)$").group(1);
  }

  /** The port of a listener. */
  public int port(String listener) throws InterruptedException {
    String address = address(listener);
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }

  /** What a GET of {@code path} on the admin address says. */
  public String admin(String path) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://" + address("admin") + path);
      HttpRequest request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(20)).build();
      return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }
  }

  /** The sum of a metric over all its labels that hold {@code label}. */
  public double metric(String name, String label) throws IOException, InterruptedException {
    Matcher lines =
        Pattern.compile("(?m)^" + name + "(\\{[^}\n]*})? (\\S+)$").matcher(admin("/metrics"));
    double sum = 0;
    while (lines.find()) {
      String labels = lines.group(1) == null ? "" : lines.group(1);
      sum += labels.contains(label) ? Double.parseDouble(lines.group(2)) : 0;
    }
    return sum;
  }

  /** Ends it as an administrator would; its exit code. */
  public int stop() throws IOException, InterruptedException {
    program.signal("TERM");
    return program.status();
  }

  @Override
  public void close() {
    program.close();
    String output = program.output();
    if (output.contains("LEAK:")) {
      throw new AssertionError("Darban lost buffers:\n" + output);
    }
  }
}
