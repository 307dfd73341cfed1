package darban.config;

import static darban.config.Shapes.integer;
import static darban.config.Shapes.section;
import static darban.config.Shapes.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Sections, registries and variants: what a feature declares and gets. */
class SectionTest {
  private static final Path NAME = Path.of("x.yaml");

  private record Point(int x, int y, Optional<String> label) {}

  private static final Shape<Point> POINT =
      section(
          "point",
          keys -> {
            var x = keys.required("x", integer(0, 9), "To the right");
            var y = keys.withDefault("y", integer(0, 9), "5", "Down");
            var label = keys.optional("label", text(), "Shown");
            return values -> new Point(values.get(x), values.get(y), values.get(label));
          });

  private static <T> ConfigFile.Result<T> parse(Shape<T> shape, String text) {
    return ConfigFile.parse(NAME, text, shape, _ -> null);
  }

  private static List<String> told(ConfigFile.Result<?> result) {
    return result.problems().stream().map(Problem::toString).toList();
  }

  @Test
  void section_allKeysGiven_buildsTheRecord() {
    assertEquals(new Point(1, 2, Optional.of("a")), parse(POINT, "x: 1\ny: 2\nlabel: a").value());
  }

  @Test
  void section_onlyRequiredKeys_takesDefaults() {
    assertEquals(new Point(1, 5, Optional.empty()), parse(POINT, "x: 1").value());
  }

  @Test
  void section_sameValuesOfOtherText_areEqual() {
    Point one = parse(POINT, "x: 1 # first").value();
    Point other = parse(POINT, "\n{y: 5, x: '1'}").value();
    assertNotNull(one);
    assertEquals(one, other);
    assertNotEquals(one, parse(POINT, "x: 2").value());
  }

  @Test
  void check_ofAValue_pointsAtTheKey() {
    Shape<Point> checked =
        POINT.check((point, where, problems) -> {
          if (point.x() > point.y()) {
            problems.error(where.at("x"), "x is beyond y", "swap them");
            problems.warning(where.at("label"), "no label", "add one");
          }
        });
    var result = parse(checked, "y: 1\nx: 3");
    assertEquals(
        List.of("x.yaml:1:1: warning: no label, add one", "x.yaml:2:4: x is beyond y, swap them"),
        told(result));
    assertTrue(!result.isGood());
    assertTrue(parse(checked, "x: 1").isGood());
  }

  @Test
  void defaultPath_ofAnIncludedSection_startsAtItsFile() {
    Shape<Path> shape =
        section(
            "cache",
            keys -> {
              var path = keys.withDefault("path", Shapes.path(), "var/cache", "Where");
              return values -> values.get(path);
            });
    var result = ConfigFile.parse(Path.of("etc/x.yaml"), "{}", shape, _ -> null);
    assertEquals(Path.of("etc/var/cache"), result.value());
  }

  @Test
  void key_declaredTwice_isRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () ->
            section(
                "twice",
                keys -> {
                  keys.required("x", text(), "");
                  keys.optional("x", text(), "");
                  return _ -> "";
                }));
  }

  @Test
  void key_ofAnotherSection_isRefused() {
    Key<String> stranger = new Key<>((_, _) -> Optional.of(""));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            section(
                "strange",
                keys -> {
                  keys.formerly("old", stranger);
                  return _ -> "";
                }));
    Shape<String> shape = section("strange", _ -> values -> values.get(stranger));
    assertThrows(NullPointerException.class, () -> parse(shape, "{}"));
  }

  @Test
  void registry_keyRegisteredTwice_isRefused() {
    Registry<String> registry = new Registry<>("action");
    registry.register("say", text(), "Says it");
    assertThrows(
        IllegalArgumentException.class, () -> registry.register("say", text(), "Says it too"));
  }

  @Test
  void registry_filledAfterTheShapeWasMade_isPartOfIt() {
    Registry<Object> stages = new Registry<>("stage");
    Shape<Map<String, Object>> shape =
        section(
            "route",
            keys -> {
              var any = keys.any(stages);
              return values -> values.get(any);
            });
    stages.register("limit", integer(0, 9), "How many");
    stages.register("note", text(), "Anything");
    assertEquals(Map.of("limit", 3), parse(shape, "limit: 3").value());
    assertEquals(
        List.of("x.yaml:1:1: unknown key `limi`, did you mean `limit`?"),
        told(parse(shape, "limi: 3")));
    assertEquals(
        List.of("x.yaml:1:8: `x` is not a whole number from 0 to 9, write it in digits"),
        told(parse(shape, "limit: x\nnote: y")));
  }

  @Test
  void default_thatIsNoYaml_isRefusedAtOnce() {
    assertThrows(
        IllegalArgumentException.class,
        () ->
            section(
                "s",
                keys -> {
                  keys.withDefault("host", Shapes.domain(), "*.example", "");
                  return _ -> "";
                }));
  }

  @Test
  void registry_keyThatTheSectionHasItself_isRefused() {
    Registry<Object> stages = new Registry<>("stage");
    Shape<String> shape =
        section(
            "route",
            keys -> {
              keys.optional("match", text(), "");
              keys.any(stages);
              return _ -> "";
            });
    stages.register("match", text(), "");
    assertThrows(IllegalArgumentException.class, shape::form);
  }

  @Test
  void either_ofNothing_tellsAllWays() {
    Shape<Object> tls = Shapes.either(Shapes.word("off", 0), Shapes.list(text()), POINT);
    Shape<Object> shape =
        section(
            "root",
            keys -> {
              var it = keys.required("tls", tls, "");
              return values -> values.get(it);
            });
    assertEquals(
        List.of(
            "x.yaml:1:5: nothing stands where `off`, a list or a `point` section belongs, "
                + "write one of these"),
        told(parse(shape, "tls:")));
    assertEquals(List.of("a"), parse(shape, "tls: [a]").value());
  }

  @Test
  void unknown_keyOfTheTop_isToIndentLess() {
    Shape<Object> shape =
        section(
            "root",
            keys -> {
              var it = keys.required("point", POINT, "");
              keys.optional("users", text(), "");
              return values -> values.get(it);
            });
    assertEquals(
        List.of("x.yaml:3:3: unknown key `users`, it is a top-level key, indent it less"),
        told(parse(shape, "point:\n  x: 1\n  users: u")));
  }

  @Test
  void unknown_nameWithoutCandidates_saysThereIsNone() {
    Problems problems = new Problems();
    problems.unknown(new Ref("api", Position.startOf(NAME)), "service", List.of());
    assertEquals(
        "x.yaml:1:1: no service is called `api`, none is defined",
        problems.sorted().getFirst().toString());
  }

  @Test
  void problem_ofLongTextWithLines_isOneShortLine() {
    String told = Problem.quote("a\nb\u0007" + "x".repeat(500));
    assertEquals("`a b " + "x".repeat(76) + "…`", told);
  }

  @Test
  void problem_saidTwiceOfOnePlace_isToldOnce() {
    Shape<List<Integer>> shape = section("s", keys -> values(keys, "a", "b"));
    assertEquals(
        List.of("x.yaml:1:4: `x` is not a whole number from 0 to 9, write it in digits"),
        told(parse(shape, "a: &v x\nb: *v")));
  }

  private static java.util.function.Function<Values, List<Integer>> values(
      Keys keys, String first, String second) {
    var a = keys.required(first, integer(0, 9), "");
    var b = keys.required(second, integer(0, 9), "");
    return values -> List.of(values.get(a), values.get(b));
  }
}
