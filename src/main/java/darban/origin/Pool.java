package darban.origin;

import darban.base.Failure;
import darban.base.Kind;
import darban.base.Retry;
import darban.flow.Loop;
import darban.observe.Meters;
import darban.protocol.ClientConnection;
import io.vertx.core.AsyncResult;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one event loop to one server. The one used last is used first, so that a quiet
 * time lets the others grow old and close. Beyond the bound, requests wait in order. Event loop.
 */
public final class Pool implements Connector.Owner {
  /** Who waits for a connection. */
  public interface Waiter {
    /** Here it is; it takes one request at least, now. */
    void connected(ClientConnection connection);

    /** There will be none. */
    void failed(Failure why);
  }

  private final Loop loop;
  private final Connector connector;
  private final int mostConnections;
  private final int mostWaiting;
  private final Meters.Upstream figures;

  /** Free connections that take one request at a time; the one used last is first. */
  private final Deque<ClientConnection> free = new ArrayDeque<>();

  /** Connections that take several at once, free or not. */
  private final List<ClientConnection> shared = new ArrayList<>();

  private final Deque<Waiter> waiting = new ArrayDeque<>();
  private int connecting;
  private int open;
  private boolean retired;
  private boolean closed;

  /**
   * An empty pool.
   *
   * @param mostConnections open connections at once
   * @param mostWaiting requests that wait beyond them; one more fails with {@link Kind#OVERLOADED}
   * @param figures where it is counted
   */
  public Pool(
      Loop loop,
      Connector connector,
      int mostConnections,
      int mostWaiting,
      Meters.Upstream figures) {
    this.figures = figures;
    this.loop = loop;
    this.connector = connector;
    this.mostConnections = mostConnections;
    this.mostWaiting = mostWaiting;
  }

  /** Gives {@code waiter} a connection: at once where one is free. */
  public void take(Waiter waiter) {
    ClientConnection connection = nextFree();
    if (connection != null) {
      figures.reused().increment();
      waiter.connected(connection);
    } else if (closed) {
      waiter.failed(Failure.of(Kind.STOPPING, "the service is being stopped"));
    } else if (waiting.size() >= mostWaiting) {
      waiter.failed(
          Failure.of(Kind.OVERLOADED, "too many requests wait for the origin").retry(Retry.ALWAYS));
    } else {
      waiting.add(waiter);
      figures.waiting().increment();
      if (waiting.size() > connecting && open + connecting < mostConnections) {
        connect();
      }
    }
  }

  /** Takes back the wish for a connection, if it was not fulfilled yet. */
  public void forget(Waiter waiter) {
    if (waiting.remove(waiter)) {
      figures.waiting().decrement();
    }
  }

  /** The one that waits longest, who waits no more. */
  private @Nullable Waiter nextWaiter() {
    Waiter first = waiting.pollFirst();
    if (first != null) {
      figures.waiting().decrement();
    }
    return first;
  }

  private @Nullable ClientConnection nextFree() {
    for (ClientConnection each : shared) {
      if (each.available()) {
        return each;
      }
    }
    for (ClientConnection each = free.pollFirst(); each != null; each = free.pollFirst()) {
      if (each.available()) {
        return each;
      }
    }
    return null;
  }

  private void connect() {
    connecting++;
    connector.connect(loop, this).onComplete(this::arrived);
  }

  private void arrived(AsyncResult<ClientConnection> made) {
    connecting--;
    if (made.succeeded()) {
      ClientConnection connection = made.result();
      open++;
      figures.open().increment();
      if (connection.shared()) {
        shared.add(connection);
      }
      freed(connection);
      return;
    }
    // One connection failed, so one request is told; the others still have their own under way.
    Waiter first = nextWaiter();
    if (first != null) {
      first.failed(Failure.from(made.cause()));
    }
    if (waiting.size() > connecting && !closed) {
      connect();
    }
  }

  @Override
  public void freed(ClientConnection connection) {
    if (closed) {
      connection.close(Failure.of(Kind.STOPPING, "the service is being stopped"));
      return;
    }
    while (connection.available()) {
      Waiter next = nextWaiter();
      if (next == null) {
        break;
      }
      next.connected(connection);
    }
    if (retired) {
      connection.drain();
    } else if (!connection.shared() && connection.available()) {
      free.addFirst(connection);
    }
  }

  @Override
  public void closed(ClientConnection connection) {
    open--;
    figures.open().decrement();
    shared.remove(connection);
    if (!connection.shared()) {
      free.removeFirstOccurrence(connection);
    }
    if (waiting.size() > connecting && !closed) {
      connect();
    }
  }

  /** Number of open connections. */
  public int connections() {
    return open;
  }

  /** Number of requests that wait for one. */
  public int waiting() {
    return waiting.size();
  }

  /** Closes what is idle: what it holds is needed elsewhere. */
  public void shed() {
    List.copyOf(free).forEach(ClientConnection::drain);
  }

  /** Closes what is idle now, and the rest as it becomes free; requests are served still. */
  public void retire() {
    retired = true;
    List.copyOf(free).forEach(ClientConnection::drain);
    List.copyOf(shared).forEach(ClientConnection::drain);
  }

  /** The same, and no request is served any more that has no connection yet. */
  public void close() {
    closed = true;
    retire();
    Failure why = Failure.of(Kind.STOPPING, "the service is being stopped");
    List<Waiter> all = List.copyOf(waiting);
    figures.waiting().add(-all.size());
    waiting.clear();
    all.forEach(each -> each.failed(why));
  }
}
