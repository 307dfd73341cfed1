package darban.serve.media;

import darban.exchange.Exchange;
import darban.exchange.Reply;
import darban.flow.OpenFile;
import darban.media.Span;
import darban.media.Tags;
import darban.serve.Folder;
import darban.serve.FoundFile;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/** What lies in a folder. Any event loop; the disk is touched on worker threads. */
final class LocalStock implements Stock {
  private static final List<String> PICTURES = List.of(".jpg", ".jpeg", ".png", ".webp");

  private final Library library;
  private final Folder folder;

  /** What lies in {@code folder}. */
  LocalStock(Library library, Folder folder) {
    this.library = library;
    this.folder = folder;
  }

  @Override
  public Future<List<Item>> list(Exchange cause, String path) {
    return blocking(
        cause,
        () -> {
          List<Item> items = new ArrayList<>();
          look(directory(path), path, items);
          items.sort(Natural.ORDER);
          return Rendition.folded(items);
        });
  }

  @Override
  public Future<List<Item>> all(Exchange cause, String path) {
    return blocking(
        cause,
        () -> {
          List<Item> films = new ArrayList<>();
          Deque<String> folders = new ArrayDeque<>(List.of(path));
          directory(path);
          while (!folders.isEmpty() && films.size() < MOST) {
            List<Item> inside = new ArrayList<>();
            String next = folders.removeFirst();
            look(folder.place(next), next, inside);
            for (Item each : inside) {
              if (each.isFolder()) {
                folders.add(each.path());
              } else {
                films.add(each);
              }
            }
          }
          films.sort(Natural.ORDER);
          return Rendition.folded(films);
        });
  }

  private static <T> Future<T> blocking(Exchange cause, Callable<T> work) {
    return OriginReading.blocking(cause.loop(), told(work));
  }

  /** Work whose failures are told in the words of the house. */
  private static <T> Callable<T> told(Callable<T> work) {
    return () -> {
      try {
        return work.call();
      } catch (NoSuchFileException gone) {
        throw Folder.notFound();
      } catch (IOException unreadable) {
        throw Folder.unreadable(unreadable);
      }
    };
  }

  private Path directory(String path) throws IOException {
    Path place = folder.place(path);
    if (!Files.isDirectory(place) || !folder.holds(place)) {
      throw Folder.notFound();
    }
    return place;
  }

  private void look(Path place, String path, List<Item> into) throws IOException {
    try (Stream<Path> files = Files.list(place)) {
      for (Path each : (Iterable<Path>) files.limit(MOST)::iterator) {
        String name = Objects.requireNonNull(each.getFileName()).toString();
        if (!name.startsWith(".") && !name.startsWith("~")) {
          item(each, path.isEmpty() ? name : path + "/" + name).ifPresent(into::add);
        }
      }
    }
  }

  private Optional<Item> item(Path file, String path) throws IOException {
    BasicFileAttributes facts;
    try {
      // Links are not followed: they lead out, or round in circles.
      facts = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException gone) {
      return Optional.empty();
    }
    if (facts.isDirectory()) {
      return Optional.of(Item.folder(path));
    }
    long modified = facts.lastModifiedTime().toMillis();
    return Item.kindOf(path)
        .filter(kind -> facts.isRegularFile())
        .map(kind -> {
          long millis = library.facts().millis(path, stamp(facts.size(), modified));
          return new Item(kind, path, facts.size(), modified, millis);
        });
  }

  private static String stamp(long size, long modified) {
    return size + "-" + modified;
  }

  @Override
  public Future<About> about(Exchange cause, String path) {
    return blocking(cause, () -> Texts.beside(folder.place(path), folder))
        .compose(
            texts -> library.reading(cause.loop(), texts.bytes(), told(() -> about(path, texts))));
  }

  private About about(String path, Texts texts) throws IOException {
    FoundFile found = open(path);
    try {
      return About.of(item(found, path), known(found, path), texts.read(found.path()));
    } finally {
      found.file().release();
    }
  }

  private FoundFile open(String path) throws IOException {
    Path place = folder.place(path);
    if (!Files.isRegularFile(place) || !folder.holds(place)) {
      throw Folder.notFound();
    }
    return Folder.open(place);
  }

  private static Item item(FoundFile found, String path) {
    Item.Kind kind = Item.kindOf(path).orElseThrow(Folder::notFound);
    return new Item(kind, path, found.size(), found.modified().toEpochMilli(), -1);
  }

  private Facts.Known known(FoundFile found, String path) throws IOException {
    String stamp = stamp(found.size(), found.modified().toEpochMilli());
    Facts.Known known = library.facts().get(path, stamp);
    return known != null ? known : library.facts().put(path, Facts.read(found.file(), stamp));
  }

  // Pictures

  /** A picture, or what it takes to make one. */
  private sealed interface Picture {
    record Beside(FoundFile file) implements Picture {}

    record Within(Poster poster) implements Picture {}

    record Film(Item item, Path path, long millis) implements Picture {}
  }

  @Override
  public Future<Reply> poster(Exchange cause, String path) {
    return blocking(cause, () -> picture(path))
        .compose(picture ->
            switch (picture) {
              case Picture.Beside(FoundFile file) -> Future.succeededFuture(file.reply(cause));
              case Picture.Within(Poster poster) -> Future.succeededFuture(poster.reply(cause));
              case Picture.Film(Item item, Path file, long millis) ->
                  library
                      .posters()
                      .of(
                          cause.loop(),
                          path + " " + item.size() + item.modified(),
                          // A tenth into it: beginnings are black.
                          () ->
                              Future.succeededFuture(
                                  new Posters.Footage(file, Math.max(0, millis) / 10, false)))
                      .map(made -> made.orElseGet(() -> Poster.drawn(item)).reply(cause));
            });
  }

  private Picture picture(String path) throws IOException {
    FoundFile film = open(path);
    try {
      Optional<Path> beside = beside(film.path());
      if (beside.isPresent()) {
        return new Picture.Beside(Folder.open(beside.get()));
      }
      Item item = item(film, path);
      Facts.Known known = known(film, path);
      Optional<Tags.Cover> cover = known.info().flatMap(info -> info.tags().cover());
      if (cover.isPresent() && cover.get().mediaType().startsWith("image/")) {
        return new Picture.Within(cover(film.file(), cover.get()));
      }
      boolean shown = known.info().map(info -> info.hasPictures()).orElse(false);
      return shown
          ? new Picture.Film(item, film.path(), known.info().orElseThrow().millis())
          : new Picture.Within(Poster.drawn(item));
    } finally {
      film.file().release();
    }
  }

  private static Poster cover(OpenFile file, Tags.Cover cover) throws IOException {
    Span place = cover.place();
    byte[] bytes = new byte[Math.toIntExact(place.length())];
    Film.bytes(file, place).get(bytes);
    return new Poster(cover.mediaType(), bytes);
  }

  /** {@code film.jpg}, or {@code cover.jpg} for all in a folder. */
  private Optional<Path> beside(Path film) throws IOException {
    String name = Objects.requireNonNull(film.getFileName()).toString();
    for (String stem : List.of(name.substring(0, name.lastIndexOf('.')), "cover")) {
      for (String ending : PICTURES) {
        Path picture = film.resolveSibling(stem + ending);
        if (Files.isRegularFile(picture) && folder.holds(picture)) {
          return Optional.of(picture);
        }
      }
    }
    return Optional.empty();
  }
}
