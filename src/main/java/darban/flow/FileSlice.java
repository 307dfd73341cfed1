package darban.flow;

import darban.base.Failure;
import darban.base.Kind;
import darban.http.Fields;
import io.netty.buffer.ByteBuf;
import io.netty.channel.DefaultFileRegion;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A part of an open file, on its way to a client. Holds the file once and lets go of it once: when
 * closed, or through what {@link #region} or {@link #stream} made of it.
 */
public final class FileSlice implements AutoCloseable {
  private static final int PIECE = 128 * 1024;

  /** Where the bytes come from if the file fails. Closed with the slice. */
  public interface Rest {
    /** None: then the body breaks. */
    Rest NONE = position -> null;

    /** The slice's bytes from {@code position} on by other means; null where there are none. */
    Body.@Nullable Stream from(long position);

    /** Nobody will ask for it any more. */
    default void close() {
      // Nothing is held.
    }
  }

  private final OpenFile file;
  private final long offset;
  private final long length;
  private final Rest rest;

  /**
   * The bytes of {@code file} from {@code offset} on.
   *
   * @param file held once by the slice from now on
   * @param offset 0 or more
   * @param length bytes, all of which must be in the file
   */
  public FileSlice(OpenFile file, long offset, long length) {
    this(file, offset, length, Rest.NONE);
  }

  /** The same, with another source of these bytes if the file fails while it is streamed. */
  public FileSlice(OpenFile file, long offset, long length, Rest rest) {
    this.file = file;
    this.offset = offset;
    this.length = length;
    this.rest = rest;
  }

  /** Number of bytes. */
  public long length() {
    return length;
  }

  /** The slice for {@code sendfile(2)}: for a channel without TLS, where the transport has that. */
  public DefaultFileRegion region() {
    return new DefaultFileRegion(file.channel(), offset, length) {
      @Override
      protected void deallocate() {
        close();
      }
    };
  }

  /** The slice as a stream that reads ahead one piece, off the event loop. */
  public Body.Stream stream(Loop loop) {
    return new Reading(loop);
  }

  @Override
  public void close() {
    file.release();
    rest.close();
  }

  /** Reads pieces on a worker thread, delivers them on the loop. */
  private final class Reading extends Body.Stream {
    private final Loop loop;
    private @Nullable Sink sink;
    private Body.@Nullable Stream instead;
    private long position;
    private boolean reading;
    private boolean paused;
    private boolean over;

    Reading(Loop loop) {
      this.loop = loop;
    }

    @Override
    public long length() {
      return length;
    }

    @Override
    public void open(Sink sink) {
      this.sink = sink;
      proceed();
    }

    @Override
    public void pause() {
      paused = true;
      if (instead != null) {
        instead.pause();
      }
    }

    @Override
    public void resume() {
      paused = false;
      if (instead != null) {
        instead.resume();
      } else {
        proceed();
      }
    }

    @Override
    public void cancel(Failure why) {
      if (instead != null) {
        instead.cancel(why);
      } else if (!over) {
        over = true;
        if (!reading) {
          close();
        }
      }
    }

    private void proceed() {
      if (over || paused || reading || sink == null) {
        return;
      }
      if (position == length) {
        over = true;
        close();
        sink.end(Fields.NONE);
        return;
      }
      reading = true;
      int wanted = (int) Math.min(PIECE, length - position);
      ByteBuf piece = io.netty.buffer.ByteBufAllocator.DEFAULT.directBuffer(wanted, wanted);
      long at = offset + position;
      loop.context()
          .executeBlocking(() -> read(piece, at, wanted), false)
          .onComplete(read -> arrived(piece, read.succeeded() ? null : read.cause()));
    }

    private Void read(ByteBuf piece, long at, int wanted) throws IOException {
      while (piece.readableBytes() < wanted) {
        int n =
            piece.writeBytes(
                file.channel(), at + piece.readableBytes(), wanted - piece.readableBytes());
        if (n < 0) {
          throw new IOException("the file became shorter");
        }
      }
      return null;
    }

    private void arrived(ByteBuf piece, @Nullable Throwable failed) {
      reading = false;
      Sink to = java.util.Objects.requireNonNull(sink);
      if (over || failed != null) {
        piece.release();
        Body.Stream more = over ? null : rest.from(position);
        close();
        if (more != null) {
          goOn(more, to);
        } else if (!over) {
          over = true;
          Throwable cause = java.util.Objects.requireNonNull(failed);
          to.fail(Failure.of(Kind.INTERNAL, "reading a file failed", cause));
        }
        return;
      }
      position += piece.readableBytes();
      to.data(piece);
      if (!over) { // who takes it may have cancelled
        to.flush();
      }
      proceed();
    }

    private void goOn(Body.Stream more, Sink to) {
      over = true;
      instead = more;
      if (paused) {
        more.pause();
      }
      more.open(to);
    }
  }
}
