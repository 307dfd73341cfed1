package darban.serve.files;

import static darban.config.Shapes.bool;
import static darban.config.Shapes.directory;
import static darban.config.Shapes.list;
import static darban.config.Shapes.section;
import static darban.config.Shapes.text;

import darban.config.Registry;
import darban.config.Shape;
import darban.exchange.Action;
import darban.exchange.Endpoint;
import darban.exchange.Match;
import darban.exchange.Parts;
import java.nio.file.Path;
import java.util.List;

/**
 * The action {@code files}: serve a folder. Where the route matches {@code /prefix/*}, the folder
 * stands for what follows the prefix.
 *
 * @param root the folder
 * @param browse whether folders without an index page are listed
 * @param index names of index pages
 */
public record FilesConfig(Path root, boolean browse, List<String> index) implements Action {
  private static final Shape<FilesConfig> SHAPE =
      section(
          "files",
          keys -> {
            var root = keys.required("root", directory(), "The folder");
            var browse = keys.withDefault("browse", bool(), "false", "Whether folders are listed");
            var index =
                keys.withDefault("index", list(text()), "[index.html]", "Names of index pages");
            return values ->
                new FilesConfig(values.get(root), values.get(browse), values.get(index));
          });

  /** Registers the action. */
  public static void register(Registry<Action> actions) {
    actions.register("files", SHAPE, "Serves files of a folder");
  }

  @Override
  public Endpoint endpoint(Parts parts, Match match) {
    return new FileServer(root, match.folder(), browse, index);
  }

  @Override
  public String label() {
    return "files";
  }
}
