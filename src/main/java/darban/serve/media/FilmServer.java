package darban.serve.media;

import darban.base.Failure;
import darban.base.Kind;
import darban.exchange.Endpoint;
import darban.exchange.Exchange;
import darban.exchange.Reply;
import darban.exchange.Representation;
import darban.http.Etag;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.MediaType;
import darban.http.Method;
import darban.http.RequestHead;
import darban.media.MalformedMedia;
import darban.media.Pieces;
import darban.media.recording.Recording;
import darban.serve.Cors;
import darban.serve.Folder;
import darban.serve.FoundFile;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Streams the films of a library. Any event loop; the disk is touched, and what a film is made of
 * is worked out, on worker threads.
 */
final class FilmServer implements Endpoint {
  private static final String METHODS = "GET, HEAD, OPTIONS";

  /** Segments change only with their file, whose name is the same then. */
  private static final String SEGMENTS = "public, max-age=3600";

  private static final String PLAYLISTS = "public, no-cache";

  /** Differs wherever the same file is written otherwise than before. */
  private static final int VERSION = 1;

  private static final Set<String> MOVIES = Set.of("mp4", "m4v", "m4a", "mov", "3gp");

  private final Library library;
  private final Folder folder;

  /** Films of {@code library}, which lie in {@code folder}. */
  FilmServer(Library library, Folder folder) {
    this.library = library;
    this.folder = folder;
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

    /** Something made of a film. */
    record Made(FoundFile file, Fields fields, Etag etag, Pieces pieces) implements Found {}

    /** Something of a film that is not known yet. */
    record Unread(Asked asked) implements Found {}
  }

  @Override
  public Future<Reply> serve(Exchange exchange) {
    Cors.open(exchange);
    Method method = exchange.request().method();
    if (method == Method.OPTIONS) {
      return Future.succeededFuture(Cors.preflight(METHODS));
    }
    if (method != Method.GET && method != Method.HEAD) {
      return Future.succeededFuture(Cors.notAllowed(METHODS));
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
      Asked asked = asked(folder.inside(head));
      if (asked.name.isEmpty() && !isMovie(asked.file)) {
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

  private boolean isMovie(FoundFile file) {
    String name = file.name().toLowerCase(Locale.ROOT);
    return library.config().faststart()
        && MOVIES.contains(name.substring(name.lastIndexOf('.') + 1));
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
        tellsTexts(name) ? Optional.of(Texts.beside(file, folder).stamp()) : Optional.empty();
    FoundFile found = Folder.open(file);
    return new Asked(found, name, new Film.Stamp(found.etag(), texts));
  }

  /** Whether what is found under a name has to do with subtitles. */
  private static boolean tellsTexts(String name) {
    return name.startsWith("index.") || name.startsWith("s");
  }

  /** What a film has under the name; lets go of the file where it has nothing. */
  private Found made(Asked asked, Film film) {
    try {
      return switch (film) {
        case Film.Broken broken when asked.name.isEmpty() -> new Found.Plain(asked.file);
        case Film.Broken(Film.Stamp stamp, String why) ->
            throw Failure.of(Kind.UNPLAYABLE, "this file cannot be played: " + why);
        case Film.Playable playable when asked.name.isEmpty() -> whole(asked.file, playable);
        case Film.Playable playable -> part(asked, playable);
      };
    } catch (MalformedMedia wrong) {
      asked.file.file().release();
      throw Failure.of(Kind.UNPLAYABLE, "this file cannot be played: " + wrong.getMessage());
    } catch (RuntimeException none) {
      asked.file.file().release();
      throw none;
    }
  }

  private static Found whole(FoundFile file, Film.Playable film) {
    if (film.progressive().list().size() == 1) {
      return new Found.Plain(file);
    }
    Etag etag = new Etag(false, file.etag().opaque() + "-f" + VERSION);
    String type = MediaType.ofFile(file.name());
    return new Found.Made(file, fields(type, etag, PLAYLISTS), etag, film.progressive());
  }

  private Found part(Asked asked, Film.Playable film) {
    Recording.Answer answer =
        inner(asked.name).flatMap(film.recording()::answer).orElseThrow(Folder::notFound);
    String texts =
        tellsTexts(asked.name) ? "-" + Integer.toHexString(film.stamp().texts().hashCode()) : "";
    String tag =
        asked.file.etag().opaque() + "-" + VERSION + "-" + library.config().segment().toMillis();
    Etag etag = new Etag(false, tag + texts);
    boolean segment = asked.name.indexOf('/') >= 0 && texts.isEmpty();
    Fields fields = fields(answer.mediaType(), etag, segment ? SEGMENTS : PLAYLISTS);
    return new Found.Made(asked.file, fields, etag, answer.pieces());
  }

  /** The name that the recording knows; everything has one name only. */
  private static Optional<String> inner(String name) {
    return switch (name) {
      case "index.m3u8" -> Optional.of("master.m3u8");
      case "index.mpd" -> Optional.of("manifest.mpd");
      case "master.m3u8", "manifest.mpd", "ts.m3u8" -> Optional.empty();
      default -> name.endsWith("-ts.m3u8") ? Optional.empty() : Optional.of(name);
    };
  }

  private static Fields fields(String type, Etag etag, String caching) {
    return Fields.builder(8)
        .add(FieldName.CONTENT_TYPE, type)
        .add(FieldName.ETAG, etag.toString())
        .add(FieldName.CACHE_CONTROL, caching)
        .add(FieldName.ACCEPT_RANGES, "bytes")
        .build();
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
        .film(exchange.loop(), asked.key(), asked.stamp, () -> learn(asked))
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
      case Found.Plain(FoundFile file) -> file.reply(exchange);
      case Found.Made made -> {
        Reply reply =
            new Representation(made.fields, made.pieces.length(), made.etag, null)
                .answer(
                    exchange,
                    exchange.request(),
                    (from, to) ->
                        PiecesBody.of(
                            exchange.loop(),
                            made.file.file().retain(),
                            made.pieces.slice(from, to)));
        // Its parts hold it now.
        made.file.file().release();
        yield reply;
      }
      case Found.Unread unread -> throw new IllegalStateException("it was read");
    };
  }
}
