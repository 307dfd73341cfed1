package darban.app;

import darban.admin.AdminClient;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.client.HttpResponse;
import picocli.CommandLine.Command;

/** {@code darban status}. */
@Command(name = "status", description = "Tells what the running Darban does.")
final class StatusCommand extends AdminCommand {
  @Override
  Future<HttpResponse<Buffer>> send(AdminClient client) {
    return client.get("/status");
  }
}
