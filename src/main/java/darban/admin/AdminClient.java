package darban.admin;

import darban.config.Address;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;

/** Talks to the control plane of a running Darban. Any thread; closed by whoever made it. */
public final class AdminClient implements AutoCloseable {
  private static final long TIMEOUT_MILLIS = 10_000;

  private final AdminConfig config;
  private final WebClient client;

  /** A client of the control plane that {@code config} describes. */
  public AdminClient(Vertx vertx, AdminConfig config) {
    this.config = config;
    this.client =
        WebClient.create(
            vertx, new WebClientOptions().setUserAgent("darban").setConnectTimeout(3_000));
  }

  /** Asks for a page. */
  public Future<HttpResponse<Buffer>> get(String path) {
    return request(HttpMethod.GET, path).send();
  }

  /** Gives a command. */
  public Future<HttpResponse<Buffer>> post(String path) {
    return request(HttpMethod.POST, path).send();
  }

  private HttpRequest<Buffer> request(HttpMethod method, String path) {
    HttpRequest<Buffer> request =
        switch (config.address()) {
          case Address.Tcp tcp ->
              client.request(
                  method, tcp.port(), tcp.host().isEmpty() ? "127.0.0.1" : tcp.host(), path);
          case Address.Unix unix ->
              client.request(
                  method,
                  SocketAddress.domainSocketAddress(unix.path().toString()),
                  80,
                  "localhost",
                  path);
          case Address.Udp udp ->
              throw new IllegalArgumentException("the control plane needs a TCP address");
        };
    config.token().ifPresent(token -> request.bearerTokenAuthentication(token.reveal()));
    return request.timeout(TIMEOUT_MILLIS);
  }

  @Override
  public void close() {
    client.close();
  }
}
