package darban.radio;

import darban.base.Failure;
import darban.base.Kind;
import darban.flow.Body;
import darban.flow.Loop;
import darban.flow.Sink;
import darban.http.Fields;
import darban.media.radio.IcyMetadata;
import darban.media.radio.IcySchedule;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** One who hears a mount: an endless body. Event loop of its client. */
public final class Listener extends Body.Stream {
  private final Mount mount;
  private final Loop loop;
  private final @Nullable IcySchedule titles;
  private Mount.Piece piece;
  private int offset;
  private @Nullable IcyMetadata told;
  private @Nullable Sink sink;
  private boolean paused;
  private boolean pumping;
  private boolean over;

  /**
   * One who begins now.
   *
   * @param interval bytes between two titles; 0 without any
   */
  Listener(Mount mount, Loop loop, int interval) {
    this.mount = mount;
    this.loop = loop;
    this.titles = interval > 0 ? new IcySchedule(interval) : null;
    this.piece = mount.start();
  }

  @Override
  public long length() {
    return -1;
  }

  /** Icecast sends no pieces, so there are players that know none. */
  @Override
  public boolean unframed() {
    return true;
  }

  @Override
  public void open(Sink sink) {
    this.sink = sink;
    mount.join(loop, this);
    piece = mount.start();
    if (piece.heads.length > 0) {
      mount.sent(piece.heads.length);
      sink.data(Unpooled.wrappedBuffer(piece.heads));
    }
    pump(true);
  }

  @Override
  public void pause() {
    paused = true;
  }

  @Override
  public void resume() {
    if (paused) {
      paused = false;
      pump(false);
    }
  }

  @Override
  public void cancel(Failure why) {
    if (!over) {
      end();
    }
  }

  private void end() {
    over = true;
    mount.leave(loop, this);
  }

  /** There is more, or there will be no more. */
  void look() {
    if (over || sink == null) {
      return;
    }
    long behind = mount.end() - piece.at - offset;
    if (paused && behind > mount.hearing().queue()) {
      mount.tooSlow();
      if (mount.hearing().slow() == RadioConfig.Slow.DROP) {
        end();
        sink.fail(Failure.of(Kind.CLIENT_GONE, "the listener is too slow"));
        return;
      }
      piece = mount.start();
      offset = 0;
    }
    pump(false);
  }

  private void pump(boolean first) {
    if (pumping || over || sink == null) {
      return;
    }
    pumping = true;
    boolean any = first;
    while (!over && !paused && advance()) {
      deliver(sink);
      any = true;
    }
    pumping = false;
    if (any && !over) {
      sink.flush();
    }
    if (!over && !paused && mount.isOver() && piece.next() == null) {
      end();
      sink.end(Fields.NONE);
    }
  }

  /** Whether there are bytes of a piece to be sent. */
  private boolean advance() {
    while (offset == piece.bytes.length) {
      Mount.Piece next = piece.next();
      if (next == null) {
        return false;
      }
      piece = next;
      offset = 0;
    }
    return true;
  }

  private void deliver(Sink to) {
    int left = piece.bytes.length - offset;
    IcySchedule due = titles;
    if (due != null && due.soundLeft() == 0) {
      title(to, due);
      return;
    }
    int count = due == null ? left : Math.min(left, due.soundLeft());
    int from = offset;
    offset += count;
    if (due != null) {
      due.sound(count);
    }
    mount.sent(count);
    to.data(Unpooled.wrappedBuffer(piece.bytes, from, count));
  }

  private void title(Sink to, IcySchedule due) {
    boolean same = piece.title.equals(told);
    ByteBuffer block = same ? IcyMetadata.unchanged() : piece.title.block(StandardCharsets.UTF_8);
    told = piece.title;
    due.block();
    mount.sent(block.remaining());
    to.data(Unpooled.wrappedBuffer(block));
  }
}
