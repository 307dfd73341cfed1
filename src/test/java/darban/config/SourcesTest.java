package darban.config;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.base.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real files: missing, too large, badly encoded, linked, closed to us, open to others. */
class SourcesTest {
  private static final Shape<Node> ANY =
      Shape.of(() -> new Form.Text("anything", ""), (node, _) -> Optional.of(node));

  @TempDir Path directory;

  private List<String> told(Path file, Shape<?> shape) {
    return ConfigFile.read(file, shape, _ -> null).problems().stream()
        .map(it -> it.toString().replace(directory + "/", ""))
        .toList();
  }

  private Path file(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }

  private static <T> Shape<T> only(String key, Shape<T> shape) {
    return Shapes.section(
        "only",
        keys -> {
          var it = keys.required(key, shape, "");
          return values -> values.get(it);
        });
  }

  @Test
  void file_thatIsMissing_isTheOnlyProblem() {
    assertEquals(
        List.of("x.yaml:1:1: no such file `x.yaml`, looked for at `x.yaml`"),
        told(directory.resolve("x.yaml"), only("a", Shapes.text())));
  }

  @Test
  void file_thatIsADirectory_isAProblem() {
    String told = told(directory, ANY).getFirst();
    assertTrue(told.endsWith("cannot be read (Is a directory), name a readable file"), told);
  }

  @Test
  void file_largerThanFourMebibytes_isRefused() throws IOException {
    Path file = file("x.yaml", "a: " + "x".repeat(FileText.MAX_BYTES));
    assertEquals(
        List.of("x.yaml:1:1: `x.yaml` is too large, the limit is 4 MiB, split it with `include`"),
        told(file, ANY));
  }

  @Test
  void file_notInUtf8_tellsTheFirstBadByte() throws IOException {
    Path file = directory.resolve("x.yaml");
    Files.write(file, "a: 1\nb: caf\u00e9\n".getBytes(ISO_8859_1));
    assertEquals(
        List.of("x.yaml:2:7: a byte that is not UTF-8, save the file as UTF-8"), told(file, ANY));
  }

  @Test
  void file_endingWithinACharacter_isNotUtf8() throws IOException {
    Path file = directory.resolve("x.yaml");
    Files.write(file, new byte[] {'a', ':', ' ', (byte) 0xc3});
    assertEquals(
        List.of("x.yaml:1:4: a byte that is not UTF-8, save the file as UTF-8"), told(file, ANY));
  }

  @Test
  void file_withAByteOrderMark_isReadWithoutIt() throws IOException {
    assertEquals(List.of(), told(file("x.yaml", "\uFEFFa: 1"), only("a", Shapes.text())));
  }

  @Test
  void file_withAControlCharacter_tellsWhere() throws IOException {
    assertEquals(
        List.of("x.yaml:2:5: the character U+0001 is not allowed, remove it"),
        told(file("x.yaml", "a: 1\nb: x\u0001y"), ANY));
  }

  @Test
  void include_ofALinkToItself_isACycle() throws IOException {
    Path file = file("x.yaml", "include: [link.yaml]\na: 1");
    Files.createSymbolicLink(directory.resolve("link.yaml"), file);
    assertEquals(
        List.of("x.yaml:1:11: `link.yaml` includes itself, remove it from `include`"),
        told(file, ANY));
  }

  @Test
  void include_ofManyLevels_ends() throws IOException {
    for (int i = 0; i < 200; i++) {
      file(i + ".yaml", "include: [" + (i + 1) + ".yaml]\nk" + i + ": 1");
    }
    Path last = file("200.yaml", "k200: 1");
    assertTrue(Files.exists(last));
    var result = ConfigFile.read(directory.resolve("0.yaml"), ANY, _ -> null);
    assertTrue(result.isGood());
    assertTrue(result.value() instanceof Node.Mapping all && all.entries().size() == 201);
  }

  @Test
  void includeByAbsolutePath_ofADirectoryPattern_findsFiles() throws IOException {
    Files.createDirectories(directory.resolve("sites/a"));
    file("sites/a/s.yaml", "s: 1");
    String text = "include: [\"" + directory + "/sites/*/s.yaml\"]";
    var result = ConfigFile.parse(Path.of("command"), text, only("s", Shapes.text()), _ -> null);
    assertEquals("1", result.value());
  }

  @Test
  void secret_inAFile_isItsTextWithoutTheLineEnd() throws IOException {
    Path secret = file("token", "s3cret\n");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
    Path file = file("x.yaml", "token: file:token");
    var result = ConfigFile.read(file, only("token", Shapes.secret()), _ -> null);
    assertEquals(new Secret("s3cret"), result.value());
    assertEquals(List.of(), result.problems());
  }

  @Test
  void secret_inAFileThatOthersRead_isAWarning() throws IOException {
    Path secret = file("token", "s3cret");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-r-----"));
    Path file = file("x.yaml", "token: file:token");
    assertTrue(ConfigFile.read(file, only("token", Shapes.secret()), _ -> null).isGood());
    assertEquals(
        List.of(
            "x.yaml:1:8: warning: the secret's file `token` can be read by other users, "
                + "run `chmod 600 token`"),
        told(file, only("token", Shapes.secret())));
  }

  @Test
  void secret_ofAVariable_neverShows() {
    var result =
        ConfigFile.parse(
            Path.of("x"), "token: ${T}", only("token", Shapes.secret()), _ -> "s3cret");
    assertEquals(new Secret("s3cret"), result.value());
    assertFalse(result.toString().contains("s3cret"));
  }

  @Test
  void existingFile_isAskedFor_tellsWhatIsThere() throws IOException {
    Files.createDirectory(directory.resolve("d"));
    file("f", "");
    assertEquals(List.of(), told(file("x.yaml", "p: f"), only("p", Shapes.file())));
    assertEquals(List.of(), told(file("x.yaml", "p: d"), only("p", Shapes.directory())));
    assertEquals(
        List.of("x.yaml:1:4: `d` is a directory, name a file"),
        told(file("x.yaml", "p: d"), only("p", Shapes.file())));
    assertEquals(
        List.of("x.yaml:1:4: `f` is not a directory, name a directory"),
        told(file("x.yaml", "p: f"), only("p", Shapes.directory())));
    assertEquals(
        List.of("x.yaml:1:4: no such directory `e`, looked for at `e`"),
        told(file("x.yaml", "p: e"), only("p", Shapes.directory())));
    assertEquals(
        List.of("x.yaml:1:4: `e f` is not a path, mend it: Nul character not allowed"),
        told(file("x.yaml", "p: \"e\\0f\""), only("p", Shapes.file())));
  }

  @Test
  void file_withoutPermission_isAProblem() throws IOException {
    Path closed = file("closed.yaml", "a: 1");
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("---------"));
    List<String> refused =
        List.of(
            "closed.yaml:1:1: no permission to read `closed.yaml`, "
                + "give this user the right to read it");
    // A superuser reads everything.
    assertEquals(Files.isReadable(closed) ? List.of() : refused, told(closed, ANY));
  }
}
