package darban.serve.fixed;

import static darban.config.Shapes.fieldName;
import static darban.config.Shapes.integer;
import static darban.config.Shapes.map;
import static darban.config.Shapes.section;
import static darban.config.Shapes.text;

import darban.config.Registry;
import darban.config.Shape;
import darban.exchange.Action;
import darban.exchange.Endpoint;
import darban.exchange.Match;
import darban.exchange.Parts;
import darban.http.FieldName;
import darban.http.Fields;
import java.util.Map;

/**
 * The action {@code respond}.
 *
 * @param status 200 to 599
 * @param headers fields of the answer
 * @param body its text
 */
public record RespondConfig(int status, Map<FieldName, String> headers, String body)
    implements Action {
  private static final Shape<String> LINE =
      text("one line", "write printable characters", "[\\x20-\\x7e\\t]*");

  private static final Shape<RespondConfig> SHAPE =
      section(
          "respond",
          keys -> {
            var status = keys.withDefault("status", integer(200, 599), "200", "Its status");
            var headers =
                keys.withDefault("headers", map(fieldName(), LINE), "{}", "Fields of the answer");
            var body = keys.withDefault("body", text(), "\"\"", "Its text");
            return values ->
                new RespondConfig(values.get(status), values.get(headers), values.get(body));
          });

  /** Registers the action. */
  public static void register(Registry<Action> actions) {
    actions.register("respond", SHAPE, "Answers with what stands here");
  }

  @Override
  public Endpoint endpoint(Parts parts, Match match) {
    Fields.Builder fields = Fields.builder(headers.size() + 1);
    headers.forEach(fields::add);
    if (!body.isEmpty()) {
      fields.setIfAbsent(FieldName.CONTENT_TYPE, "text/plain; charset=utf-8");
    }
    return new Respond(status, fields.build(), body);
  }

  @Override
  public String label() {
    return "respond";
  }
}
