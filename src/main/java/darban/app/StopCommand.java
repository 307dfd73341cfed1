package darban.app;

import darban.admin.AdminClient;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.client.HttpResponse;
import picocli.CommandLine.Command;

/** {@code darban stop}. */
@Command(name = "stop", description = "Stops the running Darban when its requests are done.")
final class StopCommand extends AdminCommand {
  @Override
  Future<HttpResponse<Buffer>> send(AdminClient client) {
    return client.post("/stop");
  }
}
