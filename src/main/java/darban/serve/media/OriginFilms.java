package darban.serve.media;

import darban.exchange.Endpoint;
import darban.exchange.Exchange;
import darban.exchange.Reply;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.Method;
import darban.http.Paths;
import darban.http.RequestHead;
import darban.http.Target;
import darban.http.Version;
import darban.media.MalformedMedia;
import darban.media.Span;
import darban.media.mp4.MovieReader;
import darban.origin.ServiceConfig;
import darban.serve.Cors;
import darban.serve.Folder;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;

/**
 * Streams films that lie behind an origin, which is asked for ranges of them, through the cache.
 * All else of the origin is passed on as it is. Event loop; what a film is made of is worked out on
 * worker threads.
 */
final class OriginFilms implements Endpoint {
  /** What clients may say to the origin: nothing of theirs that is none of its business. */
  private static final Set<FieldName> PASSED =
      Set.of(
          FieldName.RANGE,
          FieldName.IF_RANGE,
          FieldName.IF_NONE_MATCH,
          FieldName.IF_MODIFIED_SINCE);

  private final Library library;
  private final Endpoint origin;
  private final String stripped;

  /**
   * Films of {@code library}.
   *
   * @param origin answers requests whose paths count from the library's root
   * @param stripped prefix of request paths that the root stands for, without a slash at its end
   */
  OriginFilms(Library library, Endpoint origin, String stripped) {
    this.library = library;
    this.origin = origin;
    this.stripped = stripped;
  }

  /**
   * What a request asks for.
   *
   * @param path of the film at the origin
   * @param name of what is wanted of it; empty for the file itself
   */
  private record Asked(String path, String name) {}

  @Override
  public Future<Reply> serve(Exchange exchange) {
    Reply other = Cors.unlessReading(exchange);
    if (other != null) {
      return Future.succeededFuture(other);
    }
    Asked asked = asked(exchange.request());
    if (asked.name.isEmpty()) {
      Fields fields = exchange.request().fields().filtered(PASSED::contains).build();
      exchange.request(request(exchange.request().method(), asked.path, fields));
      return origin.serve(exchange);
    }
    OriginFile file =
        new OriginFile(exchange, origin, request(Method.GET, asked.path, Fields.NONE));
    return file.version().compose(version -> offered(exchange, file, version, asked));
  }

  /** The film is the first part of the path that looks like one, and has something behind it. */
  private Asked asked(RequestHead head) {
    String path = head.routingPath();
    String inside = path.startsWith(stripped) ? path.substring(stripped.length()) : path;
    String decoded = Paths.decoded(inside).orElseThrow(Folder::notFound);
    List<String> names = Arrays.asList(inside.split("/", -1));
    boolean hidden =
        Arrays.stream(decoded.split("/"))
            .anyMatch(name -> name.startsWith(".") && !name.equals(".well-known"));
    if (hidden || !inside.startsWith("/")) {
      throw Folder.notFound();
    }
    for (int i = 1; i < names.size() - 1; i++) {
      if (Offer.isMovie(names.get(i))) {
        return new Asked(
            String.join("/", names.subList(0, i + 1)),
            String.join("/", names.subList(i + 1, names.size())));
      }
    }
    return new Asked(inside, "");
  }

  private RequestHead request(Method method, String path, Fields fields) {
    String server = ServiceConfig.authority(library.config().origin().orElseThrow());
    return new RequestHead(Version.HTTP_1_1, method, Target.origin(path), server, fields, null);
  }

  private Future<Reply> offered(
      Exchange exchange, OriginFile file, OriginFile.Version version, Asked asked) {
    Film.Stamp stamp = new Film.Stamp(version.etag(), Optional.empty());
    return library
        .film(exchange.loop(), asked.path, stamp, () -> new Learning(file, version, stamp).film())
        .compose(film ->
            blocking(file, () -> Offer.of(film, asked.name, version.etag(), library.config())))
        .map(offer ->
            offer
                .representation()
                .answer(
                    exchange,
                    exchange.request(),
                    (from, to) -> OriginBody.of(file, version, offer.pieces().slice(from, to))));
  }

  private static <T> Future<T> blocking(OriginFile file, Callable<T> work) {
    return file.loop().context().executeBlocking(work, false).map(Objects::requireNonNull);
  }

  /** A film that is being read, span by span. Event loop. */
  private final class Learning {
    private final OriginFile file;
    private final OriginFile.Version version;
    private final Film.Stamp stamp;
    private final Promise<Film> told;

    Learning(OriginFile file, OriginFile.Version version, Film.Stamp stamp) {
      this.file = file;
      this.version = version;
      this.stamp = stamp;
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
        blocking(file, () -> Film.of(reader, stamp, List.of(), library.config()))
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
