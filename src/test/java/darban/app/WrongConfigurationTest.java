package darban.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.testkit.ConfigCase;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** What {@code darban validate} says to each kind of mistake: every problem, its place, a hint. */
class WrongConfigurationTest {
  @TempDir Path folder;

  static Stream<Path> cases() throws IOException {
    return ConfigCase.all("config");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void validate_wrongFile_tellsAllAndFails(Path file) throws IOException {
    ConfigCase it = ConfigCase.read(file, folder);
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine commandLine =
        Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    int status = commandLine.execute("validate", "-c", it.main().toString());
    String told = err.toString().replace(folder + "/", "").stripTrailing();
    assertEquals(it.expected(), told, it.name());
    assertEquals(Main.FAILED, status, it.name());
    assertEquals("", out.toString());
    told.lines()
        .forEach(
            line -> assertTrue(line.matches("[a-z/]+\\.yaml:\\d+:\\d+: .+[,;?] .+|.*\\?"), line));
  }
}
