package darban.serve.media;

import darban.exchange.Endpoint;
import darban.exchange.Exchange;
import darban.exchange.Reply;
import darban.http.MediaType;
import darban.http.RequestHead;
import darban.media.recording.Recording;
import darban.serve.Cors;
import darban.serve.Folder;
import darban.serve.FoundFile;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * Streams the films of a library. Any event loop; the disk is touched, and what a film is made of
 * is worked out, on worker threads.
 */
final class FilmServer implements Endpoint {
  private final Library library;
  private final Folder folder;
  private final Pages pages;

  /** Films of {@code library}, which lie in {@code folder}. */
  FilmServer(Library library, Folder folder) {
    this.library = library;
    this.folder = folder;
    this.pages = new Pages(folder);
  }

  /**
   * What a request asks for.
   *
   * @param file the film's, held
   * @param name of what is wanted of it, as {@link Recording} has it; empty for the file itself
   * @param stamp the state that the film must be known in
   */
  private record Asked(FoundFile file, String name, Film.Stamp stamp) {
    String key() {
      return file.path().toString();
    }
  }

  /** What there is to answer. */
  private sealed interface Found {
    /** A file, as it is. */
    record Plain(FoundFile file) implements Found {}

    /** Something for people. */
    record Shown(Pages.Page page) implements Found {}

    /** Something made of a film. */
    record Made(FoundFile file, Offer offer) implements Found {}

    /** Something of a film that is not known yet. */
    record Unread(Asked asked) implements Found {}
  }

  @Override
  public Future<Reply> serve(Exchange exchange) {
    Reply other = Cors.unlessReading(exchange);
    if (other != null) {
      return Future.succeededFuture(other);
    }
    RequestHead head = exchange.request();
    return exchange
        .loop()
        .context()
        .executeBlocking(() -> find(head), false)
        .compose(found ->
            found instanceof Found.Unread(Asked asked)
                ? read(exchange, asked)
                : Future.succeededFuture(found))
        .map(found -> reply(exchange, Objects.requireNonNull(found)));
  }

  // On worker threads

  private Found find(RequestHead head) {
    try {
      String inside = folder.inside(head);
      Optional<Pages.Page> page =
          library.config().browse() ? pages.find(head, inside) : Optional.empty();
      if (page.isPresent()) {
        return new Found.Shown(page.get());
      }
      Asked asked = asked(inside);
      boolean moved = library.config().faststart() && Offer.isMovie(asked.file.name());
      if (asked.name.isEmpty() && !moved) {
        return new Found.Plain(asked.file);
      }
      Film film = library.known(asked.key(), asked.stamp);
      return film == null ? new Found.Unread(asked) : made(asked, film);
    } catch (NoSuchFileException gone) {
      throw Folder.notFound();
    } catch (IOException unreadable) {
      throw Folder.unreadable(unreadable);
    }
  }

  /** The film is the part of the path that is a file; what follows is of at most two names. */
  private Asked asked(String inside) throws IOException {
    if (inside.endsWith("/")) {
      throw Folder.notFound();
    }
    Path file = folder.place(inside);
    String name = "";
    for (int i = 0; i < 2 && !Files.isRegularFile(file); i++) {
      Path parent = file.getParent();
      if (parent == null) {
        throw Folder.notFound();
      }
      name = file.getFileName() + (name.isEmpty() ? "" : "/" + name);
      file = parent;
    }
    if (!Files.isRegularFile(file) || !folder.holds(file)) {
      throw Folder.notFound();
    }
    Optional<String> texts =
        Offer.tellsTexts(name) ? Optional.of(Texts.beside(file, folder).stamp()) : Optional.empty();
    FoundFile found = Folder.open(file);
    return new Asked(found, name, new Film.Stamp(found.etag(), texts));
  }

  /** What a film has under the name; lets go of the file where it has nothing. */
  private Found made(Asked asked, Film film) {
    if (asked.name.isEmpty()) {
      return whole(asked.file, film);
    }
    try {
      Offer offer = Offer.of(film, asked.name, asked.file.etag(), library.config());
      return new Found.Made(asked.file, offer);
    } catch (RuntimeException none) {
      asked.file.file().release();
      throw none;
    }
  }

  /** A file that is no film is sent as it is, and so is one whose head is in front. */
  private static Found whole(FoundFile file, Film film) {
    if (film instanceof Film.Playable playable && playable.progressive().list().size() > 1) {
      String type = MediaType.ofFile(file.name());
      return new Found.Made(file, Offer.whole(playable, type, file.etag()));
    }
    return new Found.Plain(file);
  }

  private Film learn(Asked asked) throws IOException {
    Path path = asked.file.path();
    Texts texts = Texts.beside(path, folder);
    Film.Stamp stamp = new Film.Stamp(asked.file.etag(), Optional.of(texts.stamp()));
    return Film.read(asked.file.file(), stamp, texts.read(path), library.config());
  }

  // On the event loop

  private Future<Found> read(Exchange exchange, Asked asked) {
    return library
        .film(
            exchange.loop(),
            asked.key(),
            asked.stamp,
            // One at a time on each loop, so that what is read of files at once is bounded.
            () -> exchange.loop().context().executeBlocking(() -> learn(asked), true))
        .recover(why -> {
          asked.file.file().release();
          return Future.failedFuture(failure(why));
        })
        .compose(film -> exchange.loop().context().executeBlocking(() -> made(asked, film), false));
  }

  private static Throwable failure(Throwable why) {
    return switch (why) {
      case NoSuchFileException gone -> Folder.notFound();
      case IOException unreadable -> Folder.unreadable(unreadable);
      default -> why;
    };
  }

  private static Reply reply(Exchange exchange, Found found) {
    return switch (found) {
      case Found.Shown(Pages.Page page) -> page.reply();
      case Found.Plain(FoundFile file) -> file.reply(exchange);
      case Found.Made(FoundFile file, Offer offer) -> {
        Reply reply =
            offer
                .representation()
                .answer(
                    exchange,
                    exchange.request(),
                    (from, to) ->
                        PiecesBody.of(
                            exchange.loop(), file.file().retain(), offer.pieces().slice(from, to)));
        // Its parts hold it now.
        file.file().release();
        yield reply;
      }
      case Found.Unread unread -> throw new IllegalStateException("it was read");
    };
  }
}
