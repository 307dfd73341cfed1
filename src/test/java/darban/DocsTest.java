package darban;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.exchange.Phase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the documentation says of the house is what the house is. */
class DocsTest {
  /** The lines of the drawing of the floors, each of which begins with its number. */
  private static Map<Integer, String> drawing(Path file) throws IOException {
    Map<Integer, String> floors = new TreeMap<>();
    for (String line : Files.readAllLines(file)) {
      var floor = Pattern.compile("^(?: \\*   )?([0-6]) +(\\S.*)$").matcher(line);
      if (floor.find()) {
        floors.put(Integer.parseInt(floor.group(1)), floor.group(2));
      }
    }
    return floors;
  }

  @ParameterizedTest
  @ValueSource(strings = {"README.md", "src/main/java/darban/base/package-info.java"})
  void floors_asDrawn_areThoseOfTheTest(String file) throws IOException {
    Map<Integer, String> drawn = drawing(Path.of(file));
    assertEquals(List.of(0, 1, 2, 3, 4, 5, 6), List.copyOf(drawn.keySet()));
    ArchitectureTest.rooms()
        .forEach((room, floor) ->
            assertTrue(
                drawn.getOrDefault(floor, "").matches(".*\\b" + room + "\\b.*"),
                () -> room + " is not on floor " + floor + " of " + file));
  }

  @Test
  void drawing_stagesInTheOrderOfTheirPhases() throws IOException {
    String svg = Files.readString(Path.of("src/docs/request.svg"));
    List<String> drawn =
        Pattern.compile("class=\"stage\"[^\n]*?class=\"head\">([a-z]+)<")
            .matcher(svg)
            .results()
            .map(found -> found.group(1))
            .toList();
    List<String> phases =
        Arrays.stream(Phase.values())
            .map(phase -> phase.name().toLowerCase(Locale.ROOT))
            .filter(drawn::contains)
            .toList();
    assertEquals(phases, drawn);
    // Each stage that there is has its box.
    try (Stream<Path> folders = Files.list(Path.of("src/main/java/darban/stage"))) {
      List<String> built =
          folders
              .filter(Files::isDirectory)
              .map(folder -> folder.getFileName().toString())
              .sorted()
              .toList();
      assertEquals(built, drawn.stream().sorted().toList());
    }
  }

  /** Every file and folder that the README points at is there. */
  @Test
  void readme_itsLinks_leadSomewhere() throws IOException {
    String text = Files.readString(Path.of("README.md"));
    List<String> broken =
        Pattern.compile("]\\(([^)#:]+)\\)")
            .matcher(text)
            .results()
            .map(found -> found.group(1))
            .filter(link -> !Files.exists(Path.of(link)))
            .toList();
    assertEquals(List.of(), broken);
  }

  /** Every command that the README and the page of help name is one that there is. */
  @Test
  void readme_itsCommands_areThere() throws IOException {
    String text = Files.readString(Path.of("README.md"));
    TreeSet<String> named =
        Pattern.compile("\\./darban ([a-z-]+)")
            .matcher(text)
            .results()
            .map((MatchResult found) -> found.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
    String sources = commands();
    named.removeIf(command -> sources.contains("name = \"" + command + "\""));
    assertEquals(new TreeSet<>(), named);
  }

  private static String commands() throws IOException {
    StringBuilder all = new StringBuilder();
    try (Stream<Path> files = Files.list(Path.of("src/main/java/darban/app"))) {
      for (Path file : files.toList()) {
        all.append(Files.readString(file));
      }
    }
    return all.toString();
  }
}
