package darban.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class RunCommandTest {
  /** What picocli makes of the same words. */
  private static RunCommand parsed(String words) {
    CommandLine.ParseResult run = Main.commandLine().parseArgs(words.split(" ")).subcommand();
    return (RunCommand) run.commandSpec().userObject();
  }

  @ParameterizedTest
  @ValueSource(strings = {"run", "run -c a.yaml", "run --config a.yaml", "run -c dir/b"})
  void plainStart_meansWhatPicocliReads(String words) {
    RunCommand plain = RunCommand.plain(List.of(words.split(" "))).orElseThrow();
    assertEquals(parsed(words).file, plain.file);
  }

  @Test
  void noWords_areAPlainStart() {
    assertNull(RunCommand.plain(List.of()).orElseThrow().file);
  }

  /** Whatever may be an option, or wrong. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "run -c", "run --help", "run -c -h", "run -c=a.yaml", "run --config=a.yaml", "run a.yaml",
        "run a.yaml b.yaml", "run -c a.yaml b.yaml", "run -x a.yaml", "status", "status -c a.yaml",
            "-c a.yaml",
      })
  void anythingElse_isLeftToPicocli(String words) {
    assertFalse(RunCommand.plain(List.of(words.split(" "))).isPresent());
  }
}
