package darban.protocol;

import darban.base.Failure;
import darban.flow.Body;
import darban.flow.Duplex;
import darban.http.RequestHead;
import darban.http.ResponseHead;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One request of a client and its answer, over any version. Event loop of its connection. The
 * handler answers exactly once: by {@link #respond}, {@link #tunnel} or {@link #reset}. When the
 * client leaves before, {@link #onEnd} is told and answers are dropped.
 */
public interface ServerStream {
  /** The request's head. */
  RequestHead head();

  /** The request's body; taken or discarded by the handler, before or after it answers. */
  Body body();

  /** Sends an interim response (1xx but 101); dropped for clients that cannot take one. */
  void interim(ResponseHead head);

  /** Sends the answer. A body that fails later resets the stream. */
  void respond(ResponseHead head, Body body);

  /**
   * Sends the head of a tunnel's start (101 to an upgrade, 2xx to CONNECT) and hands the connection
   * over. Bytes that came early are in {@link Duplex#incoming}. Null when the client has left.
   */
  @Nullable Duplex tunnel(ResponseHead head);

  /** Ends the stream visibly, without an answer or in the middle of it. */
  void reset(Failure why);

  /** Whether an answer's head has been sent. */
  boolean headSent();

  /**
   * Who is told, once, that the stream is over: with null when the whole answer went out, else why
   * not. Told at once if it is over already.
   */
  void onEnd(Consumer<@Nullable Failure> listener);

  /** Bytes of the request's body so far. */
  long bytesReceived();

  /** Bytes of the answer's body so far. */
  long bytesSent();
}
