package darban.app;

import darban.admin.AdminClient;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.client.HttpResponse;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code darban purge}. */
@Command(
    name = "purge",
    description = "Removes stored answers from the cache of the running Darban.")
final class PurgeCommand extends AdminCommand {
  @ArgGroup(multiplicity = "1")
  What what = new What();

  /** Which answers; one of these. */
  static final class What {
    @Parameters(paramLabel = "URL", description = "That of one answer")
    @Nullable String url;

    @Option(
        names = "--tag",
        paramLabel = "TAG",
        description = "All with it in Surrogate-Key or Cache-Tag")
    @Nullable String tag;

    @Option(names = "--prefix", paramLabel = "URL", description = "All whose URL begins so")
    @Nullable String prefix;

    @Option(names = "--all", description = "All")
    boolean all;
  }

  @Option(names = "--soft", description = "Only make them stale: used while the origin fails")
  boolean soft;

  @Override
  Future<HttpResponse<Buffer>> send(AdminClient client) {
    return client.post("/purge?" + query() + (soft ? "&soft=" : ""));
  }

  private String query() {
    if (what.url != null) {
      return "url=" + encoded(what.url);
    }
    if (what.tag != null) {
      return "tag=" + encoded(what.tag);
    }
    return what.prefix != null ? "prefix=" + encoded(what.prefix) : "all=";
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
