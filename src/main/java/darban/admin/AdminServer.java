package darban.admin;

import darban.base.Cidr;
import darban.base.Failure;
import darban.base.HostPort;
import darban.base.Kind;
import darban.config.Address;
import darban.flow.SocketFile;
import darban.store.Selection;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Serves the control plane. On an event loop of its own choosing; closed by whoever started it.
 *
 * <pre>
 *   GET  /metrics   Prometheus      GET /healthz  the process lives
 *   GET  /status    JSON            GET /readyz   it takes requests
 *   POST /stop      POST /reload    POST /purge?url=… | tag=… | prefix=… | all, and soft
 * </pre>
 */
public final class AdminServer {
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final long FAREWELL_SECONDS = 5;

  private volatile AdminConfig config;
  private final Vertx vertx;
  private final Controls controls;
  private final HttpServer server;
  private volatile @Nullable InetSocketAddress bound;

  /** A server, not listening yet. */
  public AdminServer(Vertx vertx, AdminConfig config, Controls controls) {
    this.vertx = vertx;
    this.config = config;
    this.controls = controls;
    this.server =
        vertx
            .createHttpServer(
                new HttpServerOptions().setIdleTimeout(60).setHttp2ClearTextEnabled(false))
            .requestHandler(this::handle);
  }

  /** Whether {@code address} is the one that was asked for. */
  public boolean isAt(Address address) {
    return config.address().equals(address);
  }

  /** Asks for the token of {@code changed} from now on, which has the same address. */
  public void use(AdminConfig changed) {
    config = changed;
  }

  /** The address bound, as the configuration would write it. */
  public String address() {
    InetSocketAddress inet = bound;
    return inet == null
        ? config.address().toString()
        : new HostPort(inet.getHostString(), inet.getPort()).toString();
  }

  /** The address bound; null for a unix socket. */
  public @Nullable InetSocketAddress bound() {
    return bound;
  }

  /** Starts to listen. */
  public Future<Void> start() {
    return vertx
        .executeBlocking(this::socketAddress, false)
        .compose(server::listen)
        .recover(refused ->
            Future.failedFuture(
                Failure.of(
                        Kind.INTERNAL,
                        "the control plane cannot listen on " + config.address(),
                        refused)
                    .detailed(String.valueOf(refused.getMessage()))))
        .map(listening -> {
          if (config.address() instanceof Address.Tcp tcp) {
            bound = new InetSocketAddress(host(tcp), listening.actualPort());
          }
          return null;
        });
  }

  private SocketAddress socketAddress() throws IOException {
    return switch (config.address()) {
      case Address.Tcp tcp -> SocketAddress.inetSocketAddress(tcp.port(), host(tcp));
      case Address.Unix unix -> {
        SocketFile.clear(unix.path());
        yield SocketAddress.domainSocketAddress(unix.path().toString());
      }
      case Address.Udp udp ->
          throw new IllegalArgumentException("the control plane needs a TCP address");
    };
  }

  private static String host(Address.Tcp tcp) {
    return tcp.host().isEmpty() ? "0.0.0.0" : tcp.host();
  }

  private void handle(HttpServerRequest request) {
    int refused = refusal(request);
    if (refused != 0) {
      answer(request, refused, TEXT, refused + "\n");
      return;
    }
    boolean post = request.method() == HttpMethod.POST;
    switch (post ? "POST " + request.path() : request.path()) {
      case "/metrics" -> {
        String version = "text/plain; version=0.0.4; charset=utf-8";
        answer(request, 200, version, controls.metrics());
      }
      case "/healthz" -> answer(request, 200, "text/plain", "ok\n");
      case "/readyz" -> {
        boolean ready = controls.ready();
        answer(request, ready ? 200 : 503, "text/plain", ready ? "ready\n" : "not ready\n");
      }
      case "/status" ->
          answer(request, 200, "application/json", controls.status().encodePrettily() + "\n");
      case "POST /stop" -> {
        answer(request, 202, "text/plain", "stopping\n");
        controls.stop();
      }
      case "POST /reload" ->
          controls
              .reload()
              .onSuccess(done -> answer(request, 200, TEXT, done))
              .onFailure(why -> answer(request, 422, TEXT, why.getMessage() + "\n"));
      case "POST /purge" -> purge(request);
      case null, default -> answer(request, 404, "text/plain", "404 no such page\n");
    }
  }

  private void purge(HttpServerRequest request) {
    Optional<Selection> selection = selection(request.params());
    if (selection.isEmpty()) {
      answer(request, 400, TEXT, "400 say one of url, tag, prefix, all\n");
      return;
    }
    controls
        .purge(selection.get(), request.params().contains("soft"))
        .onSuccess(count -> answer(request, 200, TEXT, count + " purged\n"))
        .onFailure(why -> answer(request, 500, TEXT, "500 " + why.getMessage() + "\n"));
  }

  private static Optional<Selection> selection(MultiMap asked) {
    List<Selection> named = new ArrayList<>();
    asked.getAll("url").forEach(url -> named.add(new Selection.Url(url)));
    asked.getAll("tag").forEach(tag -> named.add(new Selection.Tag(tag)));
    asked.getAll("prefix").forEach(prefix -> named.add(new Selection.Prefix(prefix)));
    asked.getAll("all").forEach(all -> named.add(new Selection.All()));
    return named.size() == 1 ? Optional.of(named.getFirst()) : Optional.empty();
  }

  private static void answer(HttpServerRequest request, int status, String type, String body) {
    request
        .response()
        .setStatusCode(status)
        .putHeader("content-type", type)
        .putHeader("cache-control", "no-store")
        .putHeader("x-content-type-options", "nosniff")
        .end(body);
  }

  /** The status a request is refused with, or 0. */
  private int refusal(HttpServerRequest request) {
    boolean health = "/healthz".equals(request.path()) || "/readyz".equals(request.path());
    if (config.token().isPresent() && !health) {
      String given = request.getHeader("authorization");
      boolean right =
          given != null
              && given.startsWith("Bearer ")
              && config.token().get().matches(given.substring(7));
      return right ? 0 : 401;
    }
    return config.token().isPresent() || isOurHost(request.getHeader("host")) ? 0 : 421;
  }

  private static boolean isOurHost(@Nullable String host) {
    if (host == null) {
      return false;
    }
    Optional<HostPort> named = HostPort.parse(host);
    return named.isPresent()
        && (named.get().host().equals("localhost") || Cidr.literal(named.get().host()).isPresent());
  }

  /** Takes no more requests, answers those it has, and closes. */
  public Future<Void> retire() {
    return server.shutdown(FAREWELL_SECONDS, TimeUnit.SECONDS);
  }

  /** Closes now. */
  public Future<Void> close() {
    return server.close();
  }
}
