package darban.serve.media;

import darban.base.Failure;
import darban.flow.Body;
import darban.flow.Sequence;
import darban.media.Piece;
import darban.media.Pieces;
import darban.media.Span;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Pieces of a file behind an origin. Those near each other are asked for as one range; one range is
 * under way at a time. Event loop.
 */
final class OriginPieces implements Sequence.Parts {
  /** Less between two pieces is got along: asking again would cost more. */
  private static final long GAP = 256 << 10;

  private final OriginFile file;
  private final OriginFile.Version version;
  private final Deque<Piece> left;

  private OriginPieces(OriginFile file, OriginFile.Version version, Pieces pieces) {
    this.file = file;
    this.version = version;
    this.left = new ArrayDeque<>(pieces.list());
  }

  /** The body of pieces of that version of the file. */
  static Body body(OriginFile file, OriginFile.Version version, Pieces pieces) {
    return LocalPieces.made(pieces)
        .orElseGet(() ->
            new Sequence(file.loop(), new OriginPieces(file, version, pieces), pieces.length()));
  }

  @Override
  public @Nullable Future<Body> next() {
    return switch (left.peekFirst()) {
      case null -> null;
      case Piece.Made made -> {
        left.removeFirst();
        yield Future.succeededFuture(
            new Body.Bytes(Unpooled.wrappedBuffer(made.bytes().duplicate())));
      }
      case Piece.Range _ -> range(near());
    };
  }

  private Future<Body> range(List<Span> near) {
    long from = near.getFirst().offset();
    Span run = new Span(from, near.getLast().end() - from);
    return file.body(version, run)
        .map(body -> new Picked(Sequence.streamed(file.loop(), body), run, near));
  }

  /** Those at the front that are near each other, which are taken. */
  private List<Span> near() {
    List<Span> near = new ArrayList<>();
    long end = -1;
    while (left.peekFirst() instanceof Piece.Range(int number, Span span)
        && (end < 0 || (span.offset() >= end && span.offset() - end <= GAP))) {
      near.add(span);
      end = span.end();
      left.removeFirst();
    }
    return near;
  }

  @Override
  public void abandon(Failure why) {
    file.abandon(why);
  }

  @Override
  public void close() {
    // Nothing is held between two ranges.
  }
}
