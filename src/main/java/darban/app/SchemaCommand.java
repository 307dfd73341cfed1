package darban.app;

import darban.config.ConfigReference;
import darban.config.JsonSchema;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code darban schema}. */
@Command(
    name = "schema",
    description = "Prints the JSON Schema of the configuration.",
    mixinStandardHelpOptions = true)
final class SchemaCommand implements Callable<Integer> {
  @Option(names = "--reference", description = "Prints tables for people instead")
  boolean reference;

  @Spec CommandSpec spec;

  @Override
  public Integer call() {
    String text =
        reference
            ? ConfigReference.of(Configuration.SHAPE)
            : JsonSchema.of("Darban configuration", Configuration.SHAPE);
    spec.commandLine().getOut().print(text);
    spec.commandLine().getOut().flush();
    return Main.OK;
  }
}
