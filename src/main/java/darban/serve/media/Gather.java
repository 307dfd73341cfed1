package darban.serve.media;

import darban.base.Failure;
import darban.base.Kind;
import darban.flow.Body;
import darban.flow.Loop;
import darban.flow.Sequence;
import darban.flow.Sink;
import darban.http.Fields;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.ByteBuffer;

/** Gathers a body in memory: the head of a film, a small file, never its payload. Event loop. */
final class Gather implements Sink {
  private static final int FIRST = 16 << 10;

  private final int least;
  private final int most;
  private ByteBuffer bytes;
  private final Promise<ByteBuffer> promise;
  private final Body.Stream body;

  private Gather(Loop loop, Body.Stream body, int least, int most) {
    this.least = least;
    this.most = most;
    this.bytes = ByteBuffer.allocate(least == most ? most : Math.min(FIRST, most));
    this.promise = loop.context().promise();
    this.body = body;
  }

  /** All of {@code body}, which must have so many bytes. */
  static Future<ByteBuffer> bytes(Loop loop, Body body, int length) {
    return start(loop, body, length, length);
  }

  /** All of {@code body}, which may have so many bytes. */
  static Future<ByteBuffer> upTo(Loop loop, Body body, int most) {
    return start(loop, body, 0, most);
  }

  private static Future<ByteBuffer> start(Loop loop, Body body, int least, int most) {
    Body.Stream stream = Sequence.streamed(loop, body);
    Gather gather = new Gather(loop, stream, least, most);
    stream.open(gather);
    return gather.promise.future();
  }

  private static Failure wrong() {
    return Failure.of(Kind.RESPONSE_INCOMPLETE, "a file has another length than it should");
  }

  @Override
  public void data(ByteBuf some) {
    int length = some.readableBytes();
    if (length > most - bytes.position()) {
      some.release();
      body.cancel(wrong());
      promise.tryFail(wrong());
      return;
    }
    if (length > bytes.remaining()) {
      int doubled = (int) Math.min(most, 2L * (bytes.position() + length));
      bytes = ByteBuffer.allocate(doubled).put(bytes.flip());
    }
    bytes.limit(bytes.position() + length);
    some.readBytes(bytes);
    bytes.limit(bytes.capacity());
    some.release();
  }

  @Override
  public void flush() {
    // Nobody waits for a part of it.
  }

  @Override
  public void end(Fields trailers) {
    if (bytes.position() < least) {
      promise.tryFail(wrong());
    } else {
      promise.tryComplete(bytes.flip());
    }
  }

  @Override
  public void fail(Failure why) {
    promise.tryFail(why);
  }
}
