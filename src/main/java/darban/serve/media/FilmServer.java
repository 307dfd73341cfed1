package darban.serve.media;

import darban.exchange.Endpoint;
import darban.exchange.Exchange;
import darban.exchange.Reply;
import darban.flow.Loop;
import darban.flow.OpenFile;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.MediaType;
import darban.http.RequestHead;
import darban.media.Span;
import darban.media.mp4.MovieReader;
import darban.media.recording.Recording;
import darban.serve.Cors;
import darban.serve.Folder;
import darban.serve.FoundFile;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * Streams the films of a library. Any event loop; the disk is touched, and what a film is made of
 * is worked out, on worker threads.
 */
final class FilmServer implements Endpoint {
  private final Library library;
  private final Folder folder;
  private final Pages pages;

  /**
   * Films of {@code library}, which lie in {@code folder}.
   *
   * @param stripped prefix of request paths that the folder stands for, without a slash at its end
   */
  FilmServer(Library library, Folder folder, String stripped) {
    this.library = library;
    this.folder = folder;
    this.pages = new Pages(new LocalStock(library, folder), library.config(), stripped);
  }

  /**
   * What a request asks for.
   *
   * @param files the film's, held
   * @param name of what is wanted of it, as {@link Recording} has it; empty for the file itself
   * @param stamp the state that the film must be known in
   */
  private record Asked(FilmFiles files, String name, Film.Stamp stamp) {}

  /** What there is to answer. */
  private sealed interface Found {
    /** A file, as it is. */
    record Plain(FoundFile file) implements Found {}

    /** A folder that was asked for as if it was a file. */
    record Moved(String location) implements Found {}

    /** Something made of a film. */
    record Made(FilmFiles files, String name, Offer offer) implements Found {}

    /** The same where it had to be in memory as a whole; held. */
    record Done(FoundFile file, Product product) implements Found {}

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
    if (library.config().browse()) {
      Future<Reply> page = pages.answer(exchange, folder.inside(head));
      if (page != null) {
        return page;
      }
    }
    return exchange
        .loop()
        .context()
        .executeBlocking(() -> find(head), false)
        .compose(found ->
            found instanceof Found.Unread(Asked asked)
                ? read(exchange, asked)
                : Future.succeededFuture(found))
        .compose(found ->
            found instanceof Found.Made made && made.offer.making() != null
                ? made(exchange, made)
                : Future.succeededFuture(found))
        .map(found -> reply(exchange, Objects.requireNonNull(found)));
  }

  // On worker threads

  private Found find(RequestHead head) {
    try {
      String inside = folder.inside(head);
      boolean folders = library.config().browse() && !inside.endsWith("/");
      if (folders && Files.isDirectory(folder.place(inside))) {
        return new Found.Moved(Folder.withSlash(head));
      }
      Asked asked = asked(inside);
      FoundFile file = asked.files.asked();
      if (asked.name.isEmpty() && library.config().hides(file.name())) {
        asked.files.release();
        throw Folder.notFound();
      }
      boolean moved = library.config().faststart() && Offer.isMovie(file.name());
      if (asked.name.isEmpty() && !moved) {
        return new Found.Plain(file);
      }
      Film film = library.known(asked.files.key(), asked.stamp);
      return film == null || lacksHead(asked, film) ? new Found.Unread(asked) : made(asked, film);
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
    FilmFiles files = name.isEmpty() ? FilmFiles.alone(file) : FilmFiles.of(file, folder);
    try {
      Optional<String> texts =
          Offer.tellsTexts(name)
              ? Optional.of(Texts.beside(files.largest(), folder).stamp())
              : Optional.empty();
      return new Asked(files, name, new Film.Stamp(files.etag(), texts));
    } catch (IOException | RuntimeException failed) {
      files.release();
      throw failed;
    }
  }

  /** Whether the file is wanted with its head in front, and nobody has moved it yet. */
  private static boolean lacksHead(Asked asked, Film film) {
    return asked.name.isEmpty()
        && film instanceof Film.Playable playable
        && !playable.isAsGoodAsItIs();
  }

  /** What a film has under the name; lets go of the files where it has nothing. */
  private Found made(Asked asked, Film film) {
    try {
      if (asked.name.isEmpty()) {
        return whole(asked.files, film);
      }
      Offer offer = Offer.of(film, asked.name, asked.files.etag(), library.config());
      return new Found.Made(asked.files, asked.name, offer);
    } catch (RuntimeException none) {
      asked.files.release();
      throw none;
    }
  }

  /** A file that is no film is sent as it is, and so is one whose head is in front. */
  private static Found whole(FilmFiles files, Film film) {
    FoundFile file = files.asked();
    return film.inFront()
        .<Found>map(moved ->
            new Found.Made(
                files, "", Offer.whole(moved, MediaType.ofFile(file.name()), file.etag())))
        .orElseGet(() -> new Found.Plain(file));
  }

  private static Film withTexts(Asked asked, Film film, Texts texts) throws IOException {
    Film.Stamp stamp = new Film.Stamp(asked.files.etag(), Optional.of(texts.stamp()));
    return switch (film) {
      case Film.Playable playable -> playable.with(stamp, texts.read(asked.files.largest()));
      case Film.Broken broken -> new Film.Broken(stamp, broken.why());
    };
  }

  // On the event loop

  private Future<Found> read(Exchange exchange, Asked asked) {
    Loop loop = exchange.loop();
    String key = asked.files.key();
    return library
        .film(
            loop,
            exchange::onCancel,
            new Library.Asked(key, asked.stamp),
            turn -> learned(loop, turn, asked))
        .compose(film ->
            asked.name.isEmpty()
                ? library.inFront(
                    loop,
                    exchange::onCancel,
                    key,
                    film,
                    (turn, head, into) ->
                        blocking(loop, () -> Film.bytes(asked.files.asked().file(), head, into)))
                : Future.succeededFuture(film))
        .recover(why -> {
          asked.files.release();
          return Future.failedFuture(failure(why));
        })
        .compose(film -> blocking(loop, () -> made(asked, film)));
  }

  /** What is made in memory of files that are at hand. */
  private record Making(Loop loop, FilmFiles files, Offer offer) implements Library.Making {
    @Override
    public Future<ByteBuffer> read(Turns.Turn turn, ByteBuffer into) {
      return blocking(
          loop,
          () -> {
            ByteBuf bytes = Unpooled.wrappedBuffer(into).writerIndex(0);
            new FileReads(files.opened()).into(bytes, offer.pieces());
            return into;
          });
    }
  }

  private Future<Found> made(Exchange exchange, Found.Made made) {
    FilmFiles files = made.files;
    Making making = new Making(exchange.loop(), files, made.offer);
    return library
        .made(exchange.loop(), exchange::onCancel, files.key(), made.name, making)
        .onComplete(done -> files.release())
        .<Found>map(product -> new Found.Done(files.asked(), product))
        .recover(why -> Future.failedFuture(failure(why)));
  }

  private Future<Film> learned(Loop loop, Turns.Turn turn, Asked asked) {
    Film.Stamp stamp = new Film.Stamp(asked.files.etag(), Optional.empty());
    Learning.Source near = new Near(loop, asked.files);
    return Learning.film(loop, turn, near, stamp, library.config())
        .compose(film ->
            blocking(loop, () -> Texts.beside(asked.files.largest(), folder))
                .compose(texts ->
                    library.reading(loop, texts.bytes(), () -> withTexts(asked, film, texts))));
  }

  /** Files that are at hand. */
  private record Near(Loop loop, FilmFiles files) implements Learning.Source {
    @Override
    public List<Long> sizes() {
      return files.all().stream().map(FoundFile::size).toList();
    }

    @Override
    public long room(long wanted) {
      return Math.max(Film.PIECE, wanted);
    }

    @Override
    public Future<?> read(int number, MovieReader reader, Scratch scratch) {
      return blocking(
          loop,
          () -> {
            OpenFile file = files.opened().get(number);
            long most = reader.kept() + Film.PIECE;
            // All that there is room for, in one change of threads.
            for (List<Span> spans = reader.wanted();
                !spans.isEmpty() && scratch.fits(spans.getFirst().length()) && reader.kept() < most;
                spans = reader.wanted()) {
              Span span = spans.getFirst();
              ByteBuffer into = scratch.take(span.length());
              reader.accept(span.offset(), Film.bytes(file, span, into));
            }
            return reader;
          });
    }
  }

  private static <T> Future<T> blocking(Loop loop, Callable<T> work) {
    return OriginReading.blocking(loop, work);
  }

  private static Throwable failure(Throwable why) {
    return switch (why) {
      case NoSuchFileException gone -> Folder.notFound();
      case IOException unreadable -> Folder.unreadable(unreadable);
      default -> why;
    };
  }

  private void visit(Exchange exchange, FoundFile file) {
    Visit.begin(exchange, library.films(), folder.inside(file.path()));
  }

  private Reply reply(Exchange exchange, Found found) {
    return switch (found) {
      case Found.Moved(String location) ->
          Reply.empty(308, Fields.builder(2).add(FieldName.LOCATION, location).build());
      case Found.Plain(FoundFile file) -> {
        if (Offer.isMovie(file.name())) {
          visit(exchange, file);
        }
        yield file.reply(exchange);
      }
      case Found.Made(FilmFiles files, _, Offer offer) -> {
        try {
          visit(exchange, files.asked());
          yield offer
              .representation()
              .answer(
                  exchange,
                  exchange.request(),
                  (from, to) ->
                      LocalPieces.body(
                          exchange.loop(), files.opened(), offer.pieces().slice(from, to)));
        } finally {
          files.release(); // Its parts hold them now.
        }
      }
      case Found.Done(FoundFile file, Product product) -> {
        visit(exchange, file);
        yield product.reply(exchange);
      }
      case Found.Unread unread -> throw new IllegalStateException("it was read");
    };
  }
}
