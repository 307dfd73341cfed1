package darban.serve.live;

import darban.base.Failure;
import darban.base.Kind;
import darban.exchange.Endpoint;
import darban.exchange.Exchange;
import darban.exchange.Reply;
import darban.http.Method;
import darban.http.Paths;
import darban.serve.Cors;
import io.vertx.core.Future;

/** Takes and shows the live streams of a hub. One per event loop. */
public final class LiveOrigin implements Endpoint {
  private static final int LONGEST_NAME = 512;
  private static final String METHODS = "GET, HEAD, OPTIONS, PUT, POST, DELETE";

  private final String folder;
  private final Publishing publishing;
  private final Viewing viewing;
  private final Watching watching;

  /** Streams are named by what follows {@code folder} in paths. */
  LiveOrigin(String folder, Publishing publishing, Viewing viewing, Watching watching) {
    this.folder = folder;
    this.publishing = publishing;
    this.viewing = viewing;
    this.watching = watching;
  }

  /**
   * A file of a stream.
   *
   * @param stream the first part of the path; empty where there is one only
   * @param file the rest
   */
  record Place(String stream, String file) {}

  @Override
  public Future<Reply> serve(Exchange exchange) {
    Cors.open(exchange);
    Method method = exchange.request().method();
    if (method == Method.OPTIONS) {
      return Future.succeededFuture(Cors.preflight(METHODS));
    }
    if (method == Method.GET || method == Method.HEAD) {
      Place place = place(exchange);
      Future<Reply> page = watching.answer(exchange, place);
      return page != null ? page : viewing.serve(exchange, place);
    }
    if (method == Method.PUT || method == Method.POST || method == Method.DELETE) {
      return publishing.serve(exchange, place(exchange));
    }
    return Future.succeededFuture(Cors.notAllowed(METHODS));
  }

  private Place place(Exchange exchange) {
    String path = exchange.request().routingPath();
    String inside = path.startsWith(folder) ? path.substring(folder.length()) : path;
    String decoded = Paths.decoded(inside).orElseThrow(LiveOrigin::notFound);
    String name = decoded.startsWith("/") ? decoded.substring(1) : decoded;
    if (name.length() > LONGEST_NAME || name.indexOf('\0') >= 0 || name.contains("//")) {
      throw notFound();
    }
    int slash = name.indexOf('/');
    return slash < 0
        ? new Place("", name)
        : new Place(name.substring(0, slash), name.substring(slash + 1));
  }

  static Failure notFound() {
    return Failure.of(Kind.NOT_FOUND, "no such live stream");
  }
}
