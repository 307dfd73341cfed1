package darban.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import darban.base.Failure;
import darban.base.Kind;
import darban.base.Secret;
import darban.base.Tally;
import darban.base.Ticker;
import darban.exchange.Exchange;
import darban.exchange.Exchanges;
import darban.exchange.Match;
import darban.exchange.Observer;
import darban.exchange.Peer;
import darban.exchange.Refusal;
import darban.exchange.Reply;
import darban.exchange.Route;
import darban.flow.Body;
import darban.flow.Duplex;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.Method;
import darban.http.RequestHead;
import darban.http.ResponseHead;
import darban.http.Target;
import darban.http.Version;
import darban.protocol.ServerStream;
import darban.testkit.Await;
import darban.testkit.Guard;
import darban.testkit.OneLoop;
import io.vertx.core.Future;
import io.vertx.core.VertxOptions;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a client may begin, and what becomes of one who leaves while its password is proved. */
@ExtendWith(Guard.class)
class LoginTest {
  private static final InetSocketAddress NOBODY = new InetSocketAddress("192.0.2.1", 9);

  private final OneLoop loop = new OneLoop(Ticker.system());
  private final Tally failed = new Tally(2, Duration.ofHours(1));
  private final List<String> seen = new ArrayList<>();
  private Future<Reply> reply = Future.failedFuture("nothing was asked");

  @AfterEach
  void end() {
    loop.close();
  }

  /** Whom it asks. */
  enum To {
    PROXY(FieldName.PROXY_AUTHORIZATION, 407),
    SEND(FieldName.AUTHORIZATION, 401);

    private final FieldName proof;
    private final int asked;

    To(FieldName proof, int asked) {
      this.proof = proof;
      this.asked = asked;
    }

    Login login(Users users, Tally failed) {
      return this == PROXY ? Login.toProxy(users, failed) : Login.toSend(users, failed, "live");
    }
  }

  /** A client that sends a request and notes what is made of it. */
  private final class Client implements ServerStream {
    private final RequestHead head;
    private Consumer<@Nullable Failure> listener =
        why -> {
          throw new AssertionError("nobody hears of it");
        };

    Client(To to, String password) {
      byte[] pair = ("ali:" + password).getBytes(StandardCharsets.UTF_8);
      Fields proof =
          Fields.builder(1)
              .add(to.proof, "Basic " + Base64.getEncoder().encodeToString(pair))
              .build();
      head =
          new RequestHead(
              Version.HTTP_1_1, Method.PUT, Target.origin("/"), "a.example", proof, null);
    }

    void leave() {
      listener.accept(Failure.of(Kind.CLIENT_GONE, "client closed"));
    }

    @Override
    public RequestHead head() {
      return head;
    }

    @Override
    public Body body() {
      seen.add("body taken");
      return Body.NONE;
    }

    @Override
    public void interim(ResponseHead head) {
      seen.add("interim");
    }

    @Override
    public void respond(ResponseHead head, Body body) {
      seen.add("answered " + head.status());
      body.discard(Failure.of(Kind.CLIENT_GONE, "not read"));
    }

    @Override
    public @Nullable Duplex tunnel(ResponseHead head) {
      throw new AssertionError("a tunnel");
    }

    @Override
    public void reset(Failure why) {
      seen.add("reset");
    }

    @Override
    public boolean headSent() {
      return false;
    }

    @Override
    public void onEnd(Consumer<@Nullable Failure> told) {
      listener = told;
    }

    @Override
    public long bytesReceived() {
      return 0;
    }

    @Override
    public long bytesSent() {
      return 0;
    }
  }

  private final class Ends implements Observer {
    @Override
    public void began(Exchange exchange) {}

    @Override
    public void tunnels(Exchange exchange) {}

    @Override
    public void ended(Exchange exchange, @Nullable Failure why) {
      seen.add("ended by " + (why == null ? "nobody" : why.kind()));
    }

    @Override
    public void refused(Peer peer, Failure why, String start) {
      throw new AssertionError(why);
    }
  }

  private Exchanges exchanges(To to) {
    Users users =
        new Users(loop.loop(), List.of(new UserConfig("ali", Password.of(new Secret("kelid")))));
    Login login = to.login(users, failed);
    Route route =
        new Route(
            "*",
            "files",
            Match.ALL,
            exchange -> reply = login.prove(exchange, user -> taken(exchange, user)));
    Exchanges.Service service =
        new Exchanges.Service(
            loop.loop(),
            exchange -> route,
            new Refusal("darban"),
            new Ends(),
            exchange -> exchange.peer().address(),
            Duration.ofMinutes(1),
            () -> false);
    Peer peer = new Peer("web", "192.0.2.1", NOBODY, NOBODY, false, false, null, null, false);
    return new Exchanges(() -> service, peer);
  }

  private Future<Reply> taken(Exchange exchange, String user) {
    seen.add("begun by " + user);
    exchange.takeBody().discard(Failure.of(Kind.CLIENT_GONE, "read"));
    return Future.succeededFuture(Reply.empty(201, Fields.NONE));
  }

  /** What was seen in the end; no password is looked at before {@code meanwhile} has happened. */
  private List<String> seen(To to, Client client, Runnable meanwhile) throws Exception {
    CountDownLatch happened = new CountDownLatch(1);
    for (int i = 0; i < VertxOptions.DEFAULT_WORKER_POOL_SIZE; i++) {
      loop.context().executeBlocking(() -> happened.await(30, TimeUnit.SECONDS), false);
    }
    loop.run(() -> exchanges(to).request(client));
    loop.run(meanwhile);
    happened.countDown();
    Await.result(loop.on(() -> reply.otherwiseEmpty()));
    return loop.on(() -> List.copyOf(seen));
  }

  @ParameterizedTest
  @EnumSource
  void client_whoProvesIt_begins(To to) throws Exception {
    Client client = new Client(to, "kelid");
    assertEquals(List.of("begun by ali", "body taken", "answered 201"), seen(to, client, () -> {}));
  }

  @ParameterizedTest
  @EnumSource
  void client_whoGuesses_isAsked_thenNotListenedTo(To to) throws Exception {
    for (int i = 0; i < 2; i++) {
      assertEquals("answered " + to.asked, seen(to, new Client(to, "kilid"), () -> {}).getLast());
    }
    assertEquals("answered 429", seen(to, new Client(to, "kelid"), () -> {}).getLast());
  }

  @ParameterizedTest
  @EnumSource
  void client_leavingWhileItIsProved_beginsNothing(To to) throws Exception {
    Client client = new Client(to, "kelid");
    assertEquals(List.of("ended by CLIENT_GONE"), seen(to, client, client::leave));
    Failure why = assertInstanceOf(Failure.class, reply.cause());
    assertEquals("CLIENT_GONE: client has left", why.getMessage());
  }

  @ParameterizedTest
  @EnumSource
  void client_leavingWhileItGuesses_isNotAnswered_butCounted(To to) throws Exception {
    for (int i = 0; i < 2; i++) {
      Client client = new Client(to, "kilid");
      assertEquals("ended by CLIENT_GONE", seen(to, client, client::leave).getLast());
    }
    assertEquals("answered 429", seen(to, new Client(to, "kelid"), () -> {}).getLast());
  }
}
