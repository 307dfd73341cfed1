package darban.app;

import darban.admin.AdminClient;
import darban.admin.AdminConfig;
import darban.config.ConfigFile;
import darban.config.Node;
import darban.config.Shape;
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

  /** The command was understood, and cannot be carried out for the reasons given. */
  private static final int REFUSED = 422;

  /** What else stands in the file, be it right or wrong, is no reason not to talk. */
  private static final Shape<Optional<AdminConfig>> ONLY_ADMIN =
      Shape.of(
          AdminConfig.SHAPE::form,
          (file, problems) -> {
            Optional<Node> section =
                file instanceof Node.Mapping mapping
                    ? mapping.entry("admin").map(Node.Entry::value)
                    : Optional.empty();
            if (section.isEmpty()) {
              return Optional.of(Optional.empty());
            }
            Optional<AdminConfig> admin = AdminConfig.SHAPE.read(section.get(), problems);
            return admin.isPresent() ? Optional.of(admin) : Optional.empty();
          });

  /** Sends the command. */
  abstract Future<HttpResponse<Buffer>> send(AdminClient client);

  @Override
  public Integer call() {
    ConfigFile.Result<Optional<AdminConfig>> read =
        ConfigFile.read(RunCommand.chosen(file), ONLY_ADMIN, System::getenv);
    if (!read.isGood()) {
      read.problems().forEach(spec.commandLine().getErr()::println);
      return Main.FAILED;
    }
    Optional<AdminConfig> admin = java.util.Objects.requireNonNull(read.value());
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
      if (answer.statusCode() == REFUSED) {
        text.lines().forEach(spec.commandLine().getErr()::println);
        return Main.FAILED;
      }
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
