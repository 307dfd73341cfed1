package darban.serve.steering;

import static darban.config.Shapes.duration;
import static darban.config.Shapes.either;
import static darban.config.Shapes.integer;
import static darban.config.Shapes.list;
import static darban.config.Shapes.map;
import static darban.config.Shapes.section;
import static darban.config.Shapes.text;
import static darban.config.Shapes.within;

import darban.config.Registry;
import darban.config.Shape;
import darban.exchange.Action;
import darban.exchange.Endpoint;
import darban.exchange.Match;
import darban.exchange.Parts;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The action {@code steering}.
 *
 * @param pathways by their names in manifests, with the share of players that prefer each; of one
 *     order for all the first has the only share
 * @param ttl when players ask again
 */
public record SteeringConfig(Map<String, Integer> pathways, Duration ttl) implements Action {
  private static final Shape<String> PATHWAY =
      text(
          "the name of a pathway", "use letters, digits, `.`, `-` and `_`", "[A-Za-z0-9._-]{1,64}");

  private static final Shape<Map<String, Integer>> PATHWAYS =
      either(
          list(PATHWAY, 1).map(SteeringConfig::inOrder),
          map(PATHWAY, integer(0, 1_000_000)).map(LinkedHashMap::new));

  private static final Shape<SteeringConfig> SHAPE =
      section(
              "steering",
              keys -> {
                var pathways =
                    keys.required(
                        "pathways",
                        PATHWAYS,
                        "In the order of preference: [ a, b ]; or with shares of players: { a: 3, b: 1 }");
                var ttl =
                    keys.withDefault(
                        "ttl", within(duration(), "1s", "1d"), "5m", "When players ask again");
                return values -> new SteeringConfig(values.get(pathways), values.get(ttl));
              })
          .check((config, where, problems) -> {
            if (config.pathways().values().stream().mapToInt(Integer::intValue).sum() == 0) {
              problems.error(where.at("pathways"), "nobody has a share", "give one above 0");
            }
          });

  private static Map<String, Integer> inOrder(List<String> names) {
    Map<String, Integer> shares = new LinkedHashMap<>();
    names.forEach(name -> shares.putIfAbsent(name, shares.isEmpty() ? 1 : 0));
    return shares;
  }

  /** Registers the action. */
  public static void register(Registry<Action> actions) {
    actions.register("steering", SHAPE, "Tells players which pathway of a manifest to prefer");
  }

  @Override
  public Endpoint endpoint(Parts parts, Match match) {
    return new SteeringServer(this);
  }

  @Override
  public String label() {
    return "steering";
  }
}
