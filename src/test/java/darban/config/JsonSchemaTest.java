package darban.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The schema and the reference say what the reader does. */
class JsonSchemaTest {
  private static final Path CASES = Path.of("src/test/resources/cases");
  private static final String SCHEMA = JsonSchema.of("Sample", SampleConfig.shape());
  private static final SchemaValidator VALIDATOR = new SchemaValidator(SCHEMA);

  static Stream<Path> sampleCases() throws IOException {
    try (Stream<Path> files = Files.list(CASES.resolve("config-sample"))) {
      return files.sorted().toList().stream();
    }
  }

  @Test
  void schema_ofTheSample_isAsAlways() throws IOException {
    assertEquals(Files.readString(CASES.resolve("sample.schema.json")), SCHEMA);
  }

  @Test
  void reference_ofTheSample_isAsAlways() throws IOException {
    String expected = Files.readString(CASES.resolve("sample.reference.md"));
    assertEquals(expected, ConfigReference.of(SampleConfig.shape()));
  }

  /** What can be read is valid, what cannot is not; only the reader looks at files and twins. */
  @ParameterizedTest
  @MethodSource("sampleCases")
  void schema_ofEachCase_agreesWithTheReader(Path file) throws IOException {
    String[] parts = Files.readString(file).split("\n----\n");
    boolean good = parts[1].contains("SampleConfig[");
    boolean onlyTheReader =
        List.of("missing-secret.case", "old-keys.case").contains(file.getFileName().toString());
    String input = parts[0].split("\n>>>> ")[0].replace("${", "$${");
    List<String> errors = VALIDATOR.errors(input);
    assertEquals(good || onlyTheReader, errors.isEmpty(), errors.toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {}                                                  |
          users: ~                                            |
          $schema: ./darban.schema.json                       |
          include: [sites/*.yaml]                             |
          listeners: {w: {address: ':1', tls: off}}           |
          listeners: {w: {address: ':1', tls: '$${TLS}'}}     |
          listeners: {w: {address: '$${A}'}}                  |
          listeners: {w: {address: x}}                        | /listeners/w/address pattern
          listeners: {w: {address: ':1', mode: http}}         |
          listeners: {w: {address: ':1', mode: tcp}}          | /listeners/w required
          listeners: {w: {address: ':1', mode: udp}}          | /listeners/w/mode anyOf
          listeners: {w: {address: ':1', protocols: []}}      | /listeners/w/protocols minItems
          listeners: {w: {address: ':1', protocols: [h4]}}    | /listeners/w/protocols/- anyOf
          services: {s: {servers: ['http://a', {url: 'h2://b'}]}} |
          services: {s: {servers: ['http://a'], x: 1}}        | /services/s/x additional
          'services: {''a b'': {servers: [''http://a'']}}'    | /services/a b pattern
          sites: {a: {routes: [{redirect: {to: x, status: '$${S}'}}]}} |
          sites: {a: {routes: [{redirect: {to: x, status: 301}}]}} |
          sites: {a: {routes: [{redirect: {to: x, status: 300}}]}} | /sites/a/routes/-/redirect/status minimum
          sites: {a: {routes: [{redirect: {to: x, status: 309}}]}} | /sites/a/routes/-/redirect/status maximum
          sites: {a: {routes: [{redirect: {to: x}, service: y}]}} | /sites/a/routes/- oneOf
          sites: {a: {routes: [{}]}}                          | /sites/a/routes/- oneOf
          cache: {memory: 512}                                |
          cache: {negative: false}                            |
          cache: {negative: 1}                                | /cache/negative type
          """)
  void schema_ofASmallDocument_saysWhatIsWrong(String text, String error) {
    List<String> expected = error == null ? List.of() : List.of(error);
    assertEquals(expected, VALIDATOR.errors(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"good.case", "warnings.case"})
  void schema_withoutAnyKeyItRequires_refuses(String name) throws IOException {
    String input = Files.readString(CASES.resolve("config-sample/" + name)).split("\n----\n")[0];
    String broken = input.replace("address:", "adress:").replace("${", "$${");
    assertFalse(VALIDATOR.errors(broken).isEmpty());
  }

  @Test
  void schema_ofWordsThatAreNumbers_acceptsBoth() {
    Shape<String> shape =
        Shapes.section(
            "s",
            keys -> {
              var version =
                  keys.withDefault(
                      "min-version",
                      Shapes.either(Shapes.word("1.2", "A"), Shapes.word("1.3", "B")),
                      "1.2",
                      "The oldest");
              return values -> values.get(version);
            });
    SchemaValidator validator = new SchemaValidator(JsonSchema.of("s", shape));
    assertEquals(List.of(), validator.errors("min-version: 1.3"));
    assertEquals(List.of(), validator.errors("min-version: '1.3'"));
    assertEquals(List.of("/min-version anyOf"), validator.errors("min-version: 1.1"));
    assertEquals("B", ConfigFile.parse(Path.of("x"), "min-version: 1.3", shape, _ -> null).value());
  }

  @Test
  void schema_ofTwoSectionsWithOneName_isRefused() {
    Shape<String> shape =
        Shapes.section(
            "root",
            keys -> {
              keys.optional("a", Shapes.section("tls", _ -> _ -> ""), "");
              keys.optional("b", Shapes.section("tls", inner -> one(inner)), "");
              return _ -> "";
            });
    assertThrows(IllegalArgumentException.class, () -> JsonSchema.of("root", shape));
    assertThrows(IllegalArgumentException.class, () -> JsonSchema.of("text", Shapes.text()));
  }

  private static java.util.function.Function<Values, String> one(Keys keys) {
    var key = keys.required("x", Shapes.text(), "");
    return values -> values.get(key);
  }

  @Test
  void json_ofText_isEscaped() {
    assertEquals("\"a\\\"\\\\\\n\\t\\u0001é\"", Json.text("a\"\\\n\t\u0001é"));
    assertTrue(Json.text(List.of()).equals("[]"));
  }
}
