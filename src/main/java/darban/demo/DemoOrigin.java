package darban.demo;

import darban.base.Failure;
import darban.base.HostPort;
import darban.base.Kind;
import darban.http.Ranges;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.ServerWebSocket;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** See the package. On an event loop of its own choosing; closed by whoever started it. */
public final class DemoOrigin {
  private static final int TICKS = 30;

  private final Vertx vertx;
  private final DemoConfig config;
  private final HttpServer server;
  private final Resource page = Resource.of("text/html; charset=utf-8", "index.html");
  private final Resource video = Resource.of("video/mp4", "clock.mp4");

  /** A server, not listening yet. */
  public DemoOrigin(Vertx vertx, DemoConfig config) {
    this.vertx = vertx;
    this.config = config;
    this.server =
        vertx
            .createHttpServer(new HttpServerOptions().setMaxWebSocketFrameSize(16 * 1024 * 1024))
            .webSocketHandler(DemoOrigin::echo)
            .requestHandler(this::handle);
  }

  private record Resource(String type, Buffer content, String etag) {
    static Resource of(String type, String name) {
      try (InputStream in = DemoOrigin.class.getResourceAsStream(name)) {
        if (in == null) {
          throw new IllegalStateException("missing in the build: " + name);
        }
        byte[] bytes = in.readAllBytes();
        String etag = "\"%08x\"".formatted(Arrays.hashCode(bytes));
        return new Resource(type, Buffer.buffer(bytes), etag);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Starts to listen. */
  public Future<Void> start() {
    HostPort origin = config.origin();
    return server
        .listen(origin.port(), origin.host())
        .recover(refused ->
            Future.failedFuture(
                Failure.of(Kind.INTERNAL, "the demo origin cannot listen on " + origin, refused)
                    .detailed(String.valueOf(refused.getMessage()))))
        .mapEmpty();
  }

  private static void echo(ServerWebSocket socket) {
    socket.frameHandler(frame -> {
      if (frame.isText() || frame.isBinary() || frame.isContinuation()) {
        socket.writeFrame(frame);
        if (socket.writeQueueFull()) {
          socket.pause();
          socket.drainHandler(ready -> socket.resume());
        }
      }
    });
  }

  private void handle(HttpServerRequest request) {
    switch (request.path()) {
      case "/" -> send(request, page);
      case "/clock" -> clock(request.response());
      case "/clock.mp4" -> send(request, video);
      case "/headers" -> headers(request);
      case "/upload" -> upload(request);
      case null, default -> request.response().setStatusCode(404).end("no such page\n");
    }
  }

  /** One line a second, each its own chunk. */
  private void clock(HttpServerResponse response) {
    response.setChunked(true).putHeader("content-type", "text/plain; charset=utf-8");
    response.putHeader("cache-control", "no-store");
    int[] left = {TICKS};
    response.write(Instant.now() + "\n");
    long timer =
        vertx.setPeriodic(
            1000,
            id -> {
              response.write(Instant.now() + "\n");
              if (--left[0] == 0) {
                vertx.cancelTimer(id);
                response.end();
              }
            });
    response.closeHandler(closed -> vertx.cancelTimer(timer));
  }

  /** What the gateway made of the request. */
  private static void headers(HttpServerRequest request) {
    StringBuilder text =
        new StringBuilder(request.method() + " " + request.uri() + " " + request.version() + "\n");
    request
        .headers()
        .forEach(field -> text.append(field.getKey() + ": " + field.getValue() + "\n"));
    request.response().putHeader("content-type", "text/plain; charset=utf-8").end(text.toString());
  }

  private static void upload(HttpServerRequest request) {
    long[] bytes = {0};
    request.handler(piece -> bytes[0] += piece.length());
    request.endHandler(end -> request.response().end("received " + bytes[0] + " bytes\n"));
  }

  private static void send(HttpServerRequest request, Resource resource) {
    Buffer content = resource.content();
    HttpServerResponse response =
        request
            .response()
            .putHeader("content-type", resource.type())
            .putHeader("accept-ranges", "bytes")
            .putHeader("etag", resource.etag());
    String range = request.getHeader("range");
    var parts =
        range == null ? Optional.<List<Ranges.Part>>empty() : Ranges.parse(range, content.length());
    if (parts.isPresent() && parts.get().size() == 1) {
      Ranges.Part part = parts.get().getFirst();
      response.setStatusCode(206).putHeader("content-range", part.contentRange(content.length()));
      response.end(content.slice((int) part.first(), (int) part.last() + 1));
    } else if (parts.isPresent() && parts.get().isEmpty()) {
      response.setStatusCode(416).putHeader("content-range", "bytes */" + content.length()).end();
    } else {
      response.end(content);
    }
  }

  /** Stops. */
  public Future<Void> close() {
    return server.close();
  }
}
