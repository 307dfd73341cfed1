package darban.origin;

import static org.junit.jupiter.api.Assertions.assertEquals;

import darban.base.Failure;
import darban.base.Kind;
import darban.base.Ticker;
import darban.flow.Body;
import darban.flow.Loop;
import darban.http.RequestHead;
import darban.observe.Meters;
import darban.protocol.ClientConnection;
import darban.protocol.ClientHandler;
import darban.protocol.ClientStream;
import darban.testkit.OneLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What becomes of waiters and connections, whoever comes and goes first. */
class PoolTest {
  private static final OneLoop LOOP = new OneLoop(Ticker.system());

  private final List<Promise<ClientConnection>> dialled = new ArrayList<>();
  private final List<Fake> connections = new ArrayList<>();
  private final Meters.Upstream figures = new Meters.Upstream();
  private Connector.Owner owner = new Nobody();

  @AfterAll
  static void end() {
    LOOP.close();
  }

  /** What is counted is what is there. */
  private void counted(Pool pool, int reused) {
    assertEquals(
        pool.connections() + " " + pool.waiting() + " " + reused,
        figures.open() + " " + figures.waiting() + " " + figures.reused());
  }

  /** Nobody has asked for a connection yet. */
  private static final class Nobody implements Connector.Owner {
    @Override
    public void freed(ClientConnection connection) {
      throw new AssertionError();
    }

    @Override
    public void closed(ClientConnection connection) {
      throw new AssertionError();
    }
  }

  private Pool pool(int most, int waiting) {
    return new Pool(LOOP.loop(), this::connect, most, waiting, figures);
  }

  private Future<ClientConnection> connect(Loop loop, Connector.Owner owner) {
    this.owner = owner;
    Promise<ClientConnection> promise = Promise.promise();
    dialled.add(promise);
    return promise.future();
  }

  /** The n-th connection that was asked for is there. */
  private Fake made(int n, boolean shared) {
    Fake connection = new Fake(n, shared);
    connections.add(connection);
    dialled.get(n).complete(connection);
    return connection;
  }

  /** A connection without a network. */
  private final class Fake implements ClientConnection {
    private final int number;
    private final boolean shared;
    private int underway;
    private boolean draining;
    private boolean open = true;

    Fake(int number, boolean shared) {
      this.number = number;
      this.shared = shared;
    }

    void done() {
      underway--;
      if (draining && underway == 0) {
        end();
      } else if (available()) {
        owner.freed(this);
      }
    }

    private void end() {
      if (open) {
        open = false;
        owner.closed(this);
      }
    }

    @Override
    public ClientStream send(RequestHead head, Body body, ClientHandler handler) {
      throw new AssertionError();
    }

    @Override
    public boolean available() {
      return open && !draining && underway < (shared ? 3 : 1);
    }

    @Override
    public boolean open() {
      return open;
    }

    @Override
    public boolean shared() {
      return shared;
    }

    @Override
    public boolean reused() {
      return false;
    }

    @Override
    public void drain() {
      draining = true;
      if (underway == 0) {
        end();
      }
    }

    @Override
    public void close(Failure why) {
      end();
    }
  }

  /** A request that waits, and what it got. */
  private static final class Request implements Pool.Waiter {
    private String got = "";

    @Override
    public void connected(ClientConnection connection) {
      Fake fake = (Fake) connection;
      fake.underway++;
      got += fake.number;
    }

    @Override
    public void failed(Failure why) {
      got += why.kind();
    }
  }

  private static List<Request> requests(Pool pool, int n) {
    List<Request> all = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      Request request = new Request();
      all.add(request);
      pool.take(request);
    }
    return all;
  }

  private static String got(List<Request> requests) {
    return requests.stream()
        .map(each -> each.got.isEmpty() ? "-" : each.got)
        .collect(Collectors.joining(" "));
  }

  @Test
  void take_eachGetsItsOwn_andTheOneUsedLastIsUsedFirst() {
    Pool pool = pool(10, 10);
    List<Request> first = requests(pool, 2);
    Fake one = made(0, false);
    Fake two = made(1, false);
    assertEquals("0 1", got(first));
    one.done();
    two.done();
    assertEquals("1 0", got(requests(pool, 2)));
    assertEquals(2, dialled.size());
    assertEquals(2, pool.connections());
    counted(pool, 2);
  }

  @Test
  void take_beyondTheBound_waitsInOrder() {
    Pool pool = pool(1, 10);
    List<Request> all = requests(pool, 3);
    assertEquals(1, dialled.size());
    Fake one = made(0, false);
    assertEquals("0 - -", got(all));
    assertEquals(2, pool.waiting());
    counted(pool, 0);
    one.done();
    assertEquals("0 0 -", got(all));
    one.end();
    assertEquals(2, dialled.size());
    made(1, false);
    assertEquals("0 0 1", got(all));
  }

  @Test
  void take_moreThanMayWait_isOverloaded() {
    Pool pool = pool(1, 2);
    assertEquals("- - " + Kind.OVERLOADED, got(requests(pool, 3)));
  }

  @Test
  void take_shared_manyOnOne() {
    Pool pool = pool(10, 10);
    List<Request> first = requests(pool, 1);
    Fake one = made(0, true);
    assertEquals("0 0", got(first) + " " + got(requests(pool, 1)));
    List<Request> more = requests(pool, 2);
    assertEquals("0 -", got(more));
    one.done();
    assertEquals("0 0", got(more));
  }

  @Test
  void forget_whoGaveUp_isSkipped() {
    Pool pool = pool(1, 10);
    List<Request> all = requests(pool, 2);
    pool.forget(all.getFirst());
    made(0, false);
    assertEquals("- 0", got(all));
    counted(pool, 0);
  }

  @Test
  void connect_fails_oneIsTold_theOthersHaveTheirOwn() {
    Pool pool = pool(10, 10);
    List<Request> all = requests(pool, 2);
    dialled.get(0).fail(Failure.of(Kind.CONNECTION_REFUSED, "no"));
    assertEquals(Kind.CONNECTION_REFUSED + " -", got(all));
    made(1, false);
    assertEquals(Kind.CONNECTION_REFUSED + " 1", got(all));
  }

  @Test
  void retire_servesWhatIsUnderWayAndWaits_keepsNothing() {
    Pool pool = pool(2, 10);
    List<Request> all = requests(pool, 3);
    Fake one = made(0, false);
    Fake two = made(1, false);
    pool.retire();
    assertEquals("0 1 -", got(all));
    two.done();
    assertEquals("0 1 1", got(all));
    one.done();
    two.done();
    assertEquals(0, pool.connections());
  }

  @Test
  void retire_idle_isClosedAtOnce_whoComesLaterHasOneForItself() {
    Pool pool = pool(2, 10);
    requests(pool, 1);
    Fake one = made(0, false);
    one.done();
    pool.retire();
    assertEquals(false, one.open());
    List<Request> late = requests(pool, 1);
    Fake two = made(1, false);
    assertEquals("1", got(late));
    two.done();
    assertEquals(0, pool.connections());
  }

  @Test
  void retire_shared_takesNoMoreRequests() {
    Pool pool = pool(10, 10);
    requests(pool, 1);
    Fake one = made(0, true);
    pool.retire();
    assertEquals("-", got(requests(pool, 1)));
    assertEquals(2, dialled.size());
    one.done();
    assertEquals(false, one.open());
  }

  @Test
  void close_whoWaits_isTold() {
    Pool pool = pool(1, 10);
    List<Request> all = requests(pool, 2);
    Fake one = made(0, false);
    pool.close();
    assertEquals("0 " + Kind.STOPPING, got(all));
    assertEquals(Kind.STOPPING.toString(), got(requests(pool, 1)));
    one.done();
    assertEquals(0, pool.connections());
    counted(pool, 0);
  }
}
