package darban.serve.media;

import darban.flow.OpenFile;
import darban.media.Piece;
import darban.media.Pieces;
import darban.media.Span;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.EOFException;
import java.io.IOException;
import java.util.List;

/**
 * Reads pieces of files into memory. Sound lies between the pictures, a few kilobytes of each, so
 * that one read for each piece would cost more than the bytes between them: what lies near is read
 * at once, and what is wanted copied. Worker threads; the files are held by the caller.
 */
final class FileReads {
  /** Less between two pieces is read along. */
  private static final int GAP = 16 << 10;

  /** More is not read at once. */
  private static final int MOST = 512 << 10;

  private final List<OpenFile> files;

  /** Of these, as the pieces count them. */
  FileReads(List<OpenFile> files) {
    this.files = files;
  }

  /** Appends all of {@code pieces}. */
  void into(ByteBuf into, Pieces pieces) throws IOException {
    List<Piece> list = pieces.list();
    for (int i = 0; i < list.size(); ) {
      switch (list.get(i)) {
        case Piece.Made made -> {
          into.writeBytes(made.bytes().duplicate());
          i++;
        }
        case Piece.Range first -> {
          int end = near(list, i);
          run(first, list.subList(i, end), into);
          i = end;
        }
      }
    }
  }

  /** Behind the last of those that lie near each other, in their order. */
  private static int near(List<Piece> list, int first) {
    Piece.Range start = (Piece.Range) list.get(first);
    long at = start.span().end();
    int next = first + 1;
    while (next < list.size()
        && list.get(next) instanceof Piece.Range(int file, Span span)
        && file == start.file()
        && span.offset() >= at
        && span.offset() - at <= GAP
        && span.end() - start.span().offset() <= MOST) {
      at = span.end();
      next++;
    }
    return next;
  }

  private void run(Piece.Range first, List<Piece> run, ByteBuf into) throws IOException {
    OpenFile file = files.get(first.file());
    if (run.size() == 1) {
      read(file, first.span(), into);
      return;
    }
    long start = first.span().offset();
    Span whole = new Span(start, ((Piece.Range) run.getLast()).span().end() - start);
    ByteBuf near = ByteBufAllocator.DEFAULT.directBuffer((int) whole.length());
    try {
      read(file, whole, near);
      for (Piece each : run) {
        Span span = ((Piece.Range) each).span();
        into.writeBytes(near, (int) (span.offset() - start), (int) span.length());
      }
    } finally {
      near.release();
    }
  }

  private static void read(OpenFile file, Span span, ByteBuf into) throws IOException {
    for (long at = span.offset(); at < span.end(); ) {
      int read = into.writeBytes(file.channel(), at, (int) (span.end() - at));
      if (read < 0) {
        throw new EOFException("the file became shorter");
      }
      at += read;
    }
  }
}
