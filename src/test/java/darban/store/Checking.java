package darban.store;

import darban.base.Failure;
import darban.base.Kind;
import darban.flow.Sink;
import darban.http.Fields;
import darban.testkit.Await;
import darban.testkit.OneLoop;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Compares what it gets with what it should get; stops now and then. */
final class Checking implements Sink {
  private final OneLoop on;
  private final ContentReader reader;
  private final byte[] expected;
  private final Random random;
  private final int leavesAt;
  private volatile int position;
  private volatile @Nullable String outcome;

  Checking(OneLoop on, ContentReader reader, byte[] expected, int leavesAt, long seed) {
    this.on = on;
    this.reader = reader;
    this.expected = expected;
    this.leavesAt = leavesAt;
    this.random = new Random(seed);
  }

  void open() throws Exception {
    on.run(() -> reader.open(this));
  }

  @Override
  @SuppressWarnings("NonAtomicVolatileUpdate") // by its loop only
  public void data(ByteBuf bytes) {
    byte[] got = new byte[bytes.readableBytes()];
    bytes.readBytes(got);
    bytes.release();
    int to = position + got.length;
    if (to > expected.length || !Arrays.equals(got, Arrays.copyOfRange(expected, position, to))) {
      outcome = "wrong bytes between " + position + " and " + to;
      reader.cancel(Failure.of(Kind.CLIENT_GONE, "wrong"));
      return;
    }
    position = to;
    if (position >= leavesAt && outcome == null) {
      outcome = "left";
      reader.cancel(Failure.of(Kind.CLIENT_GONE, "enough"));
    } else if (random.nextInt(4) == 0) {
      reader.pause();
      on.loop().eventLoop().schedule(reader::resume, random.nextInt(3), TimeUnit.MILLISECONDS);
    }
  }

  @Override
  public void flush() {
    // Every piece was looked at.
  }

  @Override
  public void end(Fields trailers) {
    outcome = position == expected.length ? "whole" : "ended at " + position;
  }

  @Override
  public void fail(Failure why) {
    outcome = "failed";
  }

  /** How it came to an end: "whole", "left", "failed" or what was wrong. */
  @Nullable String outcome() {
    return outcome;
  }

  /** Waits until it came to an end. */
  void await(String where) throws Exception {
    Await.until(
        Duration.ofSeconds(20),
        () -> outcome != null,
        () -> where + ": a reader of " + expected.length + " waits at " + position);
  }
}
