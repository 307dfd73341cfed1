package darban.serve.media;

import darban.exchange.Endpoint;
import darban.exchange.Exchange;
import darban.exchange.Reply;
import darban.http.MediaType;
import darban.http.Paths;
import darban.http.RequestHead;
import darban.media.Pieces;
import darban.serve.Cors;
import darban.serve.Folder;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Streams films that lie behind an origin, which is asked for ranges of them, through the cache.
 * All else of the origin is passed on as it is. Event loop; what a film is made of is worked out on
 * worker threads.
 */
final class OriginFilms implements Endpoint {
  private final Library library;
  private final OriginSite site;
  private final OriginIndex index;
  private final OriginReading reading;
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
    this.index = new OriginIndex(site, library.config().browsing().listing().films());
    this.reading = new OriginReading(library, site, index);
    OriginStock stock = new OriginStock(library, site, index, reading);
    this.pages = new Pages(stock, library.config(), stripped);
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
    if (Offer.isMovie(asked.address)) {
      Visit.begin(exchange, library.films(), Paths.decoded(asked.address).orElseThrow());
    }
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
    return OriginFiles.alone(exchange, site, asked.address)
        .compose(files ->
            reading
                .film(files)
                .compose(film -> reading.inFront(files, film))
                .map(film -> film.inFront().map(moved -> new Moved(files, moved))))
        // What cannot be read can be had as it is; or the origin says itself why not.
        .recover(why -> Future.succeededFuture(Optional.empty()))
        .compose(moved ->
            moved
                .map(each -> Future.succeededFuture(answer(exchange, each, asked.address)))
                .orElseGet(() -> site.pass(exchange, asked.address)));
  }

  /** A file with its head in front. */
  private record Moved(OriginFiles files, Pieces pieces) {}

  private static Reply answer(Exchange exchange, Moved moved, String address) {
    OriginFiles files = moved.files;
    String type = MediaType.ofFile(address);
    return answer(exchange, files, Offer.whole(moved.pieces, type, files.etag()));
  }

  private Future<Reply> made(Exchange exchange, Asked asked) {
    return library
        .sets()
        .of(exchange, site, index, asked.path(), opens(asked.name))
        .compose(files ->
            film(exchange, files, asked.name)
                .compose(film ->
                    OriginReading.blocking(
                        files.loop(),
                        () -> Offer.of(film, asked.name, files.etag(), library.config())))
                .compose(offer ->
                    offer.making() == null
                        ? Future.succeededFuture(answer(exchange, files, offer))
                        : made(files, asked.name, offer).map(product -> product.reply(exchange))));
  }

  /** Who asks for pictures and sound need not wait for subtitles. */
  private Future<Film> film(Exchange exchange, OriginFiles files, String name) {
    return Offer.tellsTexts(name)
        ? reading.withTexts(exchange, files, opens(name))
        : reading.film(files);
  }

  private static boolean opens(String name) {
    return name.startsWith("index.");
  }

  private Future<Product> made(OriginFiles files, String name, Offer offer) {
    return library.made(
        files.loop(), files.cause()::onCancel, files.key(), name, new Made(files, offer));
  }

  /** What is made in memory of files that are got by ranges. */
  private record Made(OriginFiles files, Offer offer) implements Library.Making {
    @Override
    public Future<ByteBuffer> read(Turns.Turn turn, ByteBuffer into) {
      Gather gather = Gather.into(files.loop(), OriginPieces.body(files, offer.pieces()), into);
      turn.onGivenUp(why -> {
        files.abandon(why);
        gather.abandon(why);
      });
      return gather.all();
    }
  }

  private static Reply answer(Exchange exchange, OriginFiles files, Offer offer) {
    return offer
        .representation()
        .answer(
            exchange,
            exchange.request(),
            (from, to) -> OriginPieces.body(files, offer.pieces().slice(from, to)));
  }
}
