package darban.flow;

import darban.base.Failure;
import darban.http.Fields;
import io.netty.buffer.ByteBuf;
import java.util.function.LongConsumer;

/**
 * A body that tells how many bytes come. Its event loop; its reader closes it, as the one within.
 */
public final class Counted extends Body.Stream {
  private final Body.Stream body;
  private final LongConsumer count;

  private Counted(Body.Stream body, LongConsumer count) {
    this.body = body;
    this.count = count;
  }

  /** The body, of whose bytes {@code count} is told. */
  public static Body of(Body body, LongConsumer count) {
    if (body instanceof Body.Stream stream) {
      return new Counted(stream, count);
    }
    count.accept(body.length());
    return body;
  }

  @Override
  public long length() {
    return body.length();
  }

  @Override
  public boolean unframed() {
    return body.unframed();
  }

  @Override
  public void open(Sink sink) {
    body.open(
        new Sink() {
          @Override
          public void data(ByteBuf bytes) {
            count.accept(bytes.readableBytes());
            sink.data(bytes);
          }

          @Override
          public void flush() {
            sink.flush();
          }

          @Override
          public void end(Fields trailers) {
            sink.end(trailers);
          }

          @Override
          public void fail(Failure why) {
            sink.fail(why);
          }
        });
  }

  @Override
  public void pause() {
    body.pause();
  }

  @Override
  public void resume() {
    body.resume();
  }

  @Override
  public void cancel(Failure why) {
    body.cancel(why);
  }
}
