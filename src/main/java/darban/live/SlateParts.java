package darban.live;

import darban.base.Failure;
import darban.flow.Body;
import darban.flow.Loop;
import darban.flow.Sequence;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A slate, chunk by chunk when each is due, without end. Event loop. */
final class SlateParts implements Sequence.Parts {
  private final Slate slate;
  private final Loop loop;
  private final ByteBuffer head;
  private final List<Slate.Turn> turns;
  private final long began;
  private long next = -1;
  private long timer = -1;
  private @Nullable Promise<Body> due;

  SlateParts(Slate slate, Loop loop, ByteBuffer head, List<Slate.Turn> turns, long began) {
    this.slate = slate;
    this.loop = loop;
    this.head = head;
    this.turns = turns;
    this.began = began;
  }

  @Override
  public Future<Body> next() {
    long number = next++;
    if (number < 0) {
      return Future.succeededFuture(new Body.Bytes(Unpooled.wrappedBuffer(head.duplicate())));
    }
    Slate.Turn turn = turns.get((int) (number % turns.size()));
    long later = number / turns.size() * slate.length();
    long at = began + TimeUnit.MICROSECONDS.toNanos(turn.shot().start() + later);
    long millis = TimeUnit.NANOSECONDS.toMillis(at - loop.nanos());
    if (millis <= 0) {
      return Future.succeededFuture(shown(turn, later));
    }
    Promise<Body> promise = loop.context().promise();
    due = promise;
    timer =
        loop.vertx()
            .setTimer(millis, fired -> loop.execute(() -> promise.tryComplete(shown(turn, later))));
    return promise.future();
  }

  private static Body shown(Slate.Turn turn, long later) {
    return new Body.Bytes(Unpooled.wrappedBuffer(turn.shot().shown(turn.track(), later)));
  }

  @Override
  public void abandon(Failure why) {
    loop.vertx().cancelTimer(timer);
    if (due != null) {
      due.tryFail(why);
    }
  }

  @Override
  public void close() {
    // It holds nothing.
  }
}
