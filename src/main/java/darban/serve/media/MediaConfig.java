package darban.serve.media;

import static darban.config.Shapes.ref;

import darban.config.Ref;
import darban.config.Registry;
import darban.exchange.Action;
import darban.exchange.Endpoint;
import darban.exchange.Match;
import darban.exchange.Parts;
import darban.serve.Folder;
import darban.serve.media.LibraryConfig.Root;
import java.nio.file.Path;

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
    Libraries libraries = parts.get(Libraries.class);
    String name = this.library.name();
    Library library = libraries.named(name);
    return switch (library.config().root()) {
      case Root.Local(Path folder) ->
          new FilmServer(library, new Folder(folder, match.folder()), match.folder());
      case Root.Origin _ -> new OriginFilms(library, libraries.origin(name), match.folder());
    };
  }

  /** Unlike any service's: in the cache, what stands under it is of this origin only. */
  @Override
  public String label() {
    return "media/" + library.name();
  }
}
