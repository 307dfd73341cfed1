package darban.serve.media;

import darban.base.Failure;
import darban.base.Kind;
import darban.flow.Body;
import darban.flow.FileSlice;
import darban.flow.Loop;
import darban.flow.OpenFile;
import darban.flow.Sink;
import darban.http.Fields;
import darban.media.Piece;
import darban.media.Pieces;
import darban.media.Span;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An answer of pieces of a file, gathered on worker threads into memory off the heap, one portion
 * ahead of the client. Many pieces cost one change of threads. Event loop; holds the file until it
 * is over.
 */
final class PiecesBody extends Body.Stream {
  private static final int PORTION = 256 << 10;

  private final Loop loop;
  private final OpenFile file;
  private final Pieces pieces;
  private @Nullable Sink sink;
  private long position;
  private boolean gathering;
  private boolean paused;
  private boolean over;

  private PiecesBody(Loop loop, OpenFile file, Pieces pieces) {
    this.loop = loop;
    this.file = file;
    this.pieces = pieces;
  }

  /**
   * The body of those pieces, the best way there is.
   *
   * @param file held once by the body from now on
   */
  static Body of(Loop loop, OpenFile file, Pieces pieces) {
    if (pieces.list().size() == 1
        && pieces.list().getFirst() instanceof Piece.Range(int number, Span span)) {
      return new Body.File(new FileSlice(file, span.offset(), span.length()));
    }
    Optional<Body> made = made(pieces);
    if (made.isPresent()) {
      file.release();
      return made.get();
    }
    return new PiecesBody(loop, file, pieces);
  }

  /** The body of pieces that were made here; empty if there are others. */
  static Optional<Body> made(Pieces pieces) {
    if (!pieces.list().stream().allMatch(Piece.Made.class::isInstance)) {
      return Optional.empty();
    }
    ByteBuffer[] made =
        pieces.list().stream()
            .map(each -> ((Piece.Made) each).bytes().duplicate())
            .toArray(ByteBuffer[]::new);
    return Optional.of(new Body.Bytes(Unpooled.wrappedBuffer(made)));
  }

  @Override
  public long length() {
    return pieces.length();
  }

  @Override
  public void open(Sink sink) {
    this.sink = sink;
    proceed();
  }

  @Override
  public void pause() {
    paused = true;
  }

  @Override
  public void resume() {
    paused = false;
    proceed();
  }

  @Override
  public void cancel(Failure why) {
    if (!over) {
      over = true;
      if (!gathering) {
        file.release();
      }
    }
  }

  private void proceed() {
    if (over || paused || gathering || sink == null) {
      return;
    }
    if (position == pieces.length()) {
      over = true;
      file.release();
      sink.end(Fields.NONE);
      return;
    }
    gathering = true;
    long end = Math.min(position + PORTION, pieces.length());
    Pieces portion = pieces.slice(position, end);
    loop.context()
        .executeBlocking(() -> gather(portion), false)
        .onComplete(done -> gathered(done.result(), done.cause()));
  }

  /** Takes memory only now: what waits for a thread needs none. */
  private ByteBuf gather(Pieces portion) throws IOException {
    ByteBuf into = ByteBufAllocator.DEFAULT.directBuffer((int) portion.length());
    try {
      for (Piece piece : portion.list()) {
        switch (piece) {
          case Piece.Made made -> into.writeBytes(made.bytes().duplicate());
          case Piece.Range(int number, Span span) -> read(span, into);
        }
      }
      return into;
    } catch (IOException | RuntimeException failed) {
      into.release();
      throw failed;
    }
  }

  private void read(Span span, ByteBuf into) throws IOException {
    for (long at = span.offset(); at < span.end(); ) {
      int read = into.writeBytes(file.channel(), at, (int) (span.end() - at));
      if (read < 0) {
        throw new EOFException("the file became shorter");
      }
      at += read;
    }
  }

  private void gathered(@Nullable ByteBuf portion, @Nullable Throwable failed) {
    gathering = false;
    Sink to = Objects.requireNonNull(sink);
    if (over || portion == null) {
      if (portion != null) {
        portion.release();
      }
      file.release();
      if (!over) {
        over = true;
        to.fail(Failure.of(Kind.INTERNAL, "reading a film failed", Objects.requireNonNull(failed)));
      }
      return;
    }
    position += portion.readableBytes();
    to.data(portion);
    to.flush();
    proceed();
  }
}
