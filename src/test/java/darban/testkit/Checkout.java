package darban.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A built checkout in a folder of the test's: launcher, embedded configuration, jar. Its five ports
 * are free ones, since the usual ones may be in use; all else is as it is.
 */
public final class Checkout {
  private static final Path SOURCE = Path.of("").toAbsolutePath();

  private final Path folder;
  private final Map<Integer, Integer> ports;

  private Checkout(Path folder, Map<Integer, Integer> ports) {
    this.folder = folder;
    this.ports = ports;
  }

  /** Copies into {@code folder}. */
  public static Checkout into(Path folder) throws IOException {
    Map<Integer, Integer> ports = new TreeMap<>();
    Stream.of(8443, 8080, 3128, 8090, 9464).forEach(usual -> ports.put(usual, Ports.free()));
    Checkout made = new Checkout(folder, ports);
    Files.createDirectories(folder.resolve("conf"));
    Files.copy(
        SOURCE.resolve("darban"), folder.resolve("darban"), StandardCopyOption.COPY_ATTRIBUTES);
    String text = Files.readString(SOURCE.resolve("conf/darban.yaml"));
    Files.writeString(folder.resolve("conf/darban.yaml"), made.withItsPorts(text));
    Files.createDirectories(folder.resolve("target"));
    made.copy("target/darban.jar");
    made.copy("target/lib");
    return made;
  }

  private void copy(String what) throws IOException {
    try (Stream<Path> all = Files.walk(SOURCE.resolve(what))) {
      for (Path each : (Iterable<Path>) all::iterator) {
        Files.copy(each, folder.resolve(SOURCE.relativize(each)));
      }
    }
  }

  /** The folder. */
  public Path folder() {
    return folder;
  }

  /** A text with its ports in the place of the usual ones. */
  public String withItsPorts(String text) {
    String changed = text;
    for (Map.Entry<Integer, Integer> port : ports.entrySet()) {
      changed = changed.replace(":" + port.getKey(), ":" + port.getValue());
    }
    return changed;
  }

  /** What stands for one of the usual ports. */
  public int port(int usual) {
    return java.util.Objects.requireNonNull(ports.get(usual));
  }

  /** The launcher with {@code arguments}, as from a login that knows no JDK. */
  public Program.Command darban(String... arguments) {
    String[] command = new String[arguments.length + 1];
    command[0] = "./darban";
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    return Program.of(command)
        .in(folder)
        .with("JAVA_HOME", "")
        .with("DARBAN_CONFIG", "")
        .with("DARBAN_CERTS", "");
  }
}
