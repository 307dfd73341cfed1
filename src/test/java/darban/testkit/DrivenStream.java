package darban.testkit;

import darban.base.Failure;
import darban.flow.Body;
import darban.flow.Sink;
import darban.http.Fields;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A body whose bytes come when the test says so. Event loop. */
public final class DrivenStream extends Body.Stream {
  private final long length;
  private @Nullable Sink sink;
  private @Nullable Failure cancelled;
  private boolean paused;

  /** A stream that says it has {@code length} bytes, or -1. */
  public DrivenStream(long length) {
    this.length = length;
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public void open(Sink sink) {
    if (this.sink != null) {
      throw new IllegalStateException("opened twice");
    }
    this.sink = sink;
  }

  @Override
  public void pause() {
    paused = true;
  }

  @Override
  public void resume() {
    paused = false;
  }

  @Override
  public void cancel(Failure why) {
    cancelled = why;
  }

  /** Delivers text, one byte a character. */
  public DrivenStream emit(String text) {
    sink().data(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
    return this;
  }

  /** Where it was opened to. */
  public Sink sink() {
    if (sink == null) {
      throw new IllegalStateException("not opened");
    }
    return sink;
  }

  /** Ends. */
  public void end() {
    sink().end(Fields.NONE);
  }

  /** Whether it was asked to stop for now. */
  public boolean paused() {
    return paused;
  }

  /** Why it was cancelled, or null. */
  public @Nullable Failure cancelled() {
    return cancelled;
  }
}
