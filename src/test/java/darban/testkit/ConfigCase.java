package darban.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A configuration and what comes of it, in a file of {@code src/test/resources/cases}: the
 * configuration, perhaps more files each begun by {@code >>>> PATH}, then {@code ----} and the
 * outcome.
 *
 * @param main the configuration's file, beside those it names
 */
public record ConfigCase(String name, Path main, String expected) {
  private static final Path CASES = Path.of("src/test/resources/cases");

  /** All cases of a folder. */
  public static Stream<Path> all(String folder) throws IOException {
    try (Stream<Path> files = Files.list(CASES.resolve(folder))) {
      return files.filter(it -> it.toString().endsWith(".case")).sorted().toList().stream();
    }
  }

  /** Reads a case, and writes its files into {@code directory}. */
  public static ConfigCase read(Path file, Path directory) throws IOException {
    String[] parts = Files.readString(file).split("\n----\n", 2);
    assertEquals(2, parts.length, "a case has input, ---- and an outcome");
    assertFalse(parts[1].isBlank(), "a case has an outcome");
    String[] files = parts[0].split("(^|\n)>>>> ");
    Path main = Files.writeString(directory.resolve("darban.yaml"), files[0] + "\n");
    for (String more : List.of(files).subList(1, files.length)) {
      Path path = directory.resolve(more.lines().findFirst().orElseThrow());
      Files.createDirectories(path.getParent());
      Files.writeString(path, more.lines().skip(1).collect(Collectors.joining("\n")) + "\n");
    }
    return new ConfigCase(file.toString(), main, parts[1].stripTrailing());
  }
}
