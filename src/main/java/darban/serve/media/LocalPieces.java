package darban.serve.media;

import darban.base.Failure;
import darban.base.Kind;
import darban.flow.Body;
import darban.flow.FileSlice;
import darban.flow.Loop;
import darban.flow.OpenFile;
import darban.flow.Sequence;
import darban.media.Piece;
import darban.media.Pieces;
import darban.media.Span;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Pieces of a file, gathered on worker threads into memory off the heap: many pieces cost one
 * change of threads. Event loop; holds the file once.
 */
final class LocalPieces implements Sequence.Parts {
  private static final int PORTION = 256 << 10;

  private final Loop loop;
  private final OpenFile file;
  private final FileReads reads;
  private final Pieces pieces;
  private long position;

  private LocalPieces(Loop loop, OpenFile file, FileReads reads, Pieces pieces) {
    this.loop = loop;
    this.file = file;
    this.reads = reads;
    this.pieces = pieces;
  }

  /**
   * The body of those pieces, the best way there is.
   *
   * @param files those that the pieces are of, held by the caller; all pieces are of one of them
   */
  static Body body(Loop loop, List<OpenFile> files, Pieces pieces) {
    Optional<Body> made = made(pieces);
    if (made.isPresent()) {
      return made.get();
    }
    OpenFile file = files.get(number(pieces)).retain();
    if (pieces.list().size() == 1
        && pieces.list().getFirst() instanceof Piece.Range(int number, Span span)) {
      return new Body.File(new FileSlice(file, span.offset(), span.length()));
    }
    return new Sequence(
        loop, new LocalPieces(loop, file, new FileReads(files), pieces), pieces.length());
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

  private static int number(Pieces pieces) {
    return pieces.list().stream()
        .filter(Piece.Range.class::isInstance)
        .map(each -> ((Piece.Range) each).file())
        .findFirst()
        .orElseThrow();
  }

  @Override
  public @Nullable Future<Body> next() {
    if (position == pieces.length()) {
      return null;
    }
    long end = Math.min(position + PORTION, pieces.length());
    Pieces portion = pieces.slice(position, end);
    position = end;
    return loop.context()
        .<Body>executeBlocking(() -> new Body.Bytes(gather(portion)), false)
        .map(Objects::requireNonNull)
        .recover(
            why -> Future.failedFuture(Failure.of(Kind.INTERNAL, "reading a film failed", why)));
  }

  /** Takes memory only now: what waits for a thread needs none. */
  private ByteBuf gather(Pieces portion) throws IOException {
    ByteBuf into = ByteBufAllocator.DEFAULT.directBuffer((int) portion.length());
    try {
      reads.into(into, portion);
      return into;
    } catch (IOException | RuntimeException failed) {
      into.release();
      throw failed;
    }
  }

  @Override
  public void abandon(Failure why) {
    // It will not take long.
  }

  @Override
  public void close() {
    file.release();
  }
}
