package darban.serve.media;

import darban.exchange.Exchange;
import darban.exchange.Reply;
import darban.media.MalformedMedia;
import darban.media.Pieces;
import darban.media.Span;
import darban.media.Tags;
import darban.media.library.InfoReader;
import darban.observe.Timeline;
import darban.serve.Folder;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What lies behind an origin, as far as its index tells. Pictures are those beside and within the
 * films, else one of the key frames, of which no more than that is fetched. One per event loop;
 * files are made sense of on worker threads.
 */
final class OriginStock implements Stock {
  /** A library of more folders is searched in part only: each is a request. */
  private static final int MOST_FOLDERS = 200;

  private static final long LARGEST_STILL = 16 << 20;

  private static final List<String> PICTURES = List.of(".jpg", ".jpeg", ".png", ".webp");

  private final Library library;
  private final OriginSite site;
  private final OriginIndex index;
  private final OriginReading reading;

  OriginStock(Library library, OriginSite site, OriginIndex index, OriginReading reading) {
    this.reading = reading;
    this.library = library;
    this.site = site;
    this.index = index;
  }

  @Override
  public Future<List<Item>> list(Exchange cause, String folder) {
    return index
        .names(cause, folder)
        .map(names -> {
          List<Item> items = new ArrayList<>();
          for (String name : names.subList(0, Math.min(MOST, names.size()))) {
            item(folder.isEmpty() ? name : folder + "/" + name).ifPresent(items::add);
          }
          items.sort(Natural.ORDER);
          return Rendition.folded(items);
        });
  }

  private static Optional<Item> item(String path) {
    return path.endsWith("/")
        ? Optional.of(Item.folder(path.substring(0, path.length() - 1)))
        : Item.kindOf(path).map(kind -> new Item(kind, path, -1, -1, -1));
  }

  @Override
  public Future<List<Item>> all(Exchange cause, String folder) {
    return new Walk(cause).into(List.of(Item.folder(folder)));
  }

  /** All folders of a library, level by level. */
  private final class Walk {
    private final Exchange cause;
    private final List<Item> films = new ArrayList<>();
    private int left = MOST_FOLDERS;

    Walk(Exchange cause) {
      this.cause = cause;
    }

    Future<List<Item>> into(List<Item> folders) {
      List<Item> level = folders.subList(0, Math.min(left, folders.size()));
      left -= level.size();
      if (level.isEmpty()) {
        films.sort(Natural.ORDER);
        return Future.succeededFuture(Rendition.folded(films));
      }
      List<Future<List<Item>>> lists =
          level.stream().map(each -> list(cause, each.path())).toList();
      return Future.all(lists)
          .compose(all -> {
            List<Item> below = new ArrayList<>();
            lists.forEach(
                list -> list.result().forEach(each -> (each.isFolder() ? below : films).add(each)));
            return into(below);
          });
    }
  }

  @Override
  public Future<About> about(Exchange cause, String path) {
    Item.Kind kind = Item.kindOf(path).orElseThrow(Folder::notFound);
    OriginFile file = site.file(cause, OriginSite.address(path));
    return file.version()
        .compose(version ->
            known(file, version, path)
                .compose(known ->
                    OriginTexts.names(cause, library, index, path)
                        .compose(names -> OriginTexts.of(cause, library, site, path, names))
                        .map(texts ->
                            About.of(
                                new Item(kind, path, version.size(), -1, -1),
                                known,
                                texts.texts()))));
  }

  private Future<Facts.Known> known(OriginFile file, OriginFile.Version version, String path) {
    String stamp = version.etag().opaque();
    return library.facts(
        file.loop(),
        file.cause()::onCancel,
        new Library.Look(path, stamp),
        turn -> {
          turn.onGivenUp(file::abandon);
          return OriginReading.blocking(
                  file.loop(), () -> new InfoReader(version.size(), Film.LIMITS))
              .compose(reader -> read(file, version, turn, reader))
              .map(reader -> Facts.Known.of(stamp, reader.info()))
              .recover(why ->
                  why instanceof MalformedMedia wrong
                      ? Future.succeededFuture(Facts.Known.broken(stamp, wrong))
                      : Future.failedFuture(why));
        });
  }

  private static Future<InfoReader> read(
      OriginFile file, OriginFile.Version version, Turns.Turn turn, InfoReader reader) {
    List<Span> wanted = reader.wanted();
    if (wanted.isEmpty()) {
      return Future.succeededFuture(reader);
    }
    Span next = wanted.getFirst();
    return turn.room(next.length())
        .compose(room ->
            file.bytes(version, next)
                .compose(bytes ->
                    OriginReading.blocking(
                        file.loop(),
                        () -> {
                          reader.accept(next.offset(), bytes);
                          return reader;
                        }))
                .onComplete(done -> room.close()))
        .compose(accepted -> read(file, version, turn, accepted));
  }

  @Override
  public Future<Reply> poster(Exchange cause, String path) {
    Item item = item(path).orElseThrow(Folder::notFound);
    String name = item.name();
    String stem = name.substring(0, name.lastIndexOf('.'));
    return index
        .names(cause, item.parent())
        .recover(untold -> Future.succeededFuture(List.of()))
        .compose(names -> {
          for (String ending : PICTURES) {
            if (names.contains(stem + ending)) {
              String parent = item.parent().isEmpty() ? "" : item.parent() + "/";
              return site.pass(cause, OriginSite.address(parent + stem + ending));
            }
          }
          return within(cause, item);
        });
  }

  /** A cover in the file, or a drawn one. */
  private Future<Reply> within(Exchange cause, Item item) {
    OriginFile file = site.file(cause, OriginSite.address(item.path()));
    return file.version()
        .compose(version ->
            known(file, version, item.path())
                .compose(known -> {
                  Optional<Tags.Cover> cover = known.info().flatMap(info -> info.tags().cover());
                  return cover.isPresent() && cover.get().mediaType().startsWith("image/")
                      ? file.bytes(version, cover.get().place())
                          .map(bytes -> poster(cover.get(), bytes).reply(cause))
                      : taken(cause, item, version, known);
                }));
  }

  private Future<Reply> taken(
      Exchange cause, Item item, OriginFile.Version version, Facts.Known known) {
    boolean shown = known.info().map(info -> info.hasPictures()).orElse(false);
    Future<Optional<Poster>> made =
        shown && Offer.isMovie(item.name())
            ? library
                .posters()
                .of(
                    cause.loop(),
                    item.path() + " " + version.etag(),
                    () -> frame(cause, OriginSite.address(item.path())))
            : Future.succeededFuture(Optional.empty());
    return made.map(poster -> poster.orElseGet(() -> Poster.drawn(item)).reply(cause));
  }

  /** A film of one picture; not given up when who asked first leaves, for others may wait. */
  private Future<Posters.Footage> frame(Exchange cause, String address) {
    Timeline own = new Timeline(cause.loop().nanos());
    Exchange lasting = Exchange.background(cause, cause.request(), own, interim -> {});
    return OriginFiles.alone(lasting, site, address)
        .compose(files ->
            reading
                .film(files)
                .compose(film -> {
                  Pieces still = film.still().orElseThrow(() -> Offer.unplayable("no pictures"));
                  if (still.length() > LARGEST_STILL) {
                    throw Offer.unplayable("its pictures are too large");
                  }
                  int length = (int) still.length();
                  return Gather.bytes(files.loop(), OriginPieces.body(files, still), length);
                })
                .compose(bytes -> OriginReading.blocking(files.loop(), () -> written(bytes))));
  }

  private static Posters.Footage written(ByteBuffer film) throws IOException {
    Path file = Files.createTempFile("darban-still", ".mp4");
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      while (film.hasRemaining()) {
        channel.write(film);
      }
    }
    return new Posters.Footage(file, 0, true);
  }

  private static Poster poster(Tags.Cover cover, ByteBuffer content) {
    byte[] bytes = new byte[content.remaining()];
    content.get(bytes);
    return new Poster(cover.mediaType(), bytes);
  }
}
