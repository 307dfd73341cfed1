package darban.live;

import darban.base.Failure;
import darban.base.Kind;
import darban.flow.Body;
import darban.flow.Loop;
import darban.flow.Sink;
import darban.http.Fields;
import darban.media.MalformedMedia;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import org.jspecify.annotations.Nullable;

/**
 * A body on its way from a publisher into a stream: counts what comes, keeps to the stream's
 * memory, and ends both sides together; an {@link Ingest} takes the bytes. Event loop of the
 * publisher's connection.
 */
public final class Upload implements Sink {
  private final LiveStream stream;
  private final FileName name;
  private final Loop loop;
  private final Sender sender;
  private final Promise<Boolean> over = Promise.promise();
  private Body.@Nullable Stream from;
  private volatile long touched;

  /** Null as soon as it is over. */
  private @Nullable Ingest ingest;

  /** Who sends it. */
  enum Sender {
    PUBLISHER,
    /** Another origin: it is one piece, and no file. */
    ORIGIN,
    /** A transport stream that is uploaded as a whole. */
    MULTIPLEX,
    /** Whoever stands in for a publisher that is silent. */
    STAND_IN
  }

  private Upload(LiveStream stream, FileName name, Loop loop, Sender sender) {
    this.stream = stream;
    this.name = name;
    this.loop = loop;
    this.sender = sender;
    this.touched = loop.nanos();
  }

  /**
   * Begins to take {@code body}, which comes under {@code name}. On the body's loop.
   *
   * @return it, though it may be refused already
   */
  static Upload start(LiveStream stream, String name, Loop loop, Body body, Sender sender) {
    Upload upload = new Upload(stream, FileName.of(name), loop, sender);
    try {
      Clip clip = stream.begin(upload.name, body.length(), loop.nanos());
      upload.ingest = new FileIngest(upload, clip);
    } catch (Failure refused) {
      body.discard(refused);
      upload.over.fail(refused);
      return upload;
    }
    upload.take(body);
    return upload;
  }

  private void take(Body body) {
    switch (body) {
      case Body.None none -> end(Fields.NONE);
      case Body.Bytes bytes -> {
        data(bytes.buffer());
        end(Fields.NONE);
      }
      case Body.File file -> stream(file.slice().stream(loop));
      case Body.Stream stream -> stream(stream);
    }
  }

  private void stream(Body.Stream stream) {
    from = stream;
    stream.open(this);
  }

  // What it is

  LiveStream stream() {
    return stream;
  }

  FileName name() {
    return name;
  }

  Loop loop() {
    return loop;
  }

  /** Whether it comes from another origin. */
  boolean isPulled() {
    return sender == Sender.ORIGIN;
  }

  /** Whether it stands in for a publisher. */
  boolean standsIn() {
    return sender == Sender.STAND_IN;
  }

  /** Whether it is a publisher's, and not a part of what is counted as a whole. */
  private boolean isCounted() {
    return sender == Sender.PUBLISHER || sender == Sender.ORIGIN;
  }

  /** Whether it has brought nothing for so long that another may go on. Any thread. */
  boolean isSilent(long nanos) {
    return nanos - touched > stream.config().takeover().toNanos();
  }

  /** Completes when all of it came; a failure says what was wrong with it. */
  public Future<Boolean> over() {
    return over.future();
  }

  // As a sink

  @Override
  public void data(ByteBuf bytes) {
    try {
      if (ingest != null) {
        accept(bytes, ingest);
      }
    } catch (Failure refused) {
      refuse(refused);
    } catch (MalformedMedia malformed) {
      refuse(notATrack(malformed));
    } finally {
      bytes.release();
    }
  }

  private void accept(ByteBuf bytes, Ingest by) {
    touched = loop.nanos();
    int n = bytes.readableBytes();
    if (isCounted()) {
      stream.counters().received().add(n);
      stream.heard(touched);
    }
    stream.room(n, touched);
    by.accept(bytes);
  }

  /** Another takes what comes from now on. */
  void become(Ingest other) {
    ingest = other;
  }

  /** What comes next of a transport stream has a numbering of its own, as segments of HLS have. */
  public void pieceEnds() {
    try {
      if (ingest != null) {
        ingest.pieceEnds();
      }
    } catch (MalformedMedia malformed) {
      // Whoever tells this is in the midst of fetching what comes next.
      cut(notATrack(malformed));
    }
  }

  @Override
  public void flush() {
    // Readers were told with each piece.
  }

  @Override
  public void end(Fields trailers) {
    try {
      if (ingest != null) {
        ingest.end();
      }
    } catch (Failure refused) {
      fail(refused);
    } catch (MalformedMedia malformed) {
      fail(notATrack(malformed));
    }
    if (ingest != null) {
      ingest = null;
      over.complete(true);
    }
  }

  private Failure notATrack(MalformedMedia malformed) {
    Kind whose = isPulled() ? Kind.RESPONSE_MALFORMED : Kind.BAD_REQUEST;
    return Failure.of(whose, "not a track: " + malformed.getMessage());
  }

  @Override
  public void fail(Failure why) {
    Ingest by = ingest;
    if (by == null) {
      return;
    }
    ingest = null;
    if (isCounted()) {
      stream.counters().aborted().increment();
    }
    by.fail(why);
    over.fail(why);
  }

  /** Ends it before its end. Any thread. */
  public void cut(Failure why) {
    loop.execute(() -> refuse(why));
  }

  /** As {@link #cut}, on its loop: the publisher is told. */
  void refuse(Failure why) {
    if (ingest != null) {
      fail(why);
      if (from != null) {
        from.cancel(why);
      }
    }
  }
}
