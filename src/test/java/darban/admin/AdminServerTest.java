package darban.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.base.Failure;
import darban.base.Secret;
import darban.config.Address;
import darban.store.Selection;
import darban.testkit.Await;
import darban.testkit.Guard;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The control plane, asked by its own client and by strangers. */
@ExtendWith(Guard.class)
class AdminServerTest {
  private static final Address.Tcp ANY_PORT = new Address.Tcp("127.0.0.1", 0);

  @TempDir Path folder;
  private final Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
  private final House house = new House();
  private final List<AdminServer> servers = new ArrayList<>();

  @AfterEach
  void end() throws Exception {
    for (AdminServer each : servers) {
      Await.result(each.close());
    }
    Await.result(vertx.close());
  }

  /** What is asked of the house. */
  private static final class House implements Controls {
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private boolean ready = true;
    private Future<String> reloaded = Future.succeededFuture("reloaded\n");

    @Override
    public boolean ready() {
      return ready;
    }

    @Override
    public JsonObject status() {
      return new JsonObject().put("state", "ready");
    }

    @Override
    public void stop() {
      asked.add("stop");
    }

    @Override
    public Future<String> reload() {
      asked.add("reload");
      return reloaded;
    }

    @Override
    public Future<Long> purge(Selection selection, boolean soft) {
      asked.add(selection + (soft ? " soft" : ""));
      return Future.succeededFuture(3L);
    }

    @Override
    public String metrics() {
      return "some 1\n";
    }
  }

  private AdminServer start(Address address, Optional<Secret> token) throws Exception {
    AdminServer server = new AdminServer(vertx, new AdminConfig(address, token), house);
    Await.result(server.start());
    servers.add(server);
    return server;
  }

  private AdminConfig config(AdminServer server, Optional<Secret> token) {
    int port = java.util.Objects.requireNonNull(server.bound()).getPort();
    return new AdminConfig(new Address.Tcp("127.0.0.1", port), token);
  }

  private String asked(AdminConfig config, String method, String path) throws Exception {
    try (AdminClient client = new AdminClient(vertx, config)) {
      HttpResponse<Buffer> answer =
          Await.result(method.equals("GET") ? client.get(path) : client.post(path));
      return answer.statusCode() + " " + String.valueOf(answer.bodyAsString()).strip();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          GET  | /healthz                | 200 ok                 | ''
          GET  | /readyz                 | 200 ready              | ''
          GET  | /metrics                | 200 some 1             | ''
          POST | /reload                 | 200 reloaded           | reload
          POST | /stop                   | 202 stopping           | stop
          POST | /purge?tag=t            | 200 3 purged           | Tag[tag=t]
          POST | /purge?url=http://a/&soft | 200 3 purged         | Url[url=http://a/] soft
          POST | /purge?prefix=http://a/ | 200 3 purged           | Prefix[prefix=http://a/]
          POST | /purge?all              | 200 3 purged           | All[]
          POST | /purge                  | 400 400 say one of url, tag, prefix, all | ''
          POST | /purge?all&tag=t        | 400 400 say one of url, tag, prefix, all | ''
          GET  | /stop                   | 404 404 no such page   | ''
          GET  | /reload                 | 404 404 no such page   | ''
          GET  | /purge?all              | 404 404 no such page   | ''
          GET  | /                       | 404 404 no such page   | ''
          """)
  void pages_andCommands(String method, String path, String answer, String command)
      throws Exception {
    AdminConfig config = config(start(ANY_PORT, Optional.empty()), Optional.empty());
    assertEquals(answer, asked(config, method, path));
    assertEquals(command, String.join("", house.asked));
  }

  @Test
  void ready_whileDrained_isNot() throws Exception {
    AdminConfig config = config(start(ANY_PORT, Optional.empty()), Optional.empty());
    house.ready = false;
    assertEquals("503 not ready", asked(config, "GET", "/readyz"));
    assertEquals("200 ok", asked(config, "GET", "/healthz"));
  }

  @Test
  void reload_refused_saysWhy() throws Exception {
    AdminConfig config = config(start(ANY_PORT, Optional.empty()), Optional.empty());
    house.reloaded = Future.failedFuture("a.yaml:1:1: wrong");
    assertEquals("422 a.yaml:1:1: wrong", asked(config, "POST", "/reload"));
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /metrics, kelid, 200",
    "GET, /metrics, other, 401",
    "GET, /metrics, '', 401",
    "POST, /stop, other, 401",
    "GET, /healthz, '', 200",
    "GET, /readyz, '', 200",
  })
  void token_isAskedFor_butForHealth(String method, String path, String given, int status)
      throws Exception {
    AdminServer server = start(ANY_PORT, Optional.of(new Secret("kelid")));
    Optional<Secret> shown = Optional.of(given).filter(it -> !it.isEmpty()).map(Secret::new);
    String answer = asked(config(server, shown), method, path);
    assertTrue(answer.startsWith(status + " "), answer);
    assertEquals(List.of(), house.asked);
  }

  /** A page of a stranger's that reaches us by a name of his own (DNS rebinding). */
  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, 200",
    "localhost:9464, 200",
    "'[::1]:9464', 200",
    "evil.example, 421",
    "localhost.evil.example, 421",
    "'', 421",
  })
  void host_thatIsAName_isNotOurs(String host, int status) throws Exception {
    AdminServer server = start(ANY_PORT, Optional.empty());
    try (darban.testkit.RawClient client =
        darban.testkit.RawClient.connect(
            java.util.Objects.requireNonNull(server.bound()).getPort())) {
      client.send("GET /status HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
      assertEquals(status, client.answer().status());
    }
  }

  @Test
  void unixSocket_ofOneThatIsGone_isTakenOver_ofOneThatLives_isNot() throws Exception {
    Path socket = folder.resolve("run/admin.sock");
    Files.createDirectories(socket.getParent());
    ServerSocketChannel gone = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    gone.bind(UnixDomainSocketAddress.of(socket));
    Address.Unix address = new Address.Unix(socket);
    AdminServer early = new AdminServer(vertx, new AdminConfig(address, Optional.empty()), house);
    Failure inUse = assertThrows(Failure.class, () -> Await.result(early.start()));
    assertTrue(inUse.detail().contains("already in use"), inUse::toString);
    gone.close();
    AdminServer server = start(address, Optional.empty());
    assertEquals("unix:" + socket, server.address());
    assertEquals("200 ok", asked(new AdminConfig(address, Optional.empty()), "GET", "/healthz"));
  }

  @Test
  void unixSocket_whereAFileIs_leavesItAlone() throws IOException {
    Path file = Files.writeString(folder.resolve("data"), "dear");
    AdminServer server =
        new AdminServer(vertx, new AdminConfig(new Address.Unix(file), Optional.empty()), house);
    Failure refused = assertThrows(Failure.class, () -> Await.result(server.start()));
    assertTrue(refused.detail().contains("no socket"), refused::toString);
    assertEquals("dear", Files.readString(file));
  }
}
