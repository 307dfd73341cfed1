package darban.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Writes the reference of a shape in Markdown: a table a section, in the order in which they are
 * met. Used once, by one thread.
 */
public final class ConfigReference {
  private final Map<String, Form.Section> sections = new LinkedHashMap<>();
  private final StringBuilder out = new StringBuilder();

  private ConfigReference() {}

  /** The reference of a whole file, which is one section. */
  public static String of(Shape<?> shape) {
    ConfigReference reference = new ConfigReference();
    reference.collect(Sources.section(shape));
    reference.sections.values().forEach(reference::table);
    return reference.out.toString();
  }

  private void collect(Form form) {
    switch (form) {
      case Form.Section section -> {
        if (sections.putIfAbsent(section.name(), section) == null) {
          section.entries().forEach(entry -> collect(entry.form()));
        }
      }
      case Form.ListOf(Form item, _) -> collect(item);
      case Form.MapOf(_, Form value) -> collect(value);
      case Form.Either(List<Form> forms) -> forms.forEach(this::collect);
      case Form.Variant variant -> variant.cases().forEach(it -> collect(it.form()));
      case Form.Text _, Form.Numeric _, Form.Bool _, Form.Words _ -> {}
    }
  }

  private void table(Form.Section section) {
    out.append(out.isEmpty() ? "" : "\n").append("## ").append(section.name()).append("\n\n");
    out.append("| key | value | default | meaning |\n|---|---|---|---|\n");
    for (Form.Entry entry : section.entries()) {
      row("`" + entry.key() + "`", type(entry.form()), otherwise(entry), meaning(entry));
    }
  }

  private void row(String... cells) {
    for (String cell : cells) {
      out.append("| ").append(cell.replace("|", "\\|")).append(' ');
    }
    out.append("|\n");
  }

  private static String otherwise(Form.Entry entry) {
    if (entry.required()) {
      return "required";
    }
    Node otherwise = entry.otherwise();
    return switch (otherwise) {
      case null -> "";
      case Node.Scalar scalar -> "`" + scalar.text() + "`";
      default -> "`" + Json.text(Json.of(otherwise)).replaceAll("\\s+", " ") + "`";
    };
  }

  private static String meaning(Form.Entry entry) {
    String former =
        entry.former().isEmpty() ? "" : " Formerly " + Problems.listed(entry.former(), "and") + ".";
    String deprecated =
        entry.deprecated() == null ? "" : " Deprecated: " + entry.deprecated() + ".";
    return entry.doc() + (entry.doc().endsWith(".") ? "" : ".") + former + deprecated;
  }

  private static String type(Form form) {
    return switch (form) {
      case Form.Section(String name, _, _) -> "[" + name + "](#" + name + ")";
      case Form.ListOf(Form item, int least) ->
          (least > 0 ? "list of at least " + least + ": " : "list: ") + type(item);
      case Form.MapOf(Form key, Form value) -> "for each " + bare(key) + ": " + type(value);
      case Form.Either(List<Form> forms) ->
          forms.stream().map(ConfigReference::type).collect(Collectors.joining(", or "));
      case Form.Variant variant ->
          "by `"
              + variant.tag()
              + "`: "
              + variant.cases().stream()
                  .map(it -> type(it.form()))
                  .collect(Collectors.joining(", "));
      case Form.Text _, Form.Numeric _, Form.Bool _, Form.Words _ -> bare(form);
    };
  }

  /** The noun without its article. */
  private static String bare(Form form) {
    return form.noun().replaceFirst("^(a|an|the) ", "");
  }
}
