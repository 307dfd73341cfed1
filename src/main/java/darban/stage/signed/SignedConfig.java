package darban.stage.signed;

import static darban.config.Shapes.bool;
import static darban.config.Shapes.list;
import static darban.config.Shapes.map;
import static darban.config.Shapes.secret;
import static darban.config.Shapes.section;
import static darban.config.Shapes.text;

import darban.access.UrlKeys;
import darban.base.Secret;
import darban.config.Registry;
import darban.config.Shape;
import darban.exchange.Parts;
import darban.exchange.Phase;
import darban.exchange.Stage;
import darban.exchange.StageConfig;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The key {@code signed-urls} of a route.
 *
 * @param keys any of which may have signed
 * @param parameter the name of the token in queries, paths and cookies
 * @param hosts that check tokens too, and thus get them
 * @param cookie whether a token is given back as a cookie
 */
public record SignedConfig(UrlKeys keys, String parameter, Set<String> hosts, boolean cookie)
    implements StageConfig {
  private static final Shape<Secret> KEY =
      secret()
          .check((key, where, problems) -> {
            int length = key.reveal().getBytes(StandardCharsets.UTF_8).length;
            if (length < UrlKeys.SHORTEST) {
              problems.error(
                  where.at(),
                  "a key of " + length + " bytes can be guessed",
                  "make one: `head -c 32 /dev/urandom | base64`");
            }
          });

  private static final Shape<SignedConfig> SHAPE =
      section(
              "signed-urls",
              keys -> {
                var known =
                    keys.required(
                        "keys",
                        map(
                            text(
                                "the name of a key",
                                "use letters, digits, `-` and `_`",
                                "[\\w-]{1,32}"),
                            KEY),
                        "By name: `{ 2026a: file:PATH }`; any of them may have signed");
                var parameter =
                    keys.withDefault(
                        "parameter",
                        text("a name", "use letters, digits, `-` and `_`", "[\\w-]{1,32}"),
                        "token",
                        "Of the token in queries, paths and cookies");
                var hosts =
                    keys.withDefault(
                        "hosts",
                        list(
                            text(
                                "a host",
                                "write a name, with its port where URLs have one",
                                "[A-Za-z0-9.\\[\\]:-]{1,255}")),
                        "[]",
                        "Others that check tokens: addresses of theirs get it too, such as pathways");
                var cookie =
                    keys.withDefault(
                        "cookie",
                        bool(),
                        "false",
                        "Give the token back as a cookie; then manifests stay as they are");
                return values ->
                    new SignedConfig(
                        new UrlKeys(values.get(known)),
                        values.get(parameter),
                        values.get(hosts).stream()
                            .map(host -> host.toLowerCase(Locale.ROOT))
                            .collect(Collectors.toSet()),
                        values.get(cookie));
              })
          .check((config, where, problems) -> {
            if (config.keys().keys().isEmpty()) {
              problems.error(
                  where.at("keys"), "without a key nobody may pass", "add `NAME: file:PATH`");
            }
          });

  /** Registers the stage. */
  public static void register(Registry<StageConfig> stages) {
    stages.register("signed-urls", SHAPE, "Only who brings a signed token may pass");
  }

  @Override
  public Phase phase() {
    return Phase.SIGNED;
  }

  @Override
  public Stage stage(Parts parts) {
    return new SignedStage(this);
  }
}
