package darban.serve.reports;

import static darban.config.Shapes.word;

import darban.config.Registry;
import darban.exchange.Action;
import darban.exchange.Endpoint;
import darban.exchange.Match;
import darban.exchange.Parts;

/** The action {@code reports}. */
public record ReportsConfig() implements Action {
  /** Registers the action. */
  public static void register(Registry<Action> actions) {
    actions.register(
        "reports",
        word("players", new ReportsConfig()),
        "`players`: takes what players post of themselves (CMCD version 2)");
  }

  @Override
  public Endpoint endpoint(Parts parts, Match match) {
    return new ReportsServer();
  }

  @Override
  public String label() {
    return "reports";
  }
}
