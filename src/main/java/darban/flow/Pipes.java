package darban.flow;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Empty pipes to be used again, so that a tunnel holds one only while bytes are in it. Event loop;
 * closed with that.
 */
final class Pipes implements AutoCloseable {
  private static final int MOST_EMPTY = 16;

  private final Deque<Pipe> empty = new ArrayDeque<>(MOST_EMPTY);
  private boolean closed;

  /** An empty pipe; fails when the process may open no more files. */
  Pipe take() throws IOException {
    Pipe pipe = empty.poll();
    return pipe == null ? new Pipe() : pipe;
  }

  /** Gives a pipe back; one that holds bytes is closed, and they with it. */
  void giveBack(Pipe pipe) {
    if (closed || pipe.held() > 0 || empty.size() == MOST_EMPTY) {
      pipe.close();
    } else {
      empty.push(pipe);
    }
  }

  @Override
  public void close() {
    closed = true;
    empty.forEach(Pipe::close);
    empty.clear();
  }
}
