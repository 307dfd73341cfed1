package darban.protocol;

import darban.base.Failure;
import darban.flow.Body;
import darban.flow.Duplex;
import darban.http.ResponseHead;
import java.time.Duration;

/**
 * Who hears an origin's answer: interim responses, then exactly one of {@link #response}, {@link
 * #tunnel} and {@link #failed}. A body that breaks later fails its own sink. Event loop of the
 * connection.
 */
public interface ClientHandler {
  /**
   * The longest wait for the response's head, where {@code usual} is what origins are granted: one
   * that is known to hold a request is granted more.
   */
  default Duration patience(Duration usual) {
    return usual;
  }

  /** An interim response (1xx but 101). */
  void interim(ResponseHead head);

  /** The final response; the handler takes or discards the body. */
  void response(ResponseHead head, Body body);

  /** The origin agreed to a tunnel or an upgrade (101, or 2xx to CONNECT). */
  void tunnel(ResponseHead head, Duplex origin);

  /** There will be no response. {@link Failure#retry} says whether another try is allowed. */
  void failed(Failure why);
}
