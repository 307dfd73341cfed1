package darban.app;

import static darban.config.Shapes.choice;
import static darban.config.Shapes.domain;
import static darban.config.Shapes.list;
import static darban.config.Shapes.map;
import static darban.config.Shapes.name;
import static darban.config.Shapes.section;
import static darban.config.Shapes.variant;

import darban.access.UserConfig;
import darban.admin.AdminConfig;
import darban.config.Address;
import darban.config.DomainPattern;
import darban.config.Node;
import darban.config.Position;
import darban.config.Problems;
import darban.config.Shape;
import darban.demo.DemoConfig;
import darban.exchange.RouteConfig;
import darban.flow.Transport;
import darban.listen.web.WebConfig;
import darban.live.HubConfig;
import darban.observe.LogConfig;
import darban.origin.ServiceConfig;
import darban.radio.RadioConfig;
import darban.serve.forward.ForwardConfig;
import darban.serve.media.LibraryConfig;
import darban.stage.cache.CacheConfig;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A whole configuration. Immutable; two equal ones make the same gateway.
 *
 * @param listeners where bytes come in, by name
 * @param sites what is served, by host
 * @param services servers behind us, by name
 * @param users who may prove to be whom
 * @param forward policy of the forward listeners
 * @param cache what is stored of answers; empty for what single routes ask for, in memory
 * @param live hubs of live streams, by name
 * @param media libraries of films, by name
 * @param radio mounts of radio, by name
 * @param admin the control plane; empty for none
 * @param demo the demo origin; empty for none
 * @param log what is logged
 * @param transport what the event loops have; empty for the usual one
 */
record Configuration(
    Map<String, WebConfig> listeners,
    Map<DomainPattern, List<RouteConfig>> sites,
    Map<String, ServiceConfig> services,
    List<UserConfig> users,
    ForwardConfig forward,
    Optional<CacheConfig> cache,
    Map<String, HubConfig> live,
    Map<String, LibraryConfig> media,
    Map<String, RadioConfig> radio,
    Optional<AdminConfig> admin,
    Optional<DemoConfig> demo,
    LogConfig log,
    Optional<Transport> transport) {

  private static final Shape<List<RouteConfig>> SITE =
      section(
          "site",
          keys -> {
            var routes =
                keys.required(
                    "routes",
                    list(RouteConfig.shape(Features.ACTIONS, Features.STAGES), 1),
                    "The first that matches is taken");
            return values -> values.get(routes);
          });

  private static final Shape<Transport> TRANSPORT =
      choice(EnumSet.allOf(Transport.class), Transport::word)
          .check((transport, where, problems) ->
              transport
                  .refusal()
                  .ifPresent(why ->
                      problems.error(
                          where.at(),
                          "`%s` cannot be had here: %s".formatted(transport.word(), why),
                          refusalHint(transport))));

  private static String refusalHint(Transport transport) {
    return transport == Transport.IO_URING
        ? "allow it (the sysctl `kernel.io_uring_disabled`, a container's seccomp profile), or take"
            + " `transport` out"
        : "take `transport` out";
  }

  /** The shape of the file. */
  static final Shape<Configuration> SHAPE =
      section(
              "configuration",
              keys -> {
                var listeners =
                    keys.required(
                        "listeners",
                        map(name("listener"), variant("mode", "http", Features.LISTENERS)),
                        "Where bytes come in, by name");
                var sites =
                    keys.withDefault(
                        "sites", map(domain(), SITE), "{}", "Hosts (also `*.example` and `*`)");
                var services =
                    keys.withDefault(
                        "services",
                        map(name("service"), ServiceConfig.SHAPE),
                        "{}",
                        "Servers behind us, by name");
                var users = keys.withDefault("users", list(UserConfig.SHAPE), "[]", "Who is who");
                var forward =
                    keys.withDefault(
                        "forward",
                        ForwardConfig.shape(Features.FORWARD_STAGES),
                        "{}",
                        "Of forward listeners");
                var cache =
                    keys.optional(
                        "cache",
                        CacheConfig.SHAPE,
                        "What services answer is stored, unless a route says `cache: off`");
                var live =
                    keys.withDefault(
                        "live",
                        map(name("live"), HubConfig.SHAPE),
                        "{}",
                        "Live streams that publishers send here, by name");
                var media =
                    keys.withDefault(
                        "media",
                        map(name("media"), LibraryConfig.SHAPE),
                        "{}",
                        "Libraries of films that are streamed, by name");
                var radio =
                    keys.withDefault(
                        "radio",
                        map(name("radio"), RadioConfig.SHAPE),
                        "{}",
                        "Mounts that sources of radio send to, by name");
                var admin = keys.optional("admin", AdminConfig.SHAPE, "Metrics, health, commands");
                var demo =
                    keys.optional("demo", DemoConfig.SHAPE, "A small origin to try things with");
                var log = keys.withDefault("log", LogConfig.SHAPE, "{}", "What is logged");
                var transport =
                    keys.optional(
                        "transport",
                        TRANSPORT,
                        "How event loops hear of their sockets, until the process ends; without it"
                            + " `epoll` where there is that, else `portable`");
                return values ->
                    new Configuration(
                        values.get(listeners),
                        values.get(sites),
                        values.get(services),
                        values.get(users),
                        values.get(forward),
                        values.get(cache),
                        values.get(live),
                        values.get(media),
                        values.get(radio),
                        values.get(admin),
                        values.get(demo),
                        values.get(log),
                        values.get(transport));
              })
          .check(Configuration::checkAddresses)
          .check(Configuration::checkTransport)
          .check((configuration, where, problems) -> {
            if (configuration.forward().basicAuth() && configuration.users().isEmpty()) {
              problems.error(
                  where.at("forward"),
                  "passwords are asked for but there are no users",
                  "add them under `users`, or take `auth` out");
            }
          });

  /** A part that listens, and where its address stands. */
  private record Claim(String part, Address address, Position at) {}

  /** Only one part can have an address: the second would fail when it starts. */
  private static void checkAddresses(Configuration all, Node where, Problems problems) {
    List<Claim> claims = new ArrayList<>();
    all.listeners.forEach((name, listener) -> {
      Position at = part(part(where, "listeners"), name).at("address");
      claims.add(new Claim("listener `" + name + "`", listener.address(), at));
    });
    all.admin.ifPresent(
        it -> claims.add(new Claim("`admin`", it.address(), part(where, "admin").at("address"))));
    all.demo.ifPresent(
        it -> claims.add(new Claim("`demo`", it.address(), part(where, "demo").at("address"))));
    for (int i = 0; i < claims.size(); i++) {
      Claim later = claims.get(i);
      claims.subList(0, i).stream()
          .filter(earlier -> earlier.address.collidesWith(later.address))
          .findFirst()
          .ifPresent(earlier ->
              problems.error(
                  later.at,
                  "`%s` is taken by the %s at %s"
                      .formatted(later.address, earlier.part, earlier.at),
                  "give one of them another address"));
    }
  }

  /**
   * Netty (4.2.18) ends a unix socket by io_uring altogether when its peer ends one direction: what
   * that waits for is lost, and a tunnel cut that way looks whole.
   */
  private static void checkTransport(Configuration all, Node where, Problems problems) {
    if (!all.transport.equals(Optional.of(Transport.IO_URING))) {
      return;
    }
    all.listeners.forEach((name, listener) -> {
      if (listener.address() instanceof Address.Unix) {
        problems.error(
            part(part(where, "listeners"), name).at("address"),
            "clients of a unix socket that end their direction would be cut off by `io_uring`",
            "give it a port, or take `transport` out");
      }
    });
  }

  private static Node part(Node of, String key) {
    return of instanceof Node.Mapping mapping
        ? mapping.entry(key).map(Node.Entry::value).orElse(of)
        : of;
  }
}
