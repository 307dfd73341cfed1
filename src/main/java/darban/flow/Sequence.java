package darban.flow;

import darban.base.Failure;
import darban.base.Kind;
import darban.http.Fields;
import io.netty.buffer.ByteBuf;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Several bodies as one of known length, one after the other. Event loop. */
public final class Sequence extends Body.Stream {
  /** Bodies that are asked for when their turn comes. Event loop. */
  public interface Parts {
    /** The next one, which goes over to whoever asked; null after the last. */
    @Nullable Future<Body> next();

    /** Nobody wants what was asked for last; it is told of all the same. */
    void abandon(Failure why);

    /** Nothing is asked for any more, and nothing is on its way. */
    void close();
  }

  private final Loop loop;
  private final Parts parts;
  private final long length;
  private Body.@Nullable Stream current;
  private @Nullable Sink sink;
  private boolean asking;
  private boolean paused;
  private boolean advancing;
  private boolean over;

  /** The bodies of {@code parts} in that order; each is taken when its turn comes. */
  public Sequence(Loop loop, List<Body> parts) {
    this(loop, new Ready(parts), parts.stream().mapToLong(Body::length).sum());
  }

  /** The bodies that {@code parts} gives, which it closes. */
  public Sequence(Loop loop, Parts parts, long length) {
    this.loop = loop;
    this.parts = parts;
    this.length = length;
  }

  /** Any body, as one that flows. */
  public static Body.Stream streamed(Loop loop, Body body) {
    return switch (body) {
      case Body.Stream stream -> stream;
      case Body.File file -> file.slice().stream(loop);
      default -> new Sequence(loop, List.of(body));
    };
  }

  /** Bodies that are there already. */
  private record Ready(Deque<Body> left) implements Parts {
    Ready(List<Body> parts) {
      this(new ArrayDeque<>(parts));
    }

    @Override
    public @Nullable Future<Body> next() {
      Body next = left.pollFirst();
      return next == null ? null : Future.succeededFuture(next);
    }

    @Override
    public void abandon(Failure why) {
      // None is on its way.
    }

    @Override
    public void close() {
      left.forEach(part -> part.discard(gone()));
      left.clear();
    }
  }

  private static Failure gone() {
    return Failure.of(Kind.CLIENT_GONE, "the rest is not wanted");
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public void open(Sink sink) {
    this.sink = sink;
    advance();
  }

  private void advance() {
    if (advancing || sink == null) {
      return;
    }
    advancing = true;
    while (!over && !paused && !asking && current == null) {
      Future<Body> next = parts.next();
      if (next == null) {
        over = true;
        parts.close();
        sink.flush();
        sink.end(Fields.NONE);
      } else {
        asking = true;
        next.onComplete(this::told);
      }
    }
    advancing = false;
    if (!over && current == null) {
      // Who waits for this to go further must have what there is.
      sink.flush();
    }
  }

  private void told(AsyncResult<Body> next) {
    asking = false;
    if (over) {
      parts.close();
      if (next.succeeded()) {
        next.result().discard(gone());
      }
    } else if (next.failed()) {
      fail(Failure.from(next.cause()));
    } else {
      take(next.result());
      advance();
    }
  }

  private void take(Body next) {
    switch (next) {
      case Body.None none -> {}
      case Body.Bytes bytes -> Objects.requireNonNull(sink).data(bytes.buffer());
      case Body.File file -> start(file.slice().stream(loop));
      case Body.Stream stream -> start(stream);
    }
  }

  private void start(Body.Stream part) {
    current = part;
    if (paused) {
      part.pause();
    }
    part.open(new Part(Objects.requireNonNull(sink)));
  }

  private void fail(Failure why) {
    over = true;
    parts.close();
    Objects.requireNonNull(sink).fail(why);
  }

  @Override
  public void pause() {
    paused = true;
    if (current != null) {
      current.pause();
    }
  }

  @Override
  public void resume() {
    paused = false;
    if (current != null) {
      current.resume();
    }
    advance();
  }

  @Override
  public void cancel(Failure why) {
    if (over) {
      return;
    }
    over = true;
    if (current != null) {
      current.cancel(why);
    }
    if (asking) {
      parts.abandon(why);
    } else {
      parts.close();
    }
  }

  /** Passes one part on, but for its end. */
  private final class Part implements Sink {
    private final Sink to;

    Part(Sink to) {
      this.to = to;
    }

    @Override
    public void data(ByteBuf bytes) {
      to.data(bytes);
    }

    @Override
    public void flush() {
      to.flush();
    }

    @Override
    public void end(Fields trailers) {
      current = null;
      advance();
    }

    @Override
    public void fail(Failure why) {
      current = null;
      Sequence.this.fail(why);
    }
  }
}
