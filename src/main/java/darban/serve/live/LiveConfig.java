package darban.serve.live;

import static darban.config.Shapes.ref;

import darban.access.Users;
import darban.config.Ref;
import darban.config.Registry;
import darban.exchange.Action;
import darban.exchange.Endpoint;
import darban.exchange.Match;
import darban.exchange.Parts;
import darban.live.Hub;
import darban.live.Hubs;

/**
 * The action {@code live}: take and show live streams. Where the route matches {@code /prefix/*},
 * streams are named by what follows the prefix.
 *
 * @param hub the name of theirs
 */
public record LiveConfig(Ref hub) implements Action {
  /** Registers the action. */
  public static void register(Registry<Action> actions) {
    actions.register("live", ref("live").map(LiveConfig::new), "Takes and shows live streams");
  }

  @Override
  public Endpoint endpoint(Parts parts, Match match) {
    Hub hub = parts.get(Hubs.class).named(this.hub.name());
    Publishing publishing = new Publishing(hub, parts.get(Users.class));
    return new LiveOrigin(
        match.folder(), publishing, new Viewing(hub), new Watching(hub, match.folder()));
  }

  @Override
  public String label() {
    return hub.name();
  }
}
