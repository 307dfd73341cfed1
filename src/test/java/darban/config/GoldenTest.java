package darban.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import darban.testkit.ConfigCase;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What comes of each case: its problems, and its values as JSON when it can be used. */
class GoldenTest {
  private static final Map<String, String> ENVIRONMENT =
      Map.of("PORT", "9090", "EMPTY", "", "NAME", "web: {a: 1}", "HOST", "media.example");

  /** Takes any file as it is, to show what its text means. */
  private static final Shape<Node> ANY =
      Shape.of(() -> new Form.Text("anything", ""), (node, _) -> Optional.of(node));

  @TempDir Path directory;

  static Stream<Path> syntaxCases() throws IOException {
    return ConfigCase.all("config-syntax");
  }

  static Stream<Path> sampleCases() throws IOException {
    return ConfigCase.all("config-sample");
  }

  @ParameterizedTest
  @MethodSource("syntaxCases")
  void text_asWritten_isWhatTheCaseSays(Path file) throws IOException {
    ConfigCase it = ConfigCase.read(file, directory);
    var result = ConfigFile.read(it.main(), ANY, ENVIRONMENT::get);
    Node value = result.value();
    assertEquals(
        it.expected(), outcome(result, value == null ? "" : Json.text(Json.of(value))), it.name());
  }

  @ParameterizedTest
  @MethodSource("sampleCases")
  void sample_asWritten_isWhatTheCaseSays(Path file) throws IOException {
    ConfigCase it = ConfigCase.read(file, directory);
    var result = ConfigFile.read(it.main(), SampleConfig.shape(), ENVIRONMENT::get);
    assertEquals(it.expected(), outcome(result, String.valueOf(result.value())), it.name());
  }

  private String outcome(ConfigFile.Result<?> result, String value) {
    List<String> lines = new ArrayList<>();
    result.problems().forEach(problem -> lines.add(problem.toString()));
    if (result.isGood()) {
      lines.add(value);
    }
    return String.join("\n", lines).replace(directory + "/", "");
  }
}
