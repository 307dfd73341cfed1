package darban.serve.media;

import darban.base.Failure;
import darban.base.Kind;
import darban.flow.Body;
import darban.flow.Sequence;
import darban.flow.Sink;
import darban.http.Fields;
import darban.media.Piece;
import darban.media.Pieces;
import darban.media.Span;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An answer of pieces of a file behind an origin. Pieces near each other are asked for as one
 * range, and what lies between them is dropped; one range is under way at a time, at the pace of
 * the client. Event loop.
 */
final class OriginBody extends Body.Stream {
  /** Less between two pieces is got along: asking again would cost more. */
  private static final long GAP = 256 << 10;

  private final OriginFile file;
  private final OriginFile.Version version;
  private final Deque<Piece> left;
  private final long length;
  private @Nullable Sink sink;
  private Body.@Nullable Stream current;
  private boolean asking;
  private boolean paused;
  private boolean advancing;
  private boolean over;

  private OriginBody(OriginFile file, OriginFile.Version version, Pieces pieces) {
    this.file = file;
    this.version = version;
    this.left = new ArrayDeque<>(pieces.list());
    this.length = pieces.length();
  }

  /** The body of pieces of that version of the file. */
  static Body of(OriginFile file, OriginFile.Version version, Pieces pieces) {
    return PiecesBody.made(pieces).orElseGet(() -> new OriginBody(file, version, pieces));
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public void open(Sink sink) {
    this.sink = sink;
    advance();
  }

  @Override
  public void pause() {
    paused = true;
    if (current != null) {
      current.pause();
    }
  }

  @Override
  public void resume() {
    paused = false;
    if (current != null) {
      current.resume();
    }
    advance();
  }

  @Override
  public void cancel(Failure why) {
    if (over) {
      return;
    }
    over = true;
    if (current != null) {
      current.cancel(why);
    } else if (asking) {
      file.abandon(why);
    }
  }

  private void advance() {
    if (advancing || sink == null) {
      return;
    }
    advancing = true;
    while (!over && !paused && !asking && current == null) {
      switch (left.peekFirst()) {
        case null -> {
          over = true;
          sink.flush();
          sink.end(Fields.NONE);
        }
        case Piece.Made made -> {
          left.removeFirst();
          sink.data(Unpooled.wrappedBuffer(made.bytes().duplicate()));
        }
        case Piece.Range _ -> ask(run());
      }
    }
    advancing = false;
  }

  /** From the first piece that is left to the last of those near each other. */
  private Span run() {
    long first = -1;
    long end = -1;
    for (Piece piece : left) {
      if (!(piece instanceof Piece.Range(int number, Span span))
          || (first >= 0 && (span.offset() < end || span.offset() - end > GAP))) {
        break;
      }
      first = first < 0 ? span.offset() : first;
      end = span.end();
    }
    return new Span(first, end - first);
  }

  private void ask(Span run) {
    asking = true;
    file.body(version, run)
        .onComplete(got -> {
          asking = false;
          if (got.failed()) {
            fail(Failure.from(got.cause()));
          } else if (over) {
            got.result().discard(Failure.of(Kind.CLIENT_GONE, "client has left"));
          } else {
            start(got.result(), run);
            advance();
          }
        });
  }

  private void start(Body body, Span run) {
    Body.Stream stream =
        switch (body) {
          case Body.Stream coming -> coming;
          case Body.File part -> part.slice().stream(file.loop());
          default -> new Sequence(file.loop(), List.of(body));
        };
    current = stream;
    if (paused) {
      stream.pause();
    }
    stream.open(new Run(run));
  }

  private void fail(Failure why) {
    if (!over) {
      over = true;
      Objects.requireNonNull(sink).fail(why);
    }
  }

  /** What comes of a range: the pieces go on, the rest is dropped. */
  private final class Run implements Sink {
    private final long end;
    private final Sink to = Objects.requireNonNull(sink);
    private long at;

    Run(Span run) {
      this.at = run.offset();
      this.end = run.end();
    }

    @Override
    public void data(ByteBuf bytes) {
      while (!over && bytes.isReadable() && left.peekFirst() instanceof Piece.Range range) {
        long ahead = range.span().offset() - at;
        if (ahead > 0) {
          int dropped = (int) Math.min(ahead, bytes.readableBytes());
          bytes.skipBytes(dropped);
          at += dropped;
          continue;
        }
        int taken = (int) Math.min(range.length(), bytes.readableBytes());
        left.removeFirst();
        if (taken < range.length()) {
          left.addFirst(range.slice(taken, range.length()));
        }
        at += taken;
        to.data(bytes.readRetainedSlice(taken));
      }
      bytes.release();
    }

    @Override
    public void flush() {
      if (!over) {
        to.flush();
      }
    }

    @Override
    public void end(Fields trailers) {
      current = null;
      if (at == end) {
        advance();
      } else {
        OriginBody.this.fail(
            Failure.of(Kind.RESPONSE_INCOMPLETE, "a part of a film came cut short"));
      }
    }

    @Override
    public void fail(Failure why) {
      current = null;
      OriginBody.this.fail(why);
    }
  }
}
