package darban.config;

import static darban.config.Shapes.bool;
import static darban.config.Shapes.choice;
import static darban.config.Shapes.cidr;
import static darban.config.Shapes.domain;
import static darban.config.Shapes.duration;
import static darban.config.Shapes.either;
import static darban.config.Shapes.fieldName;
import static darban.config.Shapes.integer;
import static darban.config.Shapes.list;
import static darban.config.Shapes.map;
import static darban.config.Shapes.name;
import static darban.config.Shapes.path;
import static darban.config.Shapes.percent;
import static darban.config.Shapes.rate;
import static darban.config.Shapes.ref;
import static darban.config.Shapes.secret;
import static darban.config.Shapes.section;
import static darban.config.Shapes.serverUrl;
import static darban.config.Shapes.size;
import static darban.config.Shapes.statuses;
import static darban.config.Shapes.text;
import static darban.config.Shapes.variant;
import static darban.config.Shapes.within;
import static darban.config.Shapes.word;

import darban.base.Cidr;
import darban.base.Secret;
import darban.http.FieldName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A configuration with one of everything, written as a feature would write it. */
record SampleConfig(
    Map<String, Listener> listeners,
    Map<DomainPattern, List<Route>> sites,
    Map<String, Service> services,
    List<User> users,
    Optional<Cache> cache) {

  enum Protocol {
    H1,
    H2,
    H3
  }

  enum Balance {
    ROUND_ROBIN,
    LEAST_REQUESTS
  }

  enum Phase {
    CONNECT,
    RESET
  }

  sealed interface Tls {}

  enum SimpleTls implements Tls {
    OFF,
    INTERNAL
  }

  record Certificates(Path cert, Path key) implements Tls {
    static final Shape<Certificates> SHAPE =
        section(
            "tls",
            keys -> {
              var cert = keys.required("cert", path(), "The certificate chain, PEM");
              var key = keys.required("key", path(), "Its key, PEM");
              return values -> new Certificates(values.get(cert), values.get(key));
            });
  }

  sealed interface Listener {}

  record Web(Address address, List<Protocol> protocols, Tls tls, List<Cidr> trusted)
      implements Listener {
    static final Shape<Web> SHAPE =
        section(
            "listener-http",
            keys -> {
              keys.tag("mode", "http", "HTTP/1.1, HTTP/2 and HTTP/3");
              var address = keys.required("address", Shapes.address(), "Where to listen");
              var protocols =
                  keys.withDefault(
                      "protocols", list(choice(Protocol.class), 1), "[h1, h2]", "HTTP versions");
              var tls =
                  keys.withDefault(
                      "tls",
                      either(
                          word("off", SimpleTls.OFF),
                          word("internal", SimpleTls.INTERNAL),
                          Certificates.SHAPE),
                      "off",
                      "Certificates");
              var trusted = keys.withDefault("trusted", list(cidr()), "[]", "Proxies before us");
              return values ->
                  new Web(
                      values.get(address),
                      values.get(protocols),
                      values.get(tls),
                      values.get(trusted));
            });
  }

  record Tcp(Address address, Ref service, Duration idle) implements Listener {
    static final Shape<Tcp> SHAPE =
        section(
            "listener-tcp",
            keys -> {
              keys.tag("mode", "tcp", "Bytes as they come");
              var address = keys.required("address", Shapes.address(), "Where to listen");
              var service = keys.required("service", ref("service"), "Where to send it");
              var idle = keys.withDefault("idle", duration(), "1h", "Silence that ends it");
              keys.formerly("timeout", idle);
              return values -> new Tcp(values.get(address), values.get(service), values.get(idle));
            });
  }

  record Match(Optional<String> path, Map<FieldName, String> headers) {
    static final Shape<Match> SHAPE =
        section(
            "match",
            keys -> {
              var path = keys.optional("path", text(), "A path, or a prefix with `/*`");
              var headers = keys.withDefault("headers", map(fieldName(), text()), "{}", "Fields");
              return values -> new Match(values.get(path), values.get(headers));
            });
  }

  record Retries(int attempts, List<Object> on, double budget) {
    static final Shape<Retries> SHAPE =
        section(
            "retries",
            keys -> {
              var attempts = keys.withDefault("attempts", integer(1, 10), "2", "Tries in all");
              var on =
                  keys.withDefault(
                      "on",
                      list(Shapes.<Object>either(choice(Phase.class), statuses())),
                      "[connect]",
                      "What is tried again");
              var budget = keys.withDefault("budget", percent(), "20%", "Share of requests");
              return values ->
                  new Retries(values.get(attempts), values.get(on), values.get(budget));
            });
  }

  record Redirect(String to, int status) {
    static final Shape<Redirect> SHAPE =
        section(
            "redirect",
            keys -> {
              var to = keys.required("to", text(), "Where to");
              var status = keys.withDefault("status", integer(301, 308), "308", "The status");
              return values -> new Redirect(values.get(to), values.get(status));
            });
  }

  record Route(Match match, Object action, Map<String, Object> stages) {}

  record Server(ServerUrl url, int weight) {
    static final Shape<Server> SHAPE =
        either(
            serverUrl().map(url -> new Server(url, 1)),
            section(
                "server",
                keys -> {
                  var url = keys.required("url", serverUrl(), "Where it is");
                  var weight = keys.withDefault("weight", integer(0, 1000), "1", "Its share");
                  return values -> new Server(values.get(url), values.get(weight));
                }));
  }

  record Health(Optional<String> path, Duration interval, Duration timeout) {
    static final Shape<Health> SHAPE =
        section(
                "health",
                keys -> {
                  var path = keys.optional("path", text(), "Asked for; without it a connect");
                  var interval =
                      keys.withDefault(
                          "interval", within(duration(), "100ms", "1h"), "5s", "Between checks");
                  var timeout = keys.withDefault("timeout", duration(), "2s", "For an answer");
                  return values ->
                      new Health(values.get(path), values.get(interval), values.get(timeout));
                })
            .check((health, where, problems) -> {
              if (health.timeout().compareTo(health.interval()) > 0) {
                problems.error(
                    where.at("timeout"),
                    "the timeout is longer than the interval",
                    "make it shorter");
              }
            });
  }

  record Service(List<Server> servers, Balance balance, Optional<Health> health) {
    static final Shape<Service> SHAPE =
        section(
            "service",
            keys -> {
              var servers = keys.required("servers", list(Server.SHAPE, 1), "The origin servers");
              var balance =
                  keys.withDefault("balance", choice(Balance.class), "round-robin", "Who is next");
              var health = keys.optional("health", Health.SHAPE, "Active checks");
              return values ->
                  new Service(values.get(servers), values.get(balance), values.get(health));
            });
  }

  record User(String name, Secret password) {
    static final Shape<User> SHAPE =
        section(
            "user",
            keys -> {
              var name = keys.required("name", Shapes.name("user"), "The name");
              var password = keys.required("password", secret(), "The password or its hash");
              return values -> new User(values.get(name), values.get(password));
            });
  }

  record Cache(long memory, boolean negative) {
    static final Shape<Cache> SHAPE =
        section(
            "cache",
            keys -> {
              var memory = keys.withDefault("memory", size(), "256MB", "Bytes in memory");
              var negative = keys.withDefault("negative", bool(), "true", "Keep 404 too");
              keys.deprecated(negative, "remove it");
              return values -> new Cache(values.get(memory), values.get(negative));
            });
  }

  private static Registry<Listener> modes() {
    Registry<Listener> modes = new Registry<>("mode");
    modes.register("http", Web.SHAPE, "HTTP");
    modes.register("tcp", Tcp.SHAPE, "TCP");
    return modes;
  }

  private static Shape<Route> route() {
    Registry<Object> actions = new Registry<>("action");
    actions.register("service", ref("service"), "Sends it to a service");
    actions.register("redirect", Redirect.SHAPE, "Answers with another place");
    Registry<Object> stages = new Registry<>("stage");
    stages.register("rate", rate(), "So many requests");
    stages.register("retries", Retries.SHAPE, "Tries again");
    stages.register("cache", either(word("off", false), Cache.SHAPE), "Keeps answers");
    return section(
        "route",
        keys -> {
          var match = keys.withDefault("match", Match.SHAPE, "{}", "Which requests; else all");
          var action = keys.one(actions);
          var stage = keys.any(stages);
          return values -> new Route(values.get(match), values.get(action), values.get(stage));
        });
  }

  /** The shape of a whole file. */
  static Shape<SampleConfig> shape() {
    Shape<Listener> listener = variant("mode", "http", modes());
    Shape<List<Route>> site =
        section(
            "site",
            keys -> {
              var routes =
                  keys.required("routes", list(route()), "The first that matches is taken");
              return values -> values.get(routes);
            });
    return section(
        "darban",
        keys -> {
          var listeners =
              keys.withDefault(
                  "listeners", map(name("listener"), listener), "{}", "Where bytes come in");
          var sites = keys.withDefault("sites", map(domain(), site), "{}", "Hosts");
          var services =
              keys.withDefault(
                  "services", map(name("service"), Service.SHAPE), "{}", "Origin servers");
          var users = keys.withDefault("users", list(User.SHAPE), "[]", "Who may");
          var cache = keys.optional("cache", Cache.SHAPE, "The cache of all");
          return values ->
              new SampleConfig(
                  values.get(listeners),
                  values.get(sites),
                  values.get(services),
                  values.get(users),
                  values.get(cache));
        });
  }
}
