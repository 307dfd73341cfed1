package darban.stage.cache;

import static darban.config.Shapes.bool;
import static darban.config.Shapes.choice;
import static darban.config.Shapes.duration;
import static darban.config.Shapes.either;
import static darban.config.Shapes.fieldName;
import static darban.config.Shapes.integer;
import static darban.config.Shapes.list;
import static darban.config.Shapes.map;
import static darban.config.Shapes.section;
import static darban.config.Shapes.size;
import static darban.config.Shapes.text;
import static darban.config.Shapes.word;

import darban.caching.CachePolicy;
import darban.caching.QueryPolicy;
import darban.config.Registry;
import darban.config.Shape;
import darban.exchange.Parts;
import darban.exchange.Phase;
import darban.exchange.Stage;
import darban.exchange.StageConfig;
import java.util.Optional;

/**
 * The key {@code cache} of a route: {@code off}, {@code on}, or what differs from the defaults.
 *
 * @param policy empty for a route without cache
 * @param edge rules for live streams; empty for none
 */
public record RouteCache(Optional<CachePolicy> policy, Optional<EdgeRules> edge)
    implements StageConfig {
  /** With all defaults. */
  public static final RouteCache ON =
      new RouteCache(Optional.of(CachePolicy.DEFAULT), Optional.empty());

  /** Without. */
  public static final RouteCache OFF = new RouteCache(Optional.empty(), Optional.empty());

  private static final Shape<CachePolicy.Key> KEY =
      section(
          "cache-key",
          keys -> {
            var drop =
                keys.optional(
                    "drop-query",
                    either(
                        word("all", QueryPolicy.DROPPED), list(text()).map(QueryPolicy::dropping)),
                    "Parameters that do not count, `name` or `prefix*`; or `all`");
            var keep =
                keys.optional(
                    "keep-query",
                    list(text()).map(QueryPolicy::keeping),
                    "The only parameters that count");
            var known =
                keys.withDefault(
                    "ignore",
                    list(choice(QueryPolicy.Known.class)),
                    "[]",
                    "Well-known parameters that do not count: [tracking, session, token, cmcd]");
            var sort = keys.withDefault("sort-query", bool(), "false", "The order does not count");
            var fields =
                keys.withDefault(
                    "headers", list(fieldName()), "[]", "Request fields that count too");
            return values -> {
              QueryPolicy query =
                  values.get(keep).or(() -> values.get(drop)).orElse(QueryPolicy.WHOLE);
              for (QueryPolicy.Known set : values.get(known)) {
                query = query.without(set);
              }
              return new CachePolicy.Key(
                  values.get(sort) ? query.inAnyOrder() : query, values.get(fields));
            };
          });

  private static final Shape<RouteCache> POLICY =
      section(
          "route-cache",
          keys -> {
            var fallback =
                keys.withDefault(
                    "default-ttl", duration(), "0s", "Of answers that say nothing about it");
            var negative =
                keys.withDefault(
                    "ttl",
                    map(integer(100, 599), duration()),
                    "{}",
                    "As default-ttl, by status: { 404: 10s }");
            var heuristic =
                keys.withDefault(
                    "heuristic-max", duration(), "1d", "A tenth of the age, but no longer");
            var revalidate =
                keys.withDefault(
                    "stale-while-revalidate",
                    duration(),
                    "0s",
                    "Used that long while it is fetched anew, unless the answer says otherwise");
            var error =
                keys.withDefault(
                    "stale-if-error", duration(), "1d", "Used that long while the origin fails");
            var key = keys.withDefault("key", KEY, "{}", "What makes two requests the same");
            var requests =
                keys.withDefault(
                    "honour-requests", bool(), "true", "Heed Cache-Control of requests");
            var pragma =
                keys.withDefault("honour-pragma", bool(), "false", "Heed Pragma of requests");
            var most = keys.withDefault("max-object", size(), "8GB", "What is larger is passed on");
            var uses =
                keys.withDefault("min-uses", integer(1, 1000), "1", "Stored from that request on");
            var cookies =
                keys.withDefault(
                    "cookies",
                    choice(CachePolicy.Cookies.class),
                    "explicit",
                    "Answers that set one: stored if `explicit`ly fresh, `refuse`d, `strip`ped");
            var live =
                keys.withDefault(
                    "live-edge",
                    EdgeRules.SHAPE,
                    "off",
                    "For live HLS and DASH: `on`, or what differs from that");
            return values ->
                of(
                    values.get(live),
                    new CachePolicy.Times(
                        values.get(fallback),
                        values.get(negative),
                        values.get(heuristic),
                        values.get(revalidate),
                        values.get(error),
                        CachePolicy.Times.UNBOUNDED),
                    values.get(key),
                    new CachePolicy.Requests(values.get(requests), values.get(pragma)),
                    new CachePolicy.Admission(
                        values.get(most),
                        values.get(uses),
                        values.get(cookies),
                        CachePolicy.Admission.DEFAULT.post(),
                        CachePolicy.Admission.DEFAULT.varyMost()));
          });

  private static RouteCache of(
      Optional<EdgeRules> live,
      CachePolicy.Times times,
      CachePolicy.Key key,
      CachePolicy.Requests requests,
      CachePolicy.Admission admission) {
    QueryPolicy query = live.isEmpty() ? key.query() : key.query().without(QueryPolicy.Known.CMCD);
    CachePolicy.Key used = new CachePolicy.Key(query, key.fields());
    return new RouteCache(Optional.of(new CachePolicy(times, used, requests, admission)), live);
  }

  /** The shape of the key {@code cache}. */
  public static final Shape<RouteCache> SHAPE = either(word("off", OFF), word("on", ON), POLICY);

  /** Registers the stage. */
  public static void register(Registry<StageConfig> stages) {
    stages.register("cache", SHAPE, "Stores answers: `on`, `off`, or in which way");
  }

  @Override
  public Phase phase() {
    return Phase.CACHE;
  }

  @Override
  public Stage stage(Parts parts) {
    return policy
        .<Stage>map(known -> parts.get(Caches.class).stage(known, edge))
        .orElse((exchange, next) -> next.serve(exchange));
  }

  /** What all routes share, as {@link Parts} has it. */
  public interface Caches {
    /** The stage with that policy, and with rules for live streams or none. */
    CacheStage stage(CachePolicy policy, Optional<EdgeRules> edge);
  }
}
