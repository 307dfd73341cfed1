package darban.live;

import darban.base.Failure;
import darban.base.Kind;
import darban.flow.Body;
import darban.flow.Loop;
import darban.flow.Sink;
import darban.http.Fields;
import darban.live.UploadParser.Event;
import darban.media.MalformedMedia;
import darban.media.cmaf.Chunk;
import darban.media.mp4.MovieHead;
import darban.media.ts.TsDemuxer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A body on its way from a publisher into a stream: a file, a whole track in one piece, which is
 * known by fragments that follow its head, or a transport stream in one piece, which is known by
 * its first bytes and by its name. Event loop of the publisher's connection.
 */
public final class Upload implements Sink {
  private static final int BOX = 8;

  private final LiveStream stream;
  private final FileName name;
  private final Loop loop;
  private final Promise<Boolean> over = Promise.promise();
  private @Nullable UploadParser parser;
  private @Nullable Clip clip;
  private Body.@Nullable Stream from;
  private LiveSegment.@Nullable Head head;
  private @Nullable Track track;
  private @Nullable LiveSegment segment;
  private @Nullable Cutter cutter;
  private @Nullable Multiplex multiplex;
  private long wholeChunks;
  private boolean understood;
  private boolean headed;
  private boolean done;
  private volatile long touched;
  private final Sender sender;

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
    this.sender = sender;
    this.stream = stream;
    this.name = name;
    this.loop = loop;
    this.touched = loop.nanos();
    this.understood = name.mayBeFragmented() || name.mayBeMultiplexed();
  }

  /**
   * Begins to take {@code body}, which comes under {@code name}. On the body's loop.
   *
   * @return it, though it may be refused already
   */
  static Upload start(LiveStream stream, String name, Loop loop, Body body, Sender sender) {
    Upload upload = new Upload(stream, FileName.of(name), loop, sender);
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
    return sender == Sender.STAND_IN;
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
      refuse(notATrack(malformed));
    } finally {
      bytes.release();
    }
  }

  private void accept(ByteBuf bytes) {
    touched = loop.nanos();
    int n = bytes.readableBytes();
    if (isCounted()) {
      stream.counters().received().add(n);
      stream.heard(touched);
    }
    stream.room(n, touched);
    Clip file = clip;
    if (multiplex != null) {
      multiplex.accept(bytes.nioBuffer());
    } else if (cutter != null) {
      long at = parser().position();
      cutter.accept(bytes, at, parser().accept(bytes.nioBuffer()));
    } else if (file != null) {
      if (file.isBroken() || file.isGivenUp()) {
        throw Failure.of(Kind.CONFLICT, "another publisher took the name over");
      }
      boolean follows = parser != null && parser.position() == file.size();
      file.append(bytes, touched);
      understand(file, follows ? bytes : null);
    }
  }

  /** Whether it is a publisher's, and not a part of what is counted as a whole. */
  private boolean isCounted() {
    return sender == Sender.PUBLISHER || sender == Sender.ORIGIN;
  }

  /**
   * Reads what has come of a file, as far as it is understood, and notes what its chunks are.
   *
   * @param rest what was not read yet, where that is at hand
   */
  private void understand(Clip file, @Nullable ByteBuf rest) {
    if (!understood || (parser == null && (isMultiplexed(file) || !canBegin(file)))) {
      return;
    }
    try {
      follow(
          file,
          parser()
              .accept(
                  rest != null
                      ? rest.nioBuffer()
                      : ByteBuffer.wrap(file.copy(parser().position(), file.size()))));
    } catch (MalformedMedia malformed) {
      // It is passed on as it is, but for playlists of ours.
      understood = false;
      closeSegment(false);
    }
  }

  /** Whether it is, or may be, a transport stream; it is read as such as soon as that is known. */
  private boolean isMultiplexed(Clip file) {
    if (sender != Sender.ORIGIN && !name.mayBeMultiplexed()) {
      return false;
    }
    byte[] begun = file.copy(0, Math.min(file.size(), TsDemuxer.BEGINNING));
    if (!TsDemuxer.mayBegin(ByteBuffer.wrap(begun))) {
      return false;
    }
    if (begun.length == TsDemuxer.BEGINNING) {
      Multiplex made = new Multiplex(stream, name.track(), loop, this::refuse);
      byte[] all = file.copy(0, file.size());
      noFile(file);
      multiplex = made;
      made.accept(ByteBuffer.wrap(all));
    }
    return true;
  }

  private void noFile(Clip file) {
    stream.abandon(name, file, Failure.of(Kind.NOT_FOUND, "it is no file"), touched);
    clip = null;
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
      parser = new UploadParser(known == null ? null : known.movie());
    }
    if (parser == null && sender == Sender.ORIGIN) {
      throw Failure.of(
          Kind.RESPONSE_MALFORMED, "what comes is neither fragmented MP4 nor a transport stream");
    }
    return parser != null;
  }

  private UploadParser parser() {
    return Objects.requireNonNull(parser);
  }

  /** Notes what the file's chunks are; or finds that it is no file but a track in one piece. */
  private void follow(Clip file, List<Event> events) {
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
    noFile(file);
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
    if (multiplex != null && !ends(multiplex)) {
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

  /** Whether all tracks of a transport stream could be ended. */
  private boolean ends(Multiplex of) {
    try {
      of.end();
    } catch (MalformedMedia malformed) {
      broken(notATrack(malformed));
    }
    return !done;
  }

  private Failure notATrack(MalformedMedia malformed) {
    Kind whose = sender == Sender.ORIGIN ? Kind.RESPONSE_MALFORMED : Kind.BAD_REQUEST;
    return Failure.of(whose, "not a track: " + malformed.getMessage());
  }

  /** What comes next of a transport stream has a numbering of its own, as segments of HLS have. */
  public void pieceEnds() {
    if (multiplex == null || done) {
      return;
    }
    try {
      multiplex.pieceEnds();
    } catch (MalformedMedia malformed) {
      // Whoever tells this is in the midst of fetching what comes next.
      cut(notATrack(malformed));
    }
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
    if (isCounted()) {
      stream.counters().aborted().increment();
    }
    if (multiplex != null) {
      multiplex.fail(why);
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
}
