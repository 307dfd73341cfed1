package darban.origin;

import darban.base.Failure;
import darban.base.Kind;
import darban.base.Retry;
import darban.flow.Body;
import darban.flow.Duplex;
import darban.flow.Loop;
import darban.http.RequestHead;
import darban.http.ResponseHead;
import darban.protocol.ClientConnection;
import darban.protocol.ClientHandler;
import darban.protocol.ClientStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * One request to a service, with all its tries. A try that failed before anything reached the
 * origin is always repeated, one that may have reached it only for idempotent methods, and none
 * once the request's body has been touched. A kept connection that turns out to be dead costs no
 * try: the same server is asked again on another one. Event loop; used once.
 */
public final class Call implements Pool.Waiter {
  /** Who hears how it goes; exactly one of the last three. */
  public interface Listener {
    /** How long a server may take to answer, where {@code usual} is what the service grants. */
    default Duration patience(Duration usual) {
      return usual;
    }

    /** A try begins. */
    void trying(Server server);

    /** A connection is at hand. */
    void connected();

    /** An interim response came. */
    void interim(ResponseHead head);

    /** The response came; the listener takes or discards its body. */
    void response(ResponseHead head, Body body);

    /** The origin agreed to a tunnel. */
    void tunnel(ResponseHead head, Duplex origin);

    /** No try succeeded. */
    void failed(Failure why);
  }

  private final Loop loop;
  private final Origins origins;
  private final BiFunction<RequestHead, Server, RequestHead> forServer;
  private final RequestHead head;
  private final Body body;
  private final Listener listener;
  private final List<Server> tried = new ArrayList<>(1);
  private Server server;
  private int staleRetries;
  private @Nullable ClientStream stream;
  private boolean bodyHandedOver;
  private boolean over;

  /**
   * A request to be sent.
   *
   * @param forServer makes the head for a certain server
   */
  public Call(
      Loop loop,
      Origins origins,
      RequestHead head,
      Body body,
      BiFunction<RequestHead, Server, RequestHead> forServer,
      Listener listener) {
    this.loop = loop;
    this.origins = origins;
    this.head = head;
    this.body = body;
    this.forServer = forServer;
    this.listener = listener;
    this.server = origins.pick();
  }

  /** Begins. */
  public void start() {
    attempt(server);
  }

  private void attempt(Server next) {
    server = next;
    tried.add(next);
    listener.trying(next);
    origins.pool(next).take(this);
  }

  /** Gives up: the listener hears nothing more. */
  public void cancel(Failure why) {
    if (over) {
      return;
    }
    over = true;
    if (stream != null) {
      stream.cancel(why);
    } else {
      origins.pool(server).forget(this);
    }
    discardBody(why);
  }

  private void discardBody(Failure why) {
    if (!bodyHandedOver) {
      bodyHandedOver = true;
      body.discard(why);
    }
  }

  @Override
  public void connected(ClientConnection connection) {
    listener.connected();
    bodyHandedOver = true;
    stream = connection.send(forServer.apply(head, server), body, new Answer(connection));
  }

  @Override
  public void failed(Failure why) {
    if (over) {
      return;
    }
    if (why.retry() == Retry.ALWAYS && tried.size() < origins.group().attempts()) {
      attempt(origins.pickBut(tried));
      return;
    }
    over = true;
    discardBody(why);
    listener.failed(why);
  }

  /** What comes over one connection. */
  private final class Answer implements ClientHandler {
    private final boolean reused;

    Answer(ClientConnection connection) {
      this.reused = connection.reused();
    }

    @Override
    public Duration patience(Duration usual) {
      return listener.patience(usual);
    }

    @Override
    public void interim(ResponseHead head) {
      if (!over) {
        listener.interim(head);
      }
    }

    @Override
    public void response(ResponseHead head, Body body) {
      if (over) {
        body.discard(Failure.of(Kind.CLIENT_GONE, "nobody waits for it"));
        return;
      }
      over = true;
      listener.response(head, body);
    }

    @Override
    public void tunnel(ResponseHead head, Duplex origin) {
      if (over) {
        origin.reset(Failure.of(Kind.CLIENT_GONE, "nobody waits for it"));
        return;
      }
      over = true;
      listener.tunnel(head, origin);
    }

    @Override
    public void failed(Failure why) {
      if (over) {
        return;
      }
      boolean mayRepeat =
          body == Body.NONE
              && (why.retry() == Retry.ALWAYS
                  || (why.retry() == Retry.IDEMPOTENT && head.method().idempotent()));
      if (!mayRepeat) {
        over = true;
        listener.failed(why);
      } else if (reused && staleRetries++ < 2) {
        loop.execute(this::again);
      } else {
        stream = null;
        Call.this.failed(why.retry(Retry.ALWAYS));
      }
    }

    private void again() {
      if (!over) {
        stream = null;
        origins.pool(server).take(Call.this);
      }
    }
  }
}
