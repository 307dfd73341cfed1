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

  private Gather(Loop loop, Body.Stream body, ByteBuffer bytes, int least, int most) {
    this.least = least;
    this.most = most;
    this.bytes = bytes;
    this.promise = loop.context().promise();
    this.body = body;
  }

  /** All of {@code body}, which must have so many bytes. */
  static Future<ByteBuffer> bytes(Loop loop, Body body, int length) {
    return into(loop, body, ByteBuffer.allocate(length)).all();
  }

  /** All of {@code body}, which must fill {@code bytes}. */
  static Gather into(Loop loop, Body body, ByteBuffer bytes) {
    return start(loop, body, bytes, bytes.remaining(), bytes.remaining());
  }

  /** All of {@code body}, which may have so many bytes. */
  static Gather upTo(Loop loop, Body body, int most) {
    return start(loop, body, ByteBuffer.allocate(Math.min(FIRST, most)), 0, most);
  }

  private static Gather start(Loop loop, Body body, ByteBuffer bytes, int least, int most) {
    Body.Stream stream = Sequence.streamed(loop, body);
    Gather gather = new Gather(loop, stream, bytes, least, most);
    stream.open(gather);
    return gather;
  }

  /** All of it, once it is there. */
  Future<ByteBuffer> all() {
    return promise.future();
  }

  /** Nobody wants the rest of it. */
  void abandon(Failure why) {
    if (promise.tryFail(why)) {
      body.cancel(why);
    }
  }

  private static Failure wrong() {
    return Failure.of(Kind.RESPONSE_INCOMPLETE, "a file has another length than it should");
  }

  @Override
  public void data(ByteBuf some) {
    int length = some.readableBytes();
    // Who was told that it failed may have let go of the memory.
    if (promise.future().isComplete()) {
      some.release();
      return;
    }
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
