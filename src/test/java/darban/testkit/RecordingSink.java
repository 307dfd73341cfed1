package darban.testkit;

import darban.base.Failure;
import darban.flow.Sink;
import darban.http.Fields;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Takes a body and tells what came, in which order. Written on a loop, read by any thread. */
public class RecordingSink implements Sink {
  private final CountDownLatch over = new CountDownLatch(1);
  private volatile String data = "";
  private volatile String events = "";
  private volatile @Nullable Failure failure;
  private volatile @Nullable Fields trailers;

  /** Only the loop writes. */
  private void note(char event, String more) {
    data = data.concat(more);
    events = events.concat(String.valueOf(event));
  }

  @Override
  public void data(ByteBuf bytes) {
    note('d', bytes.toString(StandardCharsets.ISO_8859_1));
    bytes.release();
  }

  @Override
  public void flush() {
    note('f', "");
  }

  @Override
  public void end(Fields trailers) {
    this.trailers = trailers;
    note('e', "");
    over.countDown();
  }

  @Override
  public void fail(Failure why) {
    failure = why;
    note('x', "");
    over.countDown();
  }

  /** What came, one byte a character. */
  public String text() {
    return data;
  }

  /** Data, flush, end and failure as the letters d, f, e and x. */
  public String events() {
    return events;
  }

  /** Why it failed, or null. */
  public @Nullable Failure failure() {
    return failure;
  }

  /** The trailers, once it ended. */
  public @Nullable Fields trailers() {
    return trailers;
  }

  /** Waits for the end or the failure. */
  public RecordingSink await() throws InterruptedException {
    if (!over.await(20, TimeUnit.SECONDS)) {
      throw new AssertionError("not over: " + events);
    }
    return this;
  }
}
