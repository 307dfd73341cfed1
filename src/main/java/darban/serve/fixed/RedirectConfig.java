package darban.serve.fixed;

import static darban.config.Shapes.section;
import static darban.config.Shapes.text;

import darban.config.Registry;
import darban.config.Shape;
import darban.exchange.Action;
import darban.exchange.Endpoint;
import darban.exchange.Match;
import darban.exchange.Parts;

/**
 * The action {@code redirect}.
 *
 * @param to a path or URL; {@code {path}}, {@code {query}} with its question mark, {@code {host}}
 *     with its port and {@code {scheme}} stand for the request's
 * @param status 301, 302, 303, 307 or 308
 */
public record RedirectConfig(String to, int status) implements Action {
  private static final Shape<RedirectConfig> SHAPE =
      section(
          "redirect",
          keys -> {
            var to =
                keys.required(
                    "to",
                    text("a place", "write a path or a URL", "(/|https?://|\\{scheme\\}://)\\S*"),
                    "A path or URL; {path}, {query} with its `?`, {host}, {scheme} are the request's");
            var status =
                keys.withDefault(
                    "status",
                    text("a status", "write 301, 302, 303, 307 or 308", "30[12378]")
                        .map(Integer::parseInt),
                    "308",
                    "301, 302, 303, 307 or 308");
            return values -> new RedirectConfig(values.get(to), values.get(status));
          });

  /** Registers the action. */
  public static void register(Registry<Action> actions) {
    actions.register("redirect", SHAPE, "Sends clients to another place");
  }

  @Override
  public Endpoint endpoint(Parts parts, Match match) {
    return new Redirect(to, status);
  }

  @Override
  public String label() {
    return "redirect";
  }
}
