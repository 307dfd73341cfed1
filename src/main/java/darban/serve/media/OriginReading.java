package darban.serve.media;

import darban.exchange.Exchange;
import darban.flow.Loop;
import darban.media.MalformedMedia;
import darban.media.Span;
import darban.media.mp4.MovieReader;
import darban.media.recording.Recording;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.ByteBuffer;
import java.util.ArrayList;
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

  /**
   * The film that is in {@code files}.
   *
   * @param texts whether its subtitles must be those of now; else they may be as they were found
   */
  Future<Film> film(Exchange cause, OriginFiles files, boolean texts) {
    Film.Stamp any = new Film.Stamp(files.etag(), Optional.empty());
    Film known = library.known(files.key(), any);
    if (known != null && !texts) {
      return Future.succeededFuture(known);
    }
    String path = files.largest();
    return OriginTexts.beside(cause, site, index, path)
        .compose(beside -> {
          Film.Stamp stamp = new Film.Stamp(files.etag(), Optional.of(beside.stamp()));
          return library.film(
              files.loop(),
              files.key(),
              stamp,
              () -> new Learning(files, stamp, beside.read(path)).film());
        });
  }

  /** Work that takes its time. */
  static <T> Future<T> blocking(Loop loop, Callable<T> work) {
    return loop.context().executeBlocking(work, false).map(Objects::requireNonNull);
  }

  /** A film that is being read, file by file and span by span. Event loop. */
  private final class Learning {
    private final OriginFiles files;
    private final Film.Stamp stamp;
    private final List<Recording.Text> texts;
    private final List<MovieReader> readers = new ArrayList<>();
    private final Promise<Film> told;

    Learning(OriginFiles files, Film.Stamp stamp, List<Recording.Text> texts) {
      this.files = files;
      this.stamp = stamp;
      this.texts = texts;
      this.told = files.loop().context().promise();
    }

    Future<Film> film() {
      next();
      return told.future();
    }

    private void next() {
      if (readers.size() == files.all().size()) {
        blocking(files.loop(), () -> Film.of(readers, stamp, texts, library.config()))
            .onSuccess(told::complete)
            .onFailure(this::failed);
        return;
      }
      OriginFiles.Held one = files.all().get(readers.size());
      blocking(files.loop(), () -> new MovieReader(one.version().size(), Film.LIMITS))
          .onSuccess(reader -> read(one, reader))
          .onFailure(this::failed);
    }

    private void read(OriginFiles.Held one, MovieReader reader) {
      List<Span> wanted = reader.wanted();
      if (wanted.isEmpty()) {
        readers.add(reader);
        next();
        return;
      }
      Span span = wanted.getFirst();
      one.file()
          .bytes(one.version(), span)
          .compose(bytes -> blocking(files.loop(), () -> accepted(reader, span, bytes)))
          .onSuccess(accepted -> read(one, accepted))
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
