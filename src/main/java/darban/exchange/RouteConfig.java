package darban.exchange;

import static darban.config.Shapes.list;
import static darban.config.Shapes.map;
import static darban.config.Shapes.ref;
import static darban.config.Shapes.section;
import static darban.config.Shapes.text;

import darban.config.Ref;
import darban.config.Registry;
import darban.config.Shape;
import darban.config.Shapes;
import darban.exchange.Match.PathRule;
import darban.http.Method;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;

/**
 * A rule of a site: one action and any stages. Immutable.
 *
 * @param match which requests it is for
 * @param action what it does
 * @param stages what is done before and after, by their keys
 */
public record RouteConfig(Match match, Action action, Map<String, StageConfig> stages) {
  private static final Shape<PathRule> PATH =
      Shape.parsed(
          "a path",
          "write `/exact`, `/folder/*` or `~regular expression`",
          "\\*|[/~].*",
          RouteConfig::path);

  private static final Shape<Method> METHOD =
      text("a method", "write it in capitals, such as GET", "[A-Z][A-Z-]*").map(Method::of);

  private static final Shape<Match> MATCH =
      section(
          "match",
          keys -> {
            var path = keys.withDefault("path", PATH, "\"*\"", "`/exact`, `/folder/*` or `~regex`");
            var methods = keys.withDefault("methods", list(METHOD), "[]", "Methods; all if none");
            var headers =
                keys.withDefault(
                    "headers", map(Shapes.fieldName(), text()), "{}", "Fields and their values");
            var query =
                keys.withDefault("query", map(text(), text()), "{}", "Parameters of the query");
            var listener =
                keys.withDefault("listener", list(ref("listener")), "[]", "Listeners; all if none");
            return values ->
                new Match(
                    values.get(path),
                    Set.copyOf(values.get(methods)),
                    values.get(headers),
                    values.get(query),
                    values.get(listener).stream().map(Ref::name).collect(Collectors.toSet()));
          });

  private static Optional<PathRule> path(String text) {
    if (!text.equals("*") && !text.startsWith("/") && !text.startsWith("~")) {
      // No path of a request is like that: the route would never be taken.
      return Optional.empty();
    }
    try {
      return Optional.of(PathRule.parse(text));
    } catch (PatternSyntaxException notRegex) {
      return Optional.empty();
    }
  }

  /** The shape of a route with these actions and stages. */
  public static Shape<RouteConfig> shape(
      Registry<Action> actions, Registry<StageConfig> stageTypes) {
    return section(
        "route",
        keys -> {
          var match = keys.optional("match", MATCH, "Which requests; all if absent");
          var action = keys.one(actions);
          var stages = keys.any(stageTypes);
          return values ->
              new RouteConfig(
                  values.get(match).orElse(Match.ALL), values.get(action), values.get(stages));
        });
  }

  /**
   * The route on one event loop.
   *
   * @param site the site's name
   * @param always stages that every route has
   */
  public Route build(String site, Parts parts, List<StageConfig> always) {
    EnumMap<Phase, Stage> byPhase = new EnumMap<>(Phase.class);
    always.forEach(each -> byPhase.put(each.phase(), each.stage(parts)));
    stages.values().forEach(each -> byPhase.put(each.phase(), each.stage(parts)));
    Endpoint endpoint = action.endpoint(parts, match);
    return new Route(site, action.label(), match, Pipeline.of(byPhase, endpoint));
  }
}
