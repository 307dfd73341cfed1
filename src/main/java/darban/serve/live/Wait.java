package darban.serve.live;

import darban.base.Failure;
import darban.base.Kind;
import darban.flow.Body;
import darban.flow.Duplex;
import darban.http.ResponseHead;
import darban.origin.Call;
import darban.origin.Server;
import java.time.Duration;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Waits for the answer to a call: one that is good, or why there is none. Event loop.
 *
 * @param good takes the body of an answer of 2xx
 * @param bad told of anything else
 * @param patience how long the answer may take; null for as long as usual
 */
record Wait(
    BiConsumer<ResponseHead, Body> good,
    Consumer<Failure> bad,
    @org.jspecify.annotations.Nullable Duration patience)
    implements Call.Listener {
  @Override
  public Duration patience(Duration usual) {
    return patience == null ? usual : patience;
  }

  @Override
  public void trying(Server server) {
    // Whichever.
  }

  @Override
  public void connected() {
    // It goes on by itself.
  }

  @Override
  public void interim(ResponseHead head) {
    // What it announces is not waited for.
  }

  @Override
  public void response(ResponseHead head, Body body) {
    if (head.status() / 100 == 2) {
      good.accept(head, body);
      return;
    }
    Kind kind = head.status() == 404 ? Kind.NOT_FOUND : Kind.RESPONSE_MALFORMED;
    Failure why = Failure.of(kind, "the other origin answers " + head.status());
    body.discard(why);
    bad.accept(why);
  }

  @Override
  public void tunnel(ResponseHead head, Duplex origin) {
    Failure why = Failure.of(Kind.RESPONSE_MALFORMED, "the other origin offers a tunnel");
    origin.reset(why);
    bad.accept(why);
  }

  @Override
  public void failed(Failure why) {
    bad.accept(why);
  }
}
