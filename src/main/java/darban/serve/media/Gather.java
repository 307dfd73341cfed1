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
import java.util.List;

/** Gathers a body of known length in memory: the head of a file, never its payload. Event loop. */
final class Gather implements Sink {
  private final ByteBuffer bytes;
  private final Promise<ByteBuffer> promise;
  private final Body.Stream body;

  private Gather(Loop loop, Body.Stream body, int length) {
    this.bytes = ByteBuffer.allocate(length);
    this.promise = loop.context().promise();
    this.body = body;
  }

  /** All of {@code body}, which must have so many bytes. */
  static Future<ByteBuffer> bytes(Loop loop, Body body, int length) {
    Body.Stream stream =
        switch (body) {
          case Body.Stream coming -> coming;
          case Body.File file -> file.slice().stream(loop);
          default -> new Sequence(loop, List.of(body));
        };
    Gather gather = new Gather(loop, stream, length);
    stream.open(gather);
    return gather.promise.future();
  }

  private static Failure wrong() {
    return Failure.of(Kind.RESPONSE_INCOMPLETE, "a part of a film has another length than it says");
  }

  @Override
  public void data(ByteBuf some) {
    if (some.readableBytes() > bytes.remaining()) {
      some.release();
      body.cancel(wrong());
      promise.tryFail(wrong());
      return;
    }
    int end = bytes.limit();
    bytes.limit(bytes.position() + some.readableBytes());
    some.readBytes(bytes);
    bytes.limit(end);
    some.release();
  }

  @Override
  public void flush() {
    // Nobody waits for a part of it.
  }

  @Override
  public void end(Fields trailers) {
    if (bytes.hasRemaining()) {
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
