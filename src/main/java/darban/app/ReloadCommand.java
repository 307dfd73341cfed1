package darban.app;

import darban.admin.AdminClient;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.client.HttpResponse;
import picocli.CommandLine.Command;

/** {@code darban reload}. */
@Command(
    name = "reload",
    description = "Has the running Darban read its configuration again; a bad one changes nothing.")
final class ReloadCommand extends AdminCommand {
  @Override
  Future<HttpResponse<Buffer>> send(AdminClient client) {
    return client.post("/reload");
  }
}
