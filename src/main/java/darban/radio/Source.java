package darban.radio;

import darban.base.Failure;
import darban.base.Kind;
import darban.flow.Body;
import darban.flow.Duplex;
import darban.flow.Loop;
import darban.flow.Sink;
import darban.http.Fields;
import darban.media.radio.OggPages;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One who sends to a mount: by a body whose end is told, or by a connection that is a source's from
 * its head on, which ends when the source leaves. Sound is gathered for a moment, so that listeners
 * are woken ten times a second and not for every frame. Event loop of the source's connection.
 */
public final class Source implements Sink {
  private static final int ENOUGH = 4096;
  private static final long GATHER_MILLIS = 100;

  private final Mount mount;
  private final Loop loop;
  private final Promise<Void> over;
  private final ByteArrayOutputStream gathered = new ByteArrayOutputStream(ENOUGH);
  private Body.@Nullable Stream from;
  private @Nullable Sink back;
  private final @Nullable OggPages ogg;
  private boolean waiting;
  private boolean done;
  private volatile long touched;

  Source(Mount mount, Loop loop) {
    this.mount = mount;
    this.loop = loop;
    this.over = loop.context().promise();
    this.ogg = OggPages.isOgg(mount.station().type()) ? new OggPages() : null;
    this.touched = loop.nanos();
  }

  /** Takes a body; completes when all of it came. */
  public Future<Void> take(Body body) {
    switch (body) {
      case Body.None none -> end(Fields.NONE);
      case Body.Bytes bytes -> {
        data(bytes.buffer());
        end(Fields.NONE);
      }
      case Body.File file -> stream(file.slice().stream(loop));
      case Body.Stream stream -> stream(stream);
    }
    return over.future();
  }

  private void stream(Body.Stream stream) {
    from = stream;
    stream.open(this);
  }

  /** Takes a connection: what joins it to the source's client. */
  public Duplex connection() {
    return new Connection();
  }

  boolean isSilent(RadioConfig config, long nanos) {
    return nanos - touched > config.silence().toNanos();
  }

  /** Gives it up. Any thread. */
  void cut(Failure why) {
    loop.execute(() -> {
      if (!done) {
        Body.Stream source = from;
        finish(why);
        if (source != null) {
          source.cancel(why);
        }
      }
    });
  }

  // As a sink

  @Override
  public void data(ByteBuf bytes) {
    touched = loop.nanos();
    if (!done) {
      byte[] some = new byte[bytes.readableBytes()];
      bytes.readBytes(some);
      gathered.writeBytes(some);
    }
    bytes.release();
    if (gathered.size() >= ENOUGH) {
      publish();
    } else if (!waiting && !done) {
      waiting = true;
      loop.eventLoop().schedule(this::waited, GATHER_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private void waited() {
    waiting = false;
    publish();
  }

  private void publish() {
    byte[] bytes = gathered.toByteArray();
    gathered.reset();
    if (ogg != null) {
      ogg.accept(bytes).forEach(page -> mount.publish(page.bytes(), page.heads()));
      return;
    }
    // In small pieces: a new listener begins with one.
    for (int at = 0; at < bytes.length; at += ENOUGH) {
      mount.publish(Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + ENOUGH)));
    }
  }

  @Override
  public void flush() {
    // It is gathered for a moment.
  }

  @Override
  public void end(Fields trailers) {
    finish(null);
  }

  @Override
  public void fail(Failure why) {
    finish(why);
  }

  private void finish(@Nullable Failure why) {
    if (done) {
      return;
    }
    publish();
    done = true;
    mount.ended(this, loop.nanos());
    if (back != null) {
      if (why == null) {
        back.end(Fields.NONE);
      } else {
        back.fail(why);
      }
    }
    if (why == null) {
      over.complete();
    } else {
      over.fail(why);
    }
  }

  /** The source as the far end of its client's connection: nothing comes from it but an end. */
  private final class Connection implements Duplex {
    private final Body.Stream nothing =
        new Body.Stream() {
          @Override
          public long length() {
            return -1;
          }

          @Override
          public void open(Sink sink) {
            back = sink;
            if (done) {
              sink.end(Fields.NONE);
            }
          }

          @Override
          public void pause() {
            // Nothing is sent.
          }

          @Override
          public void resume() {
            // Nothing is sent.
          }

          @Override
          public void cancel(Failure why) {
            back = null;
            cut(why);
          }
        };

    @Override
    public Body.Stream incoming() {
      return nothing;
    }

    @Override
    public void send(Body.Stream bytes) {
      stream(Objects.requireNonNull(bytes));
    }

    @Override
    public void reset(Failure why) {
      back = null;
      cut(why);
    }

    @Override
    public @Nullable Channel plainChannel() {
      return null;
    }
  }

  /** What a source is told that is not taken. */
  static Failure full() {
    return Failure.of(Kind.OVERLOADED, "too many mounts");
  }
}
