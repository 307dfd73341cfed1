package darban.app;

import darban.admin.AdminClient;
import darban.admin.AdminConfig;
import darban.config.ConfigFile;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.client.HttpResponse;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What commands that talk to the running Darban share. */
@Command(mixinStandardHelpOptions = true)
abstract class AdminCommand implements Callable<Integer> {
  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description = "The configuration it runs, which names its admin address")
  @Nullable Path file;

  @Spec CommandSpec spec;

  /** Sends the command. */
  abstract Future<HttpResponse<Buffer>> send(AdminClient client);

  @Override
  public Integer call() {
    ConfigFile.Result<Configuration> read =
        ConfigFile.read(RunCommand.chosen(file), Configuration.SHAPE, System::getenv);
    if (!read.isGood()) {
      read.problems().forEach(spec.commandLine().getErr()::println);
      return Main.FAILED;
    }
    Optional<AdminConfig> admin = java.util.Objects.requireNonNull(read.value()).admin();
    if (admin.isEmpty()) {
      return failed("this configuration has no `admin` address to talk to");
    }
    return talk(admin.get(), this::send);
  }

  private int talk(AdminConfig admin, Function<AdminClient, Future<HttpResponse<Buffer>>> command) {
    Vertx vertx = Vertx.vertx();
    try (AdminClient client = new AdminClient(vertx, admin)) {
      HttpResponse<Buffer> answer =
          command.apply(client).toCompletionStage().toCompletableFuture().join();
      String text = answer.bodyAsString() == null ? "" : answer.bodyAsString();
      if (answer.statusCode() / 100 != 2) {
        return failed(admin.address() + " answered " + answer.statusCode() + " " + text.strip());
      }
      spec.commandLine().getOut().print(text);
      spec.commandLine().getOut().flush();
      return Main.OK;
    } catch (java.util.concurrent.CompletionException notReached) {
      Throwable why = notReached.getCause() == null ? notReached : notReached.getCause();
      return failed("nobody answers on " + admin.address() + ": " + Main.reason(why));
    } finally {
      vertx.close();
    }
  }

  private int failed(String why) {
    spec.commandLine().getErr().println("darban: " + why);
    return Main.FAILED;
  }
}
