package darban.serve.radio;

import static darban.config.Shapes.ref;

import darban.access.Users;
import darban.config.Ref;
import darban.config.Registry;
import darban.exchange.Action;
import darban.exchange.Endpoint;
import darban.exchange.Match;
import darban.exchange.Parts;
import darban.radio.Radio;
import darban.radio.Radios;

/**
 * The action {@code radio}: mounts are named by the paths of requests.
 *
 * @param radio the name of its mounts
 */
public record RadioAction(Ref radio) implements Action {
  /** Registers the action. */
  public static void register(Registry<Action> actions) {
    actions.register(
        "radio", ref("radio").map(RadioAction::new), "Takes radio and lets it be heard");
  }

  @Override
  public Endpoint endpoint(Parts parts, Match match) {
    Radio found = parts.get(Radios.class).named(radio.name());
    Sending sending = new Sending(found, parts.get(Users.class));
    return new RadioServer(found, sending, new Hearing(found));
  }

  @Override
  public String label() {
    return radio.name();
  }
}
