package darban.serve.media;

import static darban.config.Shapes.ref;

import darban.config.Ref;
import darban.config.Registry;
import darban.exchange.Action;
import darban.exchange.Endpoint;
import darban.exchange.Match;
import darban.exchange.Parts;
import darban.serve.Folder;

/**
 * The action {@code media}: stream films. Where the route matches {@code /prefix/*}, the library's
 * root stands for what follows the prefix.
 *
 * @param library the name of it
 */
public record MediaConfig(Ref library) implements Action {
  /** Registers the action. */
  public static void register(Registry<Action> actions) {
    actions.register("media", ref("media").map(MediaConfig::new), "Streams films of a library");
  }

  @Override
  public Endpoint endpoint(Parts parts, Match match) {
    Library library = parts.get(Libraries.class).named(this.library.name());
    return new FilmServer(library, new Folder(library.config().root(), match.folder()));
  }

  @Override
  public String label() {
    return library.name();
  }
}
