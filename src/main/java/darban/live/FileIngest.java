package darban.live;

import darban.base.Failure;
import darban.base.Kind;
import darban.live.UploadParser.Event;
import darban.media.MalformedMedia;
import darban.media.cmaf.Chunk;
import darban.media.mp4.MovieHead;
import darban.media.ts.TsDemuxer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Takes a file, which is found under the name that its publisher gives it. If it can be understood,
 * it is a segment of a track as well, or what goes before such segments. If it turns out to be no
 * file, all that came of it goes to whoever takes the rest. Event loop of the publisher.
 */
final class FileIngest implements Ingest {
  private static final int BOX = 8;

  private final Upload upload;
  private final LiveStream stream;
  private final FileName name;
  private final Clip clip;
  private boolean understood;
  private @Nullable UploadParser parser;
  private LiveSegment.@Nullable Head head;
  private boolean headed;
  private LiveStream.@Nullable Begun begun;
  private long wholeChunks;

  /** Nothing of a file yet, whose bytes go to {@code clip}. */
  FileIngest(Upload upload, Clip clip) {
    this.upload = upload;
    this.stream = upload.stream();
    this.name = upload.name();
    this.clip = clip;
    this.understood = name.mayBeFragmented() || name.mayBeMultiplexed();
  }

  @Override
  public void accept(ByteBuf bytes) {
    if (clip.isBroken() || clip.isGivenUp()) {
      throw Failure.of(Kind.CONFLICT, "another publisher took the name over");
    }
    boolean follows = parser != null && parser.position() == clip.size();
    clip.append(bytes, upload.loop().nanos());
    understand(follows ? bytes : null);
  }

  /**
   * Reads what has come, as far as it is understood.
   *
   * @param rest what was not read yet, where that is at hand
   */
  private void understand(@Nullable ByteBuf rest) {
    if (!understood || (parser == null && (isMultiplexed() || !canBegin()))) {
      return;
    }
    ByteBuffer unread =
        rest != null
            ? rest.nioBuffer()
            : ByteBuffer.wrap(clip.copy(parser().position(), clip.size()));
    List<Event> fragments;
    try {
      fragments = follow(parser().accept(unread));
    } catch (MalformedMedia malformed) {
      // It is passed on as it is, but for playlists of ours.
      understood = false;
      closeSegment(false);
      return;
    }
    if (!fragments.isEmpty()) {
      cutFrom(fragments);
    }
  }

  // What it is

  /** Whether it is, or may be, a transport stream; it is read as such as soon as that is known. */
  private boolean isMultiplexed() {
    if (!upload.isPulled() && !name.mayBeMultiplexed()) {
      return false;
    }
    byte[] start = clip.copy(0, Math.min(clip.size(), TsDemuxer.BEGINNING));
    if (!TsDemuxer.mayBegin(ByteBuffer.wrap(start))) {
      return false;
    }
    if (start.length == TsDemuxer.BEGINNING) {
      Multiplex made = new Multiplex(upload);
      byte[] all = clip.copy(0, clip.size());
      become(made);
      made.accept(Unpooled.wrappedBuffer(all));
    }
    return true;
  }

  /** Whether what goes before its chunks is known, or stands in it: it may come in a file later. */
  private boolean canBegin() {
    if (clip.size() < BOX) {
      return false;
    }
    String type = new String(clip.copy(4, BOX), StandardCharsets.ISO_8859_1);
    LiveSegment.Head known = type.equals("ftyp") ? null : stream.headFor(name);
    head = known;
    if (known != null || type.equals("ftyp")) {
      parser = new UploadParser(known == null ? null : known.movie());
    }
    if (parser == null && upload.isPulled()) {
      throw Failure.of(
          Kind.RESPONSE_MALFORMED, "what comes is neither fragmented MP4 nor a transport stream");
    }
    return parser != null;
  }

  private UploadParser parser() {
    return Objects.requireNonNull(parser);
  }

  /** Fragments follow the head: from here on it is cut into segments. */
  private void cutFrom(List<Event> fragments) {
    Cutter made = new Cutter(upload, Objects.requireNonNull(head), parser());
    long from = ((Event.Began) fragments.getFirst()).chunk().start();
    byte[] all = clip.copy(from, clip.size());
    become(made);
    made.accept(Unpooled.wrappedBuffer(all), from, fragments);
  }

  private void become(Ingest other) {
    stream.abandon(name, clip, Failure.of(Kind.NOT_FOUND, "it is no file"), upload.loop().nanos());
    upload.become(other);
  }

  // Its chunks

  /**
   * Notes what the file's chunks are.
   *
   * @return what it does not note: that fragments follow a head in one upload, so it is no file
   */
  private List<Event> follow(List<Event> events) {
    for (int i = 0; i < events.size(); i++) {
      switch (events.get(i)) {
        case Event.NewHead(MovieHead movie, ByteBuffer bytes) -> {
          head = new LiveSegment.Head(stream.nextSerial(), movie, bytes);
          headed = true;
        }
        case Event.Began(Chunk chunk, long at) -> {
          if (begun == null && headed) {
            return List.copyOf(events.subList(i, events.size()));
          }
          began(chunk);
        }
        case Event.Ended(Chunk chunk, long end) -> ended(chunk, end);
      }
    }
    return List.of();
  }

  private void began(Chunk chunk) {
    LiveStream.Begun in = begun;
    if (in == null) {
      long now = upload.loop().ticker().now().toEpochMilli();
      in = stream.begin(name, Objects.requireNonNull(head), chunk, clip, now);
      begun = in;
    }
    in.track().chunkBegins(in.segment(), chunk);
  }

  private void ended(Chunk chunk, long end) {
    wholeChunks = end;
    if (begun != null) {
      begun.track().chunkEnds(begun.segment(), chunk, end);
    }
  }

  private void closeSegment(boolean whole) {
    if (begun != null) {
      begun.track().close(begun.segment(), wholeChunks, whole);
    }
  }

  // Its end

  @Override
  public void end() {
    if (clip.size() == 0 && name.kind() != FileName.Kind.OTHER) {
      // An encoder that only looks whether it may publish sends nothing.
      stream.abandon(name, clip, Failure.of(Kind.NOT_FOUND, "it is empty"), upload.loop().nanos());
      return;
    }
    understand(null);
    if (headed && begun == null) {
      stream.head(name, Objects.requireNonNull(head));
    }
    stream.complete(name, clip, upload.loop().nanos());
    closeSegment(true);
  }

  @Override
  public void fail(Failure why) {
    Failure broke =
        Failure.of(Kind.RESPONSE_INCOMPLETE, "the upload broke").detailed(why.message());
    stream.abandon(name, clip, broke, upload.loop().nanos());
    closeSegment(false);
  }
}
