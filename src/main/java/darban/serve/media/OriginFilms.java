package darban.serve.media;

import darban.exchange.Endpoint;
import darban.exchange.Exchange;
import darban.exchange.Reply;
import darban.http.MediaType;
import darban.http.Paths;
import darban.http.RequestHead;
import darban.media.MalformedMedia;
import darban.media.Span;
import darban.media.mp4.MovieReader;
import darban.media.recording.Recording;
import darban.serve.Cors;
import darban.serve.Folder;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * Streams films that lie behind an origin, which is asked for ranges of them, through the cache.
 * All else of the origin is passed on as it is. Event loop; what a film is made of is worked out on
 * worker threads.
 */
final class OriginFilms implements Endpoint {
  private final Library library;
  private final OriginSite site;
  private final OriginIndex index;
  private final Pages pages;
  private final String stripped;

  /**
   * Films of {@code library}.
   *
   * @param origin answers requests whose paths count from the library's root
   * @param stripped prefix of request paths that the root stands for, without a slash at its end
   */
  OriginFilms(Library library, Endpoint origin, String stripped) {
    this.library = library;
    this.site = new OriginSite(library.config(), origin);
    this.index = new OriginIndex(site, library.config().browsing().films());
    this.pages = new Pages(new OriginStock(library, site, index), library.config());
    this.stripped = stripped;
  }

  /**
   * What a request asks for.
   *
   * @param address of the film at the origin
   * @param name of what is wanted of it; empty for the file itself
   */
  private record Asked(String address, String name) {
    /** The film's path, decoded. */
    String path() {
      return Paths.decoded(address).orElseThrow(Folder::notFound).substring(1);
    }
  }

  @Override
  public Future<Reply> serve(Exchange exchange) {
    Reply other = Cors.unlessReading(exchange);
    if (other != null) {
      return Future.succeededFuture(other);
    }
    String inside = inside(exchange.request());
    String decoded = Paths.decoded(inside).orElseThrow(Folder::notFound);
    if (Arrays.stream(decoded.split("/")).anyMatch(OriginFilms::isHidden)) {
      throw Folder.notFound();
    }
    if (library.config().browse()) {
      Future<Reply> page = pages.answer(exchange, decoded);
      if (page != null) {
        return page;
      }
    }
    Asked asked = asked(inside);
    return asked.name.isEmpty() ? whole(exchange, asked) : made(exchange, asked);
  }

  private String inside(RequestHead head) {
    String path = head.routingPath();
    String inside = path.startsWith(stripped) ? path.substring(stripped.length()) : path;
    if (!inside.startsWith("/")) {
      throw Folder.notFound();
    }
    return inside;
  }

  private static boolean isHidden(String name) {
    return name.startsWith(".") && !name.equals(".well-known");
  }

  /** The film is the first part of the path that looks like one, and has something behind it. */
  private static Asked asked(String inside) {
    List<String> names = Arrays.asList(inside.split("/", -1));
    for (int i = 1; i < names.size() - 1; i++) {
      if (Offer.isMovie(names.get(i))) {
        return new Asked(
            String.join("/", names.subList(0, i + 1)),
            String.join("/", names.subList(i + 1, names.size())));
      }
    }
    return new Asked(inside, "");
  }

  /** A file as it is, or with its head in front. */
  private Future<Reply> whole(Exchange exchange, Asked asked) {
    if (library.config().hides(asked.address)) {
      throw Folder.notFound();
    }
    if (!library.config().faststart() || !Offer.isMovie(asked.address)) {
      return site.pass(exchange, asked.address);
    }
    OriginFile file = site.file(exchange, asked.address);
    return file.version()
        .compose(version ->
            film(exchange, file, version, asked).map(film -> Optional.of(new Moved(version, film))))
        // What cannot be read can be had as it is; or the origin says itself why not.
        .recover(why -> Future.succeededFuture(Optional.empty()))
        .compose(moved -> {
          if (moved.isPresent()
              && moved.get().film instanceof Film.Playable film
              && film.progressive().list().size() > 1) {
            OriginFile.Version version = moved.get().version;
            Offer offer = Offer.whole(film, MediaType.ofFile(asked.address), version.etag());
            return Future.succeededFuture(answer(exchange, file, version, offer));
          }
          return site.pass(exchange, asked.address);
        });
  }

  private record Moved(OriginFile.Version version, Film film) {}

  private Future<Reply> made(Exchange exchange, Asked asked) {
    OriginFile file = site.file(exchange, asked.address);
    return file.version()
        .compose(version ->
            film(exchange, file, version, asked)
                .compose(film ->
                    blocking(
                        file, () -> Offer.of(film, asked.name, version.etag(), library.config())))
                .compose(offer -> made(file, version, offer))
                .map(offer -> answer(exchange, file, version, offer)));
  }

  private static Future<Offer> made(OriginFile file, OriginFile.Version version, Offer offer) {
    if (offer.making() == null) {
      return Future.succeededFuture(offer);
    }
    int length = Offer.inMemory(offer.pieces().length());
    return Gather.bytes(file.loop(), OriginPieces.body(file, version, offer.pieces()), length)
        .compose(bytes -> blocking(file, () -> offer.made(bytes)));
  }

  private static Reply answer(
      Exchange exchange, OriginFile file, OriginFile.Version version, Offer offer) {
    return offer
        .representation()
        .answer(
            exchange,
            exchange.request(),
            (from, to) -> OriginPieces.body(file, version, offer.pieces().slice(from, to)));
  }

  /** The film; with subtitles as they are now if they are told of, else as they were found. */
  private Future<Film> film(
      Exchange exchange, OriginFile file, OriginFile.Version version, Asked asked) {
    Film.Stamp any = new Film.Stamp(version.etag(), Optional.empty());
    Film known = library.known(asked.address, any);
    if (known != null && !asked.name.startsWith("index.")) {
      return Future.succeededFuture(known);
    }
    return OriginTexts.beside(exchange, site, index, asked.path())
        .compose(texts -> {
          Film.Stamp stamp = new Film.Stamp(version.etag(), Optional.of(texts.stamp()));
          return library.film(
              exchange.loop(),
              asked.address,
              stamp,
              () -> new Learning(file, version, stamp, texts.read(asked.path())).film());
        });
  }

  private static <T> Future<T> blocking(OriginFile file, Callable<T> work) {
    return file.loop().context().executeBlocking(work, false).map(Objects::requireNonNull);
  }

  /** A film that is being read, span by span. Event loop. */
  private final class Learning {
    private final OriginFile file;
    private final OriginFile.Version version;
    private final Film.Stamp stamp;
    private final List<Recording.Text> texts;
    private final Promise<Film> told;

    Learning(
        OriginFile file, OriginFile.Version version, Film.Stamp stamp, List<Recording.Text> texts) {
      this.file = file;
      this.version = version;
      this.stamp = stamp;
      this.texts = texts;
      this.told = file.loop().context().promise();
    }

    Future<Film> film() {
      blocking(file, () -> new MovieReader(version.size(), Film.LIMITS))
          .onSuccess(this::read)
          .onFailure(this::failed);
      return told.future();
    }

    private void read(MovieReader reader) {
      List<Span> wanted = reader.wanted();
      if (wanted.isEmpty()) {
        blocking(file, () -> Film.of(List.of(reader), stamp, texts, library.config()))
            .onSuccess(told::complete)
            .onFailure(this::failed);
        return;
      }
      Span next = wanted.getFirst();
      file.bytes(version, next)
          .compose(bytes -> blocking(file, () -> accepted(reader, next, bytes)))
          .onSuccess(this::read)
          .onFailure(this::failed);
    }

    private void failed(Throwable why) {
      if (why instanceof MalformedMedia wrong) {
        told.complete(new Film.Broken(stamp, wrong.getMessage()));
      } else {
        told.fail(why);
      }
    }

    private MovieReader accepted(MovieReader reader, Span span, ByteBuffer bytes) {
      reader.accept(span.offset(), bytes);
      return reader;
    }
  }
}
