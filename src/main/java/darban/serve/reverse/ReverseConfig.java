package darban.serve.reverse;

import static darban.config.Shapes.ref;

import darban.config.Ref;
import darban.config.Registry;
import darban.exchange.Action;
import darban.exchange.Endpoint;
import darban.exchange.Match;
import darban.exchange.Parts;
import darban.origin.Services;

/**
 * The action {@code service}: pass on to a service.
 *
 * @param service its name
 */
public record ReverseConfig(Ref service) implements Action {
  /** Registers the action. */
  public static void register(Registry<Action> actions) {
    actions.register(
        "service", ref("service").map(ReverseConfig::new), "Passes on to this service");
  }

  @Override
  public Endpoint endpoint(Parts parts, Match match) {
    return new ReverseProxy(parts.get(Services.class).named(service.name()));
  }

  @Override
  public String label() {
    return service.name();
  }
}
