package darban.serve.media;

import darban.flow.Loop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A library as it runs: what was learned of its films, each read once however many ask for it. Any
 * thread; it holds memory only, so nobody closes it.
 */
public final class Library {
  private static final Logger LOG = Logger.getLogger("darban");

  private final String name;
  private final LibraryConfig config;
  private final Shelf shelf;
  private final Facts facts = new Facts();
  private final OriginSets sets;
  private final Posters posters;
  private final Map<String, CompletableFuture<Film>> reading = new ConcurrentHashMap<>();

  /** A library of that name in the configuration. */
  public Library(String name, LibraryConfig config) {
    this.name = name;
    this.config = config;
    this.shelf = new Shelf(config.memory());
    this.sets = new OriginSets(config.browsing().listing().sizes());
    this.posters = new Posters(config.browsing().posters() ? ffmpeg() : Optional.empty());
  }

  private static Optional<Path> ffmpeg() {
    return Posters.program("ffmpeg", String.valueOf(System.getenv("PATH")));
  }

  /** What pages tell of its files. */
  Facts facts() {
    return facts;
  }

  /** Which of its files behind an origin show the same. */
  OriginSets sets() {
    return sets;
  }

  /** Pictures of its films. */
  Posters posters() {
    return posters;
  }

  /** What it was made of. */
  public LibraryConfig config() {
    return config;
  }

  /** The film, if it is known. */
  @Nullable Film known(String key, Film.Stamp stamp) {
    return shelf.get(key, stamp);
  }

  /**
   * The film, got by {@code reader} unless it is known or being read already; told on {@code loop},
   * where {@code reader} begins.
   */
  Future<Film> film(Loop loop, String key, Film.Stamp stamp, Supplier<Future<Film>> reader) {
    Film known = shelf.get(key, stamp);
    if (known != null) {
      return Future.succeededFuture(known);
    }
    Promise<Film> told = loop.context().promise();
    CompletableFuture<Film> fresh = new CompletableFuture<>();
    String asked = key + '\n' + stamp;
    CompletableFuture<Film> before = reading.putIfAbsent(asked, fresh);
    (before == null ? fresh : before)
        .whenComplete((film, why) -> loop.execute(() -> tell(told, film, why)));
    if (before == null) {
      reader
          .get()
          .onComplete(read -> {
            if (read.succeeded()) {
              keep(key, read.result());
            }
            reading.remove(asked);
            if (read.succeeded()) {
              fresh.complete(read.result());
            } else {
              fresh.completeExceptionally(read.cause());
            }
          });
    }
    return told.future();
  }

  private static void tell(Promise<Film> told, @Nullable Film film, @Nullable Throwable why) {
    if (film != null) {
      told.complete(film);
    } else {
      told.fail(why);
    }
  }

  private void keep(String key, Film film) {
    shelf.put(key, film);
    if (film instanceof Film.Broken broken) {
      LOG.log(Level.WARNING, "media " + name + ": " + key + " cannot be played: " + broken.why());
    }
  }
}
