package darban.app;

import darban.access.UrlKeys;
import darban.access.UrlToken;
import darban.base.Cidr;
import darban.base.Secret;
import darban.config.Node;
import darban.config.Position;
import darban.config.Problems;
import darban.config.Shape;
import darban.config.Shapes;
import darban.http.Paths;
import darban.media.edge.ManifestKind;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code darban sign}. */
@Command(
    name = "sign",
    description = "Prints a URL with a token for a route with `signed-urls`.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "The key is best taken from a file or from DARBAN_URL_KEY, for others see command lines:",
      "  darban sign https://media.example/live/yard/index.m3u8 --key 2026a=file:secrets/url --for 2h",
    })
final class SignCommand implements Callable<Integer> {
  @Parameters(paramLabel = "URL", description = "A URL, or a path with its query")
  String url = "";

  @Option(
      names = "--key",
      paramLabel = "NAME=SECRET",
      description = "As the configuration has it: NAME=file:PATH",
      defaultValue = "${env:DARBAN_URL_KEY}")
  @Nullable String key;

  @Option(
      names = "--for",
      paramLabel = "TIME",
      description = "How long it is valid, such as 90m (default: ${DEFAULT-VALUE})")
  String validity = "1h";

  @Option(
      names = "--below",
      paramLabel = "PATH",
      description = "A folder all of which it is for; that of a manifest if none is given")
  @Nullable String below;

  @Option(names = "--client", paramLabel = "ADDRESS", description = "The only one that may use it")
  @Nullable String client;

  @Option(
      names = "--parameter",
      paramLabel = "NAME",
      description = "As the configuration has it (default: ${DEFAULT-VALUE})")
  String parameter = "token";

  @Option(
      names = "--in-path",
      paramLabel = "FOLDER",
      description = "Put it into the path behind this folder, not into the query")
  @Nullable String folder;

  @Spec CommandSpec spec;

  @Override
  public Integer call() {
    try {
      spec.commandLine().getOut().println(signed(Clock.systemUTC()));
      return Main.OK;
    } catch (IllegalArgumentException wrong) {
      PrintWriter err = spec.commandLine().getErr();
      err.println("darban: " + wrong.getMessage());
      return Main.USAGE;
    }
  }

  private String signed(Clock clock) {
    int path = pathStart();
    int mark = url.indexOf('?');
    String origin = url.substring(0, path);
    String asked = url.substring(path, mark < 0 ? url.length() : mark);
    String query = mark < 0 ? "" : url.substring(mark);
    String covered = covered(asked);
    if (!Paths.isPlain(asked) || !Paths.isPlain(covered)) {
      throw new IllegalArgumentException("the path has dots or slashes that may be read two ways");
    }
    Map.Entry<String, Secret> named = key();
    long expires =
        clock.instant().getEpochSecond()
            + read(Shapes.duration(), "--for", validity).map(Duration::toSeconds).orElseThrow();
    UrlToken token = new UrlToken(named.getKey(), expires, block(), covered);
    String text = parameter + "=" + new UrlKeys(Map.ofEntries(named)).sign(token);
    if (folder == null) {
      return origin + asked + (query.isEmpty() ? "?" : query + "&") + text;
    }
    String before = folder.endsWith("/") ? folder : folder + "/";
    if (!asked.startsWith(before)) {
      throw new IllegalArgumentException("--in-path: the URL is not below " + before);
    }
    return origin + before + text + '/' + asked.substring(before.length()) + query;
  }

  private int pathStart() {
    int scheme = url.indexOf("://");
    int slash = url.indexOf('/', scheme < 0 ? 0 : scheme + 3);
    if (slash < 0 || (scheme < 0 && slash > 0) || url.indexOf('#') >= 0) {
      throw new IllegalArgumentException(
          "write a URL with a path, such as https://host/live/a.mpd");
    }
    return slash;
  }

  private String covered(String asked) {
    if (below == null) {
      return ManifestKind.ofPath(asked).isPresent()
          ? asked.substring(0, asked.lastIndexOf('/') + 1)
          : asked;
    }
    String wanted = below.endsWith("/") ? below : below + "/";
    if (!Paths.comparable(asked).startsWith(Paths.comparable(wanted))) {
      throw new IllegalArgumentException("--below: the URL is not below " + wanted);
    }
    return wanted;
  }

  private Map.Entry<String, Secret> key() {
    int equals = key == null ? -1 : key.indexOf('=');
    if (key == null || equals <= 0) {
      throw new IllegalArgumentException("--key: write NAME=file:PATH, or set DARBAN_URL_KEY");
    }
    Secret secret =
        read(Shapes.secret(), "--key", key.substring(equals + 1))
            .orElseThrow(() -> new IllegalArgumentException("--key: it cannot be read"));
    if (secret.reveal().getBytes(StandardCharsets.UTF_8).length < UrlKeys.SHORTEST) {
      throw new IllegalArgumentException("--key: it is so short that it can be guessed");
    }
    return Map.entry(key.substring(0, equals), secret);
  }

  private Optional<Cidr> block() {
    return client == null
        ? Optional.empty()
        : Optional.of(
            Cidr.parse(client)
                .orElseThrow(
                    () -> new IllegalArgumentException("--client: " + client + " is no address")));
  }

  private static <T> Optional<T> read(Shape<T> shape, String option, String text) {
    Problems problems = new Problems();
    Node node = new Node.Scalar(Position.startOf(Path.of(option)), text, true);
    Optional<T> value = shape.read(node, problems);
    if (value.isEmpty()) {
      throw new IllegalArgumentException(option + ": " + problems.sorted().getFirst());
    }
    return value;
  }
}
