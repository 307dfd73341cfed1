package darban.flow;

import darban.base.Failure;
import darban.base.Kind;
import darban.http.Fields;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.ByteArrayOutputStream;

/** A whole body in memory, if it is no longer than it may be. Event loop of the body; used once. */
public final class Gathering implements Sink {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final Promise<byte[]> promise;
  private final int most;
  private Body.@org.jspecify.annotations.Nullable Stream from;

  private Gathering(Loop loop, int most) {
    this.promise = loop.context().promise();
    this.most = most;
  }

  /**
   * All bytes of {@code body}, which is taken.
   *
   * @return fails as the body does, and where it has more than {@code most} bytes
   */
  public static Future<byte[]> of(Loop loop, Body body, int most) {
    if (body.length() > most) {
      body.discard(tooLong());
      return Future.failedFuture(tooLong());
    }
    return switch (body) {
      case Body.None none -> Future.succeededFuture(new byte[0]);
      case Body.Bytes(ByteBuf buffer) -> {
        byte[] all = ByteBufUtil.getBytes(buffer);
        buffer.release();
        yield Future.succeededFuture(all);
      }
      case Body.File file -> open(loop, file.slice().stream(loop), most);
      case Body.Stream stream -> open(loop, stream, most);
    };
  }

  private static Future<byte[]> open(Loop loop, Body.Stream stream, int most) {
    Gathering gathering = new Gathering(loop, most);
    gathering.from = stream;
    stream.open(gathering);
    return gathering.promise.future();
  }

  private static Failure tooLong() {
    return Failure.of(Kind.RESPONSE_MALFORMED, "the origin's answer is too large to be read");
  }

  @Override
  public void data(ByteBuf piece) {
    byte[] some = ByteBufUtil.getBytes(piece);
    piece.release();
    if (bytes.size() + some.length <= most) {
      bytes.writeBytes(some);
    } else if (promise.tryFail(tooLong()) && from != null) {
      from.cancel(tooLong());
    }
  }

  @Override
  public void flush() {
    // It is handed on as a whole.
  }

  @Override
  public void end(Fields trailers) {
    promise.tryComplete(bytes.toByteArray());
  }

  @Override
  public void fail(Failure why) {
    promise.tryFail(why);
  }
}
