package darban.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each case is a file: a configuration, perhaps more files each begun by {@code >>>> PATH}, then
 * {@code ----} and what comes of it: its problems, and its values as JSON when it can be used.
 */
class GoldenTest {
  private static final Path CASES = Path.of("src/test/resources/cases");
  private static final Map<String, String> ENVIRONMENT =
      Map.of("PORT", "9090", "EMPTY", "", "NAME", "web: {a: 1}", "HOST", "media.example");

  /** Takes any file as it is, to show what its text means. */
  private static final Shape<Node> ANY =
      Shape.of(() -> new Form.Text("anything", ""), (node, _) -> Optional.of(node));

  @TempDir Path directory;

  static Stream<Path> syntaxCases() throws IOException {
    return cases("config-syntax");
  }

  static Stream<Path> sampleCases() throws IOException {
    return cases("config-sample");
  }

  private static Stream<Path> cases(String folder) throws IOException {
    try (Stream<Path> files = Files.list(CASES.resolve(folder))) {
      return files.filter(it -> it.toString().endsWith(".case")).sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("syntaxCases")
  void text_asWritten_isWhatTheCaseSays(Path file) throws IOException {
    Case it = Case.read(file, directory);
    var result = ConfigFile.read(it.main, ANY, ENVIRONMENT::get);
    Node value = result.value();
    assertEquals(
        it.expected, outcome(result, value == null ? "" : Json.text(Json.of(value))), it.name);
  }

  @ParameterizedTest
  @MethodSource("sampleCases")
  void sample_asWritten_isWhatTheCaseSays(Path file) throws IOException {
    Case it = Case.read(file, directory);
    var result = ConfigFile.read(it.main, SampleConfig.shape(), ENVIRONMENT::get);
    assertEquals(it.expected, outcome(result, String.valueOf(result.value())), it.name);
  }

  private String outcome(ConfigFile.Result<?> result, String value) {
    List<String> lines = new ArrayList<>();
    result.problems().forEach(problem -> lines.add(problem.toString()));
    if (result.isGood()) {
      lines.add(value);
    }
    return String.join("\n", lines).replace(directory + "/", "");
  }

  private record Case(String name, Path main, String expected) {
    static Case read(Path file, Path directory) throws IOException {
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
      return new Case(file.toString(), main, parts[1].stripTrailing());
    }
  }
}
