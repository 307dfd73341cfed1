package darban.config;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The part of JSON Schema (draft 2020-12) that Darban writes, to check documents against it. */
final class SchemaValidator {
  private final Map<String, Object> root;

  SchemaValidator(String schema) {
    this.root = object(Json.of(node(schema)));
  }

  /** Why {@code yaml} is not valid; empty when it is. */
  List<String> errors(String yaml) {
    List<String> errors = new ArrayList<>();
    validate(root, Json.of(node(yaml)), "", errors);
    return errors;
  }

  private static Node node(String text) {
    Problems problems = new Problems();
    return Yaml.read(Path.of("x"), text, new Variables(_ -> null), problems)
        .orElseThrow(() -> new AssertionError(problems.sorted().toString()));
  }

  private void validate(Map<String, Object> schema, Object value, String at, List<String> errors) {
    schema.forEach((keyword, it) -> {
      switch (keyword) {
        case "$ref" -> validate(referred((String) it), value, at, errors);
        case "type" ->
            check(types(it).contains(type(value)) || isInteger(it, value), at + " type", errors);
        case "enum" -> check(list(it).contains(value), at + " enum", errors);
        case "const" -> check(it.equals(value), at + " const", errors);
        case "anyOf" -> check(matches(it, value) > 0, at + " anyOf", errors);
        case "oneOf" -> check(matches(it, value) == 1, at + " oneOf", errors);
        case "allOf" -> list(it).forEach(part -> validate(object(part), value, at, errors));
        case "if" -> {
          if (isValid(object(it), value)) {
            validate(object(schema.get("then")), value, at, errors);
          }
        }
        default -> validatePart(keyword, schema, value, at, errors);
      }
    });
  }

  private void validatePart(
      String keyword, Map<String, Object> schema, Object value, String at, List<String> errors) {
    Object it = Objects.requireNonNull(schema.get(keyword));
    switch (value) {
      case String text when keyword.equals("pattern") ->
          check(Pattern.compile((String) it).matcher(text).find(), at + " pattern", errors);
      case BigDecimal number when keyword.equals("minimum") ->
          check(number.compareTo((BigDecimal) it) >= 0, at + " minimum", errors);
      case BigDecimal number when keyword.equals("maximum") ->
          check(number.compareTo((BigDecimal) it) <= 0, at + " maximum", errors);
      case List<?> items when keyword.equals("minItems") ->
          check(items.size() >= ((BigDecimal) it).intValue(), at + " minItems", errors);
      case List<?> items when keyword.equals("items") ->
          items.forEach(item -> validate(object(it), item, at + "/-", errors));
      case Map<?, ?> map when keyword.equals("required") ->
          check(map.keySet().containsAll(list(it)), at + " required", errors);
      case Map<?, ?> map when keyword.equals("propertyNames") ->
          map.keySet().forEach(key -> validate(object(it), key, at + "/" + key, errors));
      case Map<?, ?> map when keyword.equals("properties") ->
          object(it)
              .forEach((key, of) -> {
                if (map.containsKey(key)) {
                  validate(object(of), map.get(key), at + "/" + key, errors);
                }
              });
      case Map<?, ?> map when keyword.equals("additionalProperties") ->
          map.forEach((key, of) -> {
            if (!object(schema.getOrDefault("properties", Map.of())).containsKey(key)) {
              String place = at + "/" + key;
              if (it.equals(false)) {
                errors.add(place + " additional");
              } else {
                validate(object(it), of, place, errors);
              }
            }
          });
      default -> check(KNOWN.contains(keyword), "unknown keyword " + keyword, errors);
    }
  }

  private static final List<String> KNOWN =
      List.of(
          "$schema",
          "$defs",
          "title",
          "description",
          "default",
          "deprecated",
          "then",
          "pattern",
          "minimum",
          "maximum",
          "minItems",
          "items",
          "required",
          "propertyNames",
          "properties",
          "additionalProperties");

  private static void check(boolean good, String error, List<String> errors) {
    if (!good) {
      errors.add(error);
    }
  }

  private long matches(Object schemas, Object value) {
    return list(schemas).stream().filter(it -> isValid(object(it), value)).count();
  }

  private boolean isValid(Map<String, Object> schema, Object value) {
    List<String> errors = new ArrayList<>();
    validate(schema, value, "", errors);
    return errors.isEmpty();
  }

  private Map<String, Object> referred(String ref) {
    return object(object(root.get("$defs")).get(ref.substring("#/$defs/".length())));
  }

  private static List<?> types(Object type) {
    return type instanceof List<?> types ? types : List.of(type);
  }

  private static boolean isInteger(Object type, Object value) {
    return types(type).contains("integer")
        && value instanceof BigDecimal number
        && number.stripTrailingZeros().scale() <= 0;
  }

  private static String type(Object value) {
    return switch (value) {
      case Map<?, ?> _ -> "object";
      case List<?> _ -> "array";
      case Boolean _ -> "boolean";
      case BigDecimal _ -> "number";
      case String text when List.of("", "~", "null").contains(text) -> "null";
      default -> "string";
    };
  }

  private static List<?> list(Object value) {
    return (List<?>) value;
  }

  @SuppressWarnings("unchecked") // keys of JSON are text
  private static Map<String, Object> object(@Nullable Object value) {
    return (Map<String, Object>) Objects.requireNonNull(value);
  }
}
