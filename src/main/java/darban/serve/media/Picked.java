package darban.serve.media;

import darban.base.Failure;
import darban.base.Kind;
import darban.flow.Body;
import darban.flow.Sink;
import darban.http.Fields;
import darban.media.Span;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Some spans of a part of a file that comes as a whole; what lies between is dropped. Event loop.
 */
final class Picked extends Body.Stream {
  private final Body.Stream whole;
  private final Deque<Span> left;
  private final long length;
  private final long end;
  private long at;

  /**
   * Of the bytes of {@code run}.
   *
   * @param spans within it, in their order
   */
  Picked(Body.Stream whole, Span run, List<Span> spans) {
    this.whole = whole;
    this.left = new ArrayDeque<>(spans);
    this.length = spans.stream().mapToLong(Span::length).sum();
    this.at = run.offset();
    this.end = run.end();
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public void open(Sink sink) {
    whole.open(new Sieve(sink));
  }

  @Override
  public void pause() {
    whole.pause();
  }

  @Override
  public void resume() {
    whole.resume();
  }

  @Override
  public void cancel(Failure why) {
    whole.cancel(why);
  }

  private final class Sieve implements Sink {
    private final Sink to;

    Sieve(Sink to) {
      this.to = to;
    }

    @Override
    public void data(ByteBuf bytes) {
      while (bytes.isReadable() && !left.isEmpty()) {
        Span wanted = left.getFirst();
        long ahead = Math.min(wanted.offset() - at, bytes.readableBytes());
        bytes.skipBytes((int) ahead);
        at += ahead;
        int taken = (int) Math.min(wanted.end() - at, bytes.readableBytes());
        if (wanted.offset() > at || taken == 0) {
          break;
        }
        left.removeFirst();
        at += taken;
        if (at < wanted.end()) {
          left.addFirst(new Span(at, wanted.end() - at));
        }
        to.data(bytes.readRetainedSlice(taken));
      }
      at += bytes.readableBytes();
      bytes.release();
    }

    @Override
    public void flush() {
      to.flush();
    }

    @Override
    public void end(Fields trailers) {
      if (at == end && left.isEmpty()) {
        to.end(trailers);
      } else {
        to.fail(Failure.of(Kind.RESPONSE_INCOMPLETE, "a part of a film came cut short"));
      }
    }

    @Override
    public void fail(Failure why) {
      to.fail(why);
    }
  }
}
