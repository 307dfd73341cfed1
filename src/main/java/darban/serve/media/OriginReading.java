package darban.serve.media;

import darban.exchange.Exchange;
import darban.flow.Loop;
import darban.media.Span;
import darban.media.mp4.MovieReader;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * Learns of films behind an origin what players need, by ranges. One per event loop; what a film is
 * made of is worked out on worker threads.
 */
final class OriginReading {
  private final Library library;
  private final OriginSite site;
  private final OriginIndex index;

  OriginReading(Library library, OriginSite site, OriginIndex index) {
    this.library = library;
    this.site = site;
    this.index = index;
  }

  /** The film that is in {@code files}; of its subtitles it may know nothing. */
  Future<Film> film(OriginFiles files) {
    Film.Stamp stamp = whichever(files);
    return library.film(
        files.loop(),
        files.cause()::onCancel,
        new Library.Asked(files.key(), stamp),
        turn -> {
          turn.onGivenUp(files::abandon);
          return Learning.film(files.loop(), turn, new Far(files), stamp, library.config());
        });
  }

  /** Files that are got by ranges. */
  private record Far(OriginFiles files) implements Learning.Source {
    @Override
    public List<Long> sizes() {
      return files.all().stream().map(each -> each.version().size()).toList();
    }

    @Override
    public Future<?> read(int number, MovieReader reader, Scratch scratch) {
      OriginFiles.Held one = files.all().get(number);
      Span span = reader.wanted().getFirst();
      return one.file()
          .bytes(one.version(), span, scratch.take(span.length()))
          .compose(bytes -> accept(reader, span, bytes));
    }

    private Future<?> accept(MovieReader reader, Span span, ByteBuffer bytes) {
      return blocking(
          files.loop(),
          () -> {
            reader.accept(span.offset(), bytes);
            return span;
          });
    }
  }

  /**
   * The film that is in {@code files}, with its subtitles.
   *
   * @param anew whether they must be those of now; else they may be as they were found before
   */
  Future<Film> withTexts(Exchange cause, OriginFiles files, boolean anew) {
    Film known = library.known(files.key(), whichever(files));
    if (!anew && known != null && known.stamp().texts().isPresent()) {
      return Future.succeededFuture(known);
    }
    // Whether there are any is looked for while the film is read.
    Future<List<String>> names = OriginTexts.names(cause, library, index, files.largest());
    return film(files)
        .compose(film ->
            film instanceof Film.Playable playable
                ? names
                    .compose(
                        beside -> OriginTexts.of(cause, library, site, files.largest(), beside))
                    .map(texts -> with(files, playable, texts))
                : Future.succeededFuture(film));
  }

  private Film with(OriginFiles files, Film.Playable film, OriginTexts texts) {
    Film.Stamp state = new Film.Stamp(files.etag(), Optional.of(texts.stamp()));
    Film known = library.known(files.key(), state);
    return known != null ? known : library.keptWith(files.key(), film, state, texts.texts());
  }

  private static Film.Stamp whichever(OriginFiles files) {
    return new Film.Stamp(files.etag(), Optional.empty());
  }

  /** The film with its file's head in front; as it is where that is as good. */
  Future<Film> inFront(OriginFiles files, Film film) {
    OriginFiles.Held one = files.all().getFirst();
    return library.inFront(
        files.loop(),
        files.cause()::onCancel,
        files.key(),
        film,
        (turn, head, into) -> {
          turn.onGivenUp(files::abandon);
          return one.file().bytes(one.version(), head, into);
        });
  }

  /** Work that takes its time. */
  static <T> Future<T> blocking(Loop loop, Callable<T> work) {
    return loop.context().executeBlocking(work, false).map(Objects::requireNonNull);
  }
}
