package darban.live;

import darban.base.Failure;
import darban.base.Kind;
import darban.flow.Body;
import darban.flow.Loop;
import darban.flow.Sink;
import darban.http.Fields;
import darban.media.MalformedMedia;
import darban.media.cmaf.Chunk;
import darban.media.cmaf.ChunkParser;
import darban.media.mp4.MovieHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A body on its way from a publisher into a stream: a file, or a whole track in one piece, which is
 * known by fragments that follow its head. Event loop of the publisher's connection.
 */
public final class Upload implements Sink {
  private static final int BOX = 8;

  private final LiveStream stream;
  private final FileName name;
  private final Loop loop;
  private final Promise<Boolean> over = Promise.promise();
  private final List<Event> events = new ArrayList<>();
  private @Nullable ChunkParser parser;
  private @Nullable Clip clip;
  private Body.@Nullable Stream from;
  private LiveSegment.@Nullable Head head;
  private @Nullable Track track;
  private @Nullable LiveSegment segment;
  private @Nullable Cutter cutter;
  private long wholeChunks;
  private boolean understood;
  private boolean headed;
  private boolean done;
  private volatile long touched;
  private final boolean standsIn;

  /** What the parser found in the bytes it was just given. */
  sealed interface Event {
    /** A chunk, all of whose head has come by {@code at}. */
    record Began(Chunk chunk, long at) implements Event {}

    /** A chunk, whose last byte lies before {@code end}. */
    record Ended(Chunk chunk, long end) implements Event {}

    /** What goes before chunks. */
    record NewHead(MovieHead movie, ByteBuffer bytes) implements Event {}
  }

  private Upload(LiveStream stream, FileName name, Loop loop, boolean standsIn) {
    this.standsIn = standsIn;
    this.stream = stream;
    this.name = name;
    this.loop = loop;
    this.touched = loop.nanos();
    this.understood = name.mayBeFragmented();
  }

  /**
   * Begins to take {@code body}, which comes under {@code name}. On the body's loop.
   *
   * @return it, though it may be refused already
   */
  static Upload start(LiveStream stream, String name, Loop loop, Body body) {
    return start(new Upload(stream, FileName.of(name), loop, false), body);
  }

  /** As {@link #start}, for a publisher that is silent. */
  static Upload standIn(LiveStream stream, String name, Loop loop, Body body) {
    return start(new Upload(stream, FileName.of(name), loop, true), body);
  }

  private static Upload start(Upload upload, Body body) {
    try {
      upload.clip = upload.stream.begin(upload.name, body.length(), upload.loop.nanos());
    } catch (Failure refused) {
      body.discard(refused);
      upload.done = true;
      upload.over.fail(refused);
      return upload;
    }
    upload.take(body);
    return upload;
  }

  /** Completes when all of it came; a failure says what was wrong with it. */
  public Future<Boolean> over() {
    return over.future();
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

  /** Whether it stands in for a publisher. */
  boolean standsIn() {
    return standsIn;
  }

  /** Whether it has brought nothing for so long that another may go on. Any thread. */
  boolean isSilent(long nanos) {
    return nanos - touched > stream.config().takeover().toNanos();
  }

  /** Ends it before its end. Any thread. */
  public void cut(Failure why) {
    loop.execute(() -> refuse(why));
  }

  private void refuse(Failure why) {
    if (!done) {
      Body.Stream source = from;
      broken(why);
      if (source != null) {
        source.cancel(why);
      }
    }
  }

  // As a sink

  @Override
  public void data(ByteBuf bytes) {
    try {
      if (!done) {
        accept(bytes);
      }
    } catch (Failure refused) {
      refuse(refused);
    } catch (MalformedMedia malformed) {
      refuse(Failure.of(Kind.BAD_REQUEST, "not a track: " + malformed.getMessage()));
    } finally {
      bytes.release();
    }
  }

  private void accept(ByteBuf bytes) {
    touched = loop.nanos();
    int n = bytes.readableBytes();
    if (!standsIn) {
      stream.counters().received().add(n);
      stream.heard(touched);
    }
    stream.room(n, touched);
    Clip file = clip;
    if (cutter != null) {
      long at = parser().position();
      events.clear();
      parser().accept(bytes.nioBuffer());
      cutter.accept(bytes, at, events);
    } else if (file != null) {
      if (file.isBroken() || file.isGivenUp()) {
        throw Failure.of(Kind.CONFLICT, "another publisher took the name over");
      }
      boolean follows = parser != null && parser.position() == file.size();
      file.append(bytes, touched);
      understand(file, follows ? bytes : null);
    }
  }

  /**
   * Reads what has come of a file, as far as it is understood, and notes what its chunks are.
   *
   * @param rest what was not read yet, where that is at hand
   */
  private void understand(Clip file, @Nullable ByteBuf rest) {
    if (!understood || (parser == null && !canBegin(file))) {
      return;
    }
    events.clear();
    try {
      parser()
          .accept(
              rest != null
                  ? rest.nioBuffer()
                  : ByteBuffer.wrap(file.copy(parser().position(), file.size())));
      follow(file);
    } catch (MalformedMedia malformed) {
      // It is passed on as it is, but for playlists of ours.
      understood = false;
      closeSegment(false);
    }
  }

  /** Whether what goes before its chunks is known, or stands in it: it may come in a file later. */
  private boolean canBegin(Clip file) {
    if (file.size() < BOX) {
      return false;
    }
    String type = new String(file.copy(4, BOX), StandardCharsets.ISO_8859_1);
    LiveSegment.Head known = type.equals("ftyp") ? null : stream.headFor(name);
    head = known;
    if (known != null || type.equals("ftyp")) {
      parser = new ChunkParser(new Listener(), known == null ? null : known.movie());
    }
    return parser != null;
  }

  private ChunkParser parser() {
    return Objects.requireNonNull(parser);
  }

  /** Notes what the file's chunks are; or finds that it is no file but a track in one piece. */
  private void follow(Clip file) {
    for (int i = 0; i < events.size(); i++) {
      switch (events.get(i)) {
        case Event.NewHead(MovieHead movie, ByteBuffer bytes) -> {
          head = new LiveSegment.Head(stream.nextSerial(), movie, bytes);
          headed = true;
        }
        case Event.Began(Chunk chunk, long at) -> {
          if (segment == null && headed) {
            cutFrom(file, chunk, events.subList(i, events.size()));
            return;
          }
          began(file, chunk);
        }
        case Event.Ended(Chunk chunk, long end) -> ended(chunk, end);
      }
    }
  }

  private void began(Clip file, Chunk chunk) {
    if (segment == null) {
      LiveStream.Begun begun =
          stream.begin(
              name, Objects.requireNonNull(head), chunk, file, loop.ticker().now().toEpochMilli());
      track = begun.track();
      segment = begun.segment();
    }
    if (track != null) {
      track.chunkBegins(segment, chunk);
    }
  }

  private void ended(Chunk chunk, long end) {
    wholeChunks = end;
    if (track != null && segment != null) {
      track.chunkEnds(segment, chunk, end);
    }
  }

  private void closeSegment(boolean whole) {
    if (track != null && segment != null) {
      track.close(segment, wholeChunks, whole);
    }
  }

  /** Fragments follow the head: from here on it is cut into segments. */
  private void cutFrom(Clip file, Chunk first, List<Event> rest) {
    Track of = stream.claim(name, this, touched);
    Cutter made = new Cutter(stream, of, loop, Objects.requireNonNull(head));
    byte[] begun = file.copy(first.start(), file.size());
    stream.abandon(name, file, Failure.of(Kind.NOT_FOUND, "it is no file"), touched);
    clip = null;
    cutter = made;
    made.accept(Unpooled.wrappedBuffer(begun), first.start(), List.copyOf(rest));
  }

  @Override
  public void flush() {
    // Readers were told with each piece.
  }

  @Override
  public void end(Fields trailers) {
    if (done) {
      return;
    }
    if (cutter != null && !parser().between()) {
      broken(Failure.of(Kind.BAD_REQUEST, "the track ends within a box"));
      return;
    }
    done = true;
    Clip file = clip;
    if (cutter != null) {
      cutter.end(this, true);
    } else if (file != null) {
      completed(file);
    }
    over.complete(true);
  }

  private void completed(Clip file) {
    if (file.size() == 0 && name.kind() != FileName.Kind.OTHER) {
      // An encoder that only looks whether it may publish sends nothing.
      stream.abandon(name, file, Failure.of(Kind.NOT_FOUND, "it is empty"), loop.nanos());
      return;
    }
    understand(file, null);
    if (headed && segment == null) {
      stream.head(name, Objects.requireNonNull(head));
    }
    stream.complete(name, file, loop.nanos());
    closeSegment(true);
  }

  @Override
  public void fail(Failure why) {
    broken(why);
  }

  private void broken(Failure why) {
    if (done) {
      return;
    }
    done = true;
    if (!standsIn) {
      stream.counters().aborted().increment();
    }
    if (cutter != null) {
      cutter.end(this, false);
    }
    if (clip != null) {
      stream.abandon(
          name,
          clip,
          Failure.of(Kind.RESPONSE_INCOMPLETE, "the upload broke").detailed(why.message()),
          loop.nanos());
      closeSegment(false);
    }
    over.fail(why);
  }

  /** Notes what the parser finds, to be acted on when its bytes are where they belong. */
  private final class Listener implements ChunkParser.Listener {
    @Override
    public void init(MovieHead movie, ByteBuffer bytes) {
      events.add(new Event.NewHead(movie, bytes));
    }

    @Override
    public void began(Chunk chunk) {
      events.add(new Event.Began(chunk, parser().position()));
    }

    @Override
    public void ended(Chunk chunk, long end) {
      events.add(new Event.Ended(chunk, end));
    }
  }
}
