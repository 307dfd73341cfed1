package darban.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.config.ConfigFile;
import darban.config.JsonSchema;
import darban.testkit.Certificates;
import darban.testkit.Guard;
import darban.testkit.Peers;
import darban.testkit.Ports;
import darban.testkit.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What lies in {@code conf/} and what the README shows: read and started as it stands. */
@ExtendWith(Guard.class)
class ConfFilesTest {
  private static final Path CONF = Path.of("conf");

  /** Files that a configuration names, of which none is in the repository. */
  private static final Pattern NAMED =
      Pattern.compile("\\btls/[a-z]+\\.(?:pem|key)|(?<=file:)secrets/[a-z]+|(?<=root: )[^\\s,}]+");

  @TempDir static Path issuer;
  @TempDir Path folder;

  @BeforeAll
  static void issue() throws Exception {
    Certificates.in(issuer).issue("any", "www.example");
  }

  static Stream<Path> configurations() throws IOException {
    try (Stream<Path> embedded = Files.list(CONF);
        Stream<Path> examples = Files.list(CONF.resolve("examples"))) {
      return Stream.concat(embedded, examples)
          .filter(file -> file.toString().endsWith(".yaml"))
          .sorted()
          .toList()
          .stream();
    }
  }

  /** A copy of {@code file} with all that it names beside it. */
  private Path furnished(Path file) throws IOException {
    Path parts = file.resolveSibling(file.getFileName().toString().replace(".yaml", ""));
    if (Files.isDirectory(parts)) {
      Files.createDirectories(folder.resolve(parts.getFileName()));
      try (Stream<Path> all = Files.list(parts)) {
        for (Path part : all.toList()) {
          Files.copy(part, folder.resolve(parts.getFileName()).resolve(part.getFileName()));
        }
      }
    }
    String text = Files.readString(file);
    furnish(text);
    return Files.writeString(folder.resolve(file.getFileName()), text);
  }

  private void furnish(String text) throws IOException {
    List<String> names = NAMED.matcher(text).results().map(MatchResult::group).distinct().toList();
    for (String name : names) {
      Path path = folder.resolve(name);
      Files.createDirectories(path.getParent());
      if (name.endsWith(".pem") || name.endsWith(".key")) {
        Files.copy(issuer.resolve(name.endsWith(".key") ? "any-key.pem" : "any.pem"), path);
      } else if (name.startsWith("secrets/")) {
        Files.writeString(path, "kelid-e-khane-zir-e-goldan\n");
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
      } else {
        Files.createDirectories(path);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("configurations")
  void configuration_asItStands_hasNoProblem(Path file) throws IOException {
    ConfigFile.Result<Configuration> read =
        ConfigFile.read(furnished(file), Configuration.SHAPE, variable -> null);
    assertEquals(List.of(), read.problems());
    assertTrue(read.isGood());
  }

  @ParameterizedTest
  @MethodSource("configurations")
  void configuration_onFreePorts_starts(Path file) throws Exception {
    String text = Files.readString(furnished(file));
    String free =
        Pattern.compile("address:\\s*\"(?!unix:)[^\"]*\"")
            .matcher(text)
            .replaceAll(any -> "address: \"127.0.0.1:" + Ports.free() + "\"");
    try (TestGateway gateway = TestGateway.start(folder, free, 1)) {
      assertTrue(gateway.metrics().contains("darban_http_requests_in_flight"));
    }
  }

  @Test
  void readme_itsConfiguration_hasNoProblem() throws IOException {
    Matcher block =
        Pattern.compile("(?s)```yaml\n(.*?)```").matcher(Files.readString(Path.of("README.md")));
    assertTrue(block.find());
    String text = block.group(1).replace("/srv/static", "www");
    furnish(text);
    ConfigFile.Result<Configuration> read =
        ConfigFile.parse(
            folder.resolve("README.yaml"), text, Configuration.SHAPE, variable -> null);
    assertEquals(List.of(), read.problems());
  }

  @Test
  void schema_inConf_isWhatTheProgramPrints() throws IOException {
    assertEquals(
        JsonSchema.of("Darban configuration", Configuration.SHAPE),
        Files.readString(CONF.resolve("darban.schema.json")),
        "renew it: ./darban schema > conf/darban.schema.json");
  }

  @Test
  void prometheus_scrapesTheEmbeddedAdminAddress() throws IOException {
    Matcher admin =
        Pattern.compile("(?m)^admin: \\{ address: (\"[^\"]+\")")
            .matcher(Files.readString(CONF.resolve("darban.yaml")));
    assertTrue(admin.find());
    String scrape = Files.readString(CONF.resolve("prometheus.yml"));
    assertTrue(scrape.contains("targets: [ " + admin.group(1) + " ]"), scrape);
  }

  @Test
  void unit_ofSystemd_isUnderstood() throws Exception {
    String analyze = Peers.find("systemd-analyze", "systemd");
    String unit = Files.readString(CONF.resolve("darban.service"));
    String launcher = Path.of("darban").toAbsolutePath().toString();
    assertTrue(unit.contains("ExecStart=/opt/darban/darban run\n"), unit);
    Path here =
        Files.writeString(
            folder.resolve("darban.service"), unit.replace("/opt/darban/darban", launcher));
    Program.Result result = Program.of(analyze, "verify", "--man=no", here.toString()).run().good();
    assertEquals("", result.err());
  }
}
