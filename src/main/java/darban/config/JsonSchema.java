package darban.config;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Writes the JSON Schema (draft 2020-12) of a shape, by which an editor completes and checks a
 * configuration. Every section stands once, under {@code $defs}. A variable may stand for whatever
 * text can say. Used once, by one thread.
 */
public final class JsonSchema {
  private static final String VARIABLE = "\\$\\{";

  private final Map<String, Form.Section> sections = new LinkedHashMap<>();
  private final Map<String, Object> definitions = new LinkedHashMap<>();

  private JsonSchema() {}

  /**
   * The schema of a whole file, which is one section.
   *
   * @throws IllegalArgumentException when two different sections have one name
   */
  public static String of(String title, Shape<?> shape) {
    JsonSchema writer = new JsonSchema();
    Map<String, Object> body = writer.section(Sources.section(shape));
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    schema.put("title", title);
    schema.putAll(body);
    schema.put("$defs", writer.definitions);
    return Json.text(schema) + "\n";
  }

  private Map<String, Object> schema(Form form) {
    return switch (form) {
      case Form.Text text -> text(text.pattern());
      case Form.Numeric number -> number(number);
      case Form.Bool _ -> map("type", List.of("boolean", "string"), "pattern", VARIABLE);
      case Form.Words(List<String> words) -> map("anyOf", words(words));
      case Form.ListOf(Form item, int least) -> list(item, least);
      case Form.MapOf(Form key, Form value) ->
          map(
              "type", List.of("object", "null"),
              "propertyNames", schema(key),
              "additionalProperties", schema(value));
      case Form.Either(List<Form> forms) ->
          map("anyOf", forms.stream().flatMap(this::ways).toList());
      case Form.Section section -> reference(section);
      case Form.Variant variant -> variant(variant);
    };
  }

  private static Map<String, Object> text(String pattern) {
    if (pattern.isEmpty()) {
      return map("type", List.of("string", "number", "boolean"));
    }
    boolean number = "7".matches(pattern) || "404".matches(pattern);
    return map(
        "type",
        number ? List.of("string", "number") : "string",
        "pattern",
        "^(" + pattern + ")$|" + VARIABLE);
  }

  /** Bounds look at numbers only and patterns at text only (JSON Schema Validation §6). */
  private static Map<String, Object> number(Form.Numeric number) {
    Map<String, Object> schema =
        map("type", List.of(number.whole() ? "integer" : "number", "string"), "pattern", VARIABLE);
    if (Double.isFinite(number.min())) {
      schema.put("minimum", bound(number, number.min()));
    }
    if (Double.isFinite(number.max())) {
      schema.put("maximum", bound(number, number.max()));
    }
    return schema;
  }

  private static Object bound(Form.Numeric number, double bound) {
    return number.whole() ? (Object) (long) bound : (Object) bound;
  }

  private Stream<Map<String, Object>> ways(Form form) {
    return form instanceof Form.Words(List<String> words)
        ? words(words).stream()
        : Stream.of(schema(form));
  }

  /** Words that YAML takes for numbers are offered as both. */
  private static List<Map<String, Object>> words(List<String> words) {
    Set<Object> all = new LinkedHashSet<>(words);
    words.forEach(word -> all.add(Json.literal(word)));
    return List.of(map("enum", all), map("type", "string", "pattern", VARIABLE));
  }

  private Map<String, Object> list(Form item, int least) {
    Map<String, Object> schema =
        map("type", least == 0 ? List.of("array", "null") : "array", "items", schema(item));
    if (least > 0) {
      schema.put("minItems", least);
    }
    return schema;
  }

  private Map<String, Object> reference(Form.Section section) {
    Form.Section before = sections.putIfAbsent(section.name(), section);
    if (before == null) {
      definitions.put(section.name(), Map.of());
      definitions.put(section.name(), section(section));
    } else if (!before.equals(section)) {
      throw new IllegalArgumentException("two sections are called " + section.name());
    }
    return map("$ref", "#/$defs/" + section.name());
  }

  private Map<String, Object> section(Form.Section section) {
    Map<String, Object> properties = new LinkedHashMap<>();
    for (Form.Entry entry : section.entries()) {
      properties.put(entry.key(), property(entry));
      for (String old : entry.former()) {
        Map<String, Object> renamed = new LinkedHashMap<>(schema(entry.form()));
        renamed.put("description", "The old name of " + entry.key());
        renamed.put("deprecated", true);
        properties.put(old, renamed);
      }
    }
    Map<String, Object> schema = map("type", "object", "properties", properties);
    List<String> required =
        section.entries().stream().filter(Form.Entry::required).map(Form.Entry::key).toList();
    if (!required.isEmpty()) {
      schema.put("required", required);
    }
    if (!section.exactlyOne().isEmpty()) {
      schema.put("allOf", section.exactlyOne().stream().map(JsonSchema::exactlyOne).toList());
    }
    schema.put("additionalProperties", false);
    return schema;
  }

  private Map<String, Object> property(Form.Entry entry) {
    Map<String, Object> schema = new LinkedHashMap<>(schema(entry.form()));
    schema.put("description", entry.doc());
    Node otherwise = entry.otherwise();
    if (otherwise != null) {
      schema.put("default", Json.of(otherwise));
    }
    if (entry.deprecated() != null) {
      schema.put("deprecated", true);
    }
    return schema;
  }

  private static Map<String, Object> exactlyOne(List<String> keys) {
    return map("oneOf", keys.stream().map(key -> map("required", List.of(key))).toList());
  }

  /** One condition a case: an editor then complains about the section that was chosen only. */
  private Map<String, Object> variant(Form.Variant variant) {
    String tag = variant.tag();
    List<String> words = variant.cases().stream().map(Form.Case::word).toList();
    List<Object> cases =
        variant.cases().stream()
            .<Object>map(it -> map("if", chosen(variant, it), "then", schema(it.form())))
            .toList();
    return map(
        "type", "object", "properties", map(tag, map("anyOf", words(words))), "allOf", cases);
  }

  private static Map<String, Object> chosen(Form.Variant variant, Form.Case it) {
    Map<String, Object> chosen = map("properties", map(variant.tag(), map("const", it.word())));
    if (!it.word().equals(variant.otherwise())) {
      chosen.put("required", List.of(variant.tag()));
    }
    return chosen;
  }

  private static Map<String, Object> map(Object... keysAndValues) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      map.put((String) keysAndValues[i], keysAndValues[i + 1]);
    }
    return map;
  }
}
