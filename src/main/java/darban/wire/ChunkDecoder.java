package darban.wire;

import darban.base.Failure;
import darban.base.Limits;
import darban.http.Fields;
import darban.http.Violation;
import java.io.ByteArrayOutputStream;

/**
 * Decodes chunked transfer coding (RFC 9112 §7.1) without touching the data. The owner feeds it
 * every byte that is not data through {@link #accept}; while {@link #dataLeft} is above zero, that
 * many bytes are data, which the owner takes and reports by {@link #taken}.
 *
 * <pre>
 *   SIZE ─space─► PADDING ─;─► EXTENSION ─CR─► SIZE_LF ─LF─► (data) ─► DATA_CR ─► DATA_LF ─► SIZE
 *    └─── ; or CR ─────┴──── CR ──────┴──────────┘  └ size 0 ─► TRAILERS ─empty line─► END
 * </pre>
 *
 * Extensions are dropped. Confined to one thread.
 */
public final class ChunkDecoder {
  private enum State {
    SIZE,
    PADDING,
    EXTENSION,
    SIZE_LF,
    DATA_CR,
    DATA_LF,
    TRAILERS,
    END
  }

  private static final int MAX_DIGITS = 15;

  private final Limits limits;
  private final HeadParser trailerParser;
  private final boolean request;
  private State state = State.SIZE;
  private long size;
  private int digits;
  private int lineLength;
  private long dataLeft;
  private final ByteArrayOutputStream section = new ByteArrayOutputStream(0);
  private Fields trailers = Fields.NONE;

  private ChunkDecoder(Limits limits, boolean request) {
    this.limits = limits;
    this.request = request;
    this.trailerParser = request ? HeadParser.ofRequests(limits) : HeadParser.ofResponses(limits);
  }

  /** A decoder of a request's body. */
  public static ChunkDecoder ofRequest(Limits limits) {
    return new ChunkDecoder(limits, true);
  }

  /** A decoder of a response's body. */
  public static ChunkDecoder ofResponse(Limits limits) {
    return new ChunkDecoder(limits, false);
  }

  /** Bytes of data that come next; 0 when the next byte goes to {@link #accept}. */
  public long dataLeft() {
    return dataLeft;
  }

  /** Tells that {@code n} bytes of data were taken. */
  public void taken(long n) {
    dataLeft -= n;
  }

  /** Whether the body is complete: the next byte belongs to the next message. */
  public boolean ended() {
    return state == State.END;
  }

  /** The trailer section, once {@link #ended}. */
  public Fields trailers() {
    return trailers;
  }

  /** Takes the next byte that is not data. */
  public void accept(byte b) throws Failure {
    switch (state) {
      case SIZE -> size(b);
      case PADDING -> padding(b);
      case EXTENSION -> extension(b);
      case SIZE_LF -> sizeEnd(b);
      case DATA_CR -> expect(b, '\r', State.DATA_LF);
      case DATA_LF -> expect(b, '\n', State.SIZE);
      case TRAILERS -> trailer(b);
      case END -> throw new IllegalStateException("the body has ended");
    }
  }

  private Failure refuse(Violation violation) {
    return request ? violation.inRequest() : violation.inResponse();
  }

  private void expect(byte b, char wanted, State next) throws Failure {
    if (b != wanted) {
      throw refuse(Violation.CHUNK);
    }
    state = next;
  }

  private void size(byte b) throws Failure {
    int digit = b < 0 ? -1 : Character.digit(b, 16);
    if (digit >= 0) {
      if (++digits > MAX_DIGITS) {
        throw refuse(Violation.CHUNK);
      }
      size = size << 4 | digit;
      countLine();
    } else if (digits > 0) {
      padding(b);
    } else {
      throw refuse(Violation.CHUNK);
    }
  }

  /** Some pad sizes with spaces; digits after them would be read in two ways. */
  private void padding(byte b) throws Failure {
    state =
        switch (b) {
          case ' ', '\t' -> State.PADDING;
          case ';' -> State.EXTENSION;
          case '\r' -> State.SIZE_LF;
          default -> throw refuse(Violation.CHUNK);
        };
    countLine();
  }

  private void extension(byte b) throws Failure {
    if (b == '\r') {
      state = State.SIZE_LF;
    } else if ((b >= 0 && b < 0x20 && b != '\t') || b == 0x7f) {
      throw refuse(Violation.CHUNK);
    }
    countLine();
  }

  private void countLine() throws Failure {
    if (++lineLength > limits.chunkLine()) {
      throw refuse(Violation.CHUNK_LINE_LENGTH);
    }
  }

  private void sizeEnd(byte b) throws Failure {
    expect(b, '\n', size == 0 ? State.TRAILERS : State.DATA_CR);
    dataLeft = size;
    size = 0;
    digits = 0;
    lineLength = 0;
  }

  private void trailer(byte b) throws Failure {
    section.write(b);
    int length = section.size();
    if (length > limits.trailers()) {
      throw refuse(Violation.TRAILER_LENGTH);
    }
    if (b != '\n') {
      return;
    }
    byte[] bytes = section.toByteArray();
    boolean emptyLine =
        length == 1
            || bytes[length - 2] == '\n'
            || (bytes[length - 2] == '\r' && (length == 2 || bytes[length - 3] == '\n'));
    if (emptyLine) {
      trailers = trailerParser.trailers(bytes, 0, length);
      state = State.END;
    }
  }
}
