package darban.flow;

import darban.base.Failure;
import darban.http.Fields;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Several bodies of known length as one, one after the other. Event loop. */
public final class Sequence extends Body.Stream {
  private final Loop loop;
  private final Deque<Body> parts;
  private final long length;
  private Body.@Nullable Stream current;
  private @Nullable Sink sink;
  private boolean paused;
  private boolean advancing;
  private boolean over;

  /** The bodies of {@code parts} in that order; each is taken when its turn comes. */
  public Sequence(Loop loop, List<Body> parts) {
    this.loop = loop;
    this.parts = new ArrayDeque<>(parts);
    this.length = parts.stream().mapToLong(Body::length).sum();
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
    while (!over && !paused && current == null) {
      Body next = parts.pollFirst();
      switch (next) {
        case null -> {
          over = true;
          sink.flush();
          sink.end(Fields.NONE);
        }
        case Body.None none -> {}
        case Body.Bytes bytes -> sink.data(bytes.buffer());
        case Body.File file -> start(file.slice().stream(loop));
        case Body.Stream stream -> start(stream);
      }
    }
    advancing = false;
  }

  private void start(Body.Stream part) {
    current = part;
    part.open(new Part(java.util.Objects.requireNonNull(sink)));
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
    parts.forEach(part -> part.discard(why));
    parts.clear();
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
      over = true;
      parts.forEach(part -> part.discard(why));
      parts.clear();
      to.fail(why);
    }
  }
}
