package darban.exchange;

import darban.base.Failure;
import darban.flow.Body;
import darban.flow.Duplex;
import darban.http.RequestHead;
import darban.http.ResponseHead;
import darban.protocol.ServerStream;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The stream of a request that no client sent: it has no body, and nothing is ever answered on it.
 *
 * @param interim hears of interim responses
 */
record OwnStream(RequestHead head, Consumer<ResponseHead> interim) implements ServerStream {
  @Override
  public Body body() {
    return Body.NONE;
  }

  @Override
  public void interim(ResponseHead head) {
    interim.accept(head);
  }

  @Override
  public void respond(ResponseHead head, Body body) {
    throw new IllegalStateException("nobody to answer to");
  }

  @Override
  public @Nullable Duplex tunnel(ResponseHead head) {
    throw new IllegalStateException("nobody to answer to");
  }

  @Override
  public void reset(Failure why) {
    throw new IllegalStateException("nobody to answer to");
  }

  @Override
  public boolean headSent() {
    return false;
  }

  @Override
  public void onEnd(Consumer<@Nullable Failure> listener) {
    // It ends with the reply that its maker takes.
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
