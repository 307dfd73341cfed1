package darban.serve.media;

import darban.base.Failure;
import darban.flow.Body;
import darban.flow.Sequence;
import darban.media.Piece;
import darban.media.Pieces;
import darban.media.Span;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Pieces of files behind an origin. Those near each other are asked for as one range; one range is
 * under way at a time. Event loop.
 */
final class OriginPieces implements Sequence.Parts {
  /** Less between two pieces is got along: asking again would cost more. */
  private static final long GAP = 256 << 10;

  private final OriginFiles files;
  private final Deque<Piece> left;

  private OriginPieces(OriginFiles files, Pieces pieces) {
    this.files = files;
    this.left = new ArrayDeque<>(pieces.list());
  }

  /** The body of pieces of files. */
  static Body body(OriginFiles files, Pieces pieces) {
    return LocalPieces.made(pieces)
        .orElseGet(
            () -> new Sequence(files.loop(), new OriginPieces(files, pieces), pieces.length()));
  }

  @Override
  public @Nullable Future<Body> next() {
    return switch (left.peekFirst()) {
      case null -> null;
      case Piece.Made _ -> Future.succeededFuture(new Body.Bytes(made()));
      case Piece.Range(int file, Span _) -> range(files.all().get(file), near(file));
    };
  }

  /** Those at the front that were made here, which are taken. */
  private ByteBuf made() {
    List<ByteBuffer> made = new ArrayList<>();
    while (left.peekFirst() instanceof Piece.Made(ByteBuffer bytes)) {
      made.add(bytes.duplicate());
      left.removeFirst();
    }
    return Unpooled.wrappedBuffer(made.toArray(ByteBuffer[]::new));
  }

  private Future<Body> range(OriginFiles.Held of, List<Span> near) {
    long from = near.getFirst().offset();
    Span run = new Span(from, near.getLast().end() - from);
    return of.file()
        .body(of.version(), run)
        .map(body -> new Picked(Sequence.streamed(files.loop(), body), run, near));
  }

  /** Those at the front that are near each other in a file, which are taken. */
  private List<Span> near(int file) {
    List<Span> near = new ArrayList<>();
    long end = -1;
    while (left.peekFirst() instanceof Piece.Range(int number, Span span)
        && number == file
        && (end < 0 || (span.offset() >= end && span.offset() - end <= GAP))) {
      near.add(span);
      end = span.end();
      left.removeFirst();
    }
    return near;
  }

  @Override
  public void abandon(Failure why) {
    files.abandon(why);
  }

  @Override
  public void close() {
    // Nothing is held between two ranges.
  }
}
