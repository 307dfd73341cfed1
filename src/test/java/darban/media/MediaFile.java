package darban.media;

import darban.media.mp4.Movie;
import darban.media.mp4.MovieReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A file as an upper floor would fetch it: span by span, and no byte that it does not have. */
public final class MediaFile {
  private final ByteBuffer content;
  private final List<Span> asked = new ArrayList<>();

  private MediaFile(byte[] content) {
    this.content = ByteBuffer.wrap(content);
  }

  /** A file of those bytes. */
  public static MediaFile of(byte[] content) {
    return new MediaFile(content);
  }

  /** The file at a path. */
  public static MediaFile open(Path path) throws IOException {
    return of(Files.readAllBytes(path));
  }

  /** Reads the movie. */
  public Movie movie() {
    MovieReader reader = new MovieReader(size());
    read(reader);
    return reader.movie();
  }

  /** Gives a reader all it wants, in memory that is overwritten once it has taken it. */
  public void read(MovieReader reader) {
    for (List<Span> spans = reader.wanted(); !spans.isEmpty(); spans = reader.wanted()) {
      for (Span span : spans) {
        asked.add(span);
        ByteBuffer lent = ByteBuffer.wrap(bytes(read(span)));
        reader.accept(span.offset(), lent);
        overwrite(lent);
      }
    }
  }

  private static void overwrite(ByteBuffer lent) {
    for (int i = 0; i < lent.capacity(); i++) {
      lent.put(i, (byte) 0x5a);
    }
  }

  /** Its bytes. */
  public int size() {
    return content.limit();
  }

  /** The spans that were asked for. */
  public List<Span> asked() {
    return asked;
  }

  /** A part of it. */
  public ByteBuffer read(Span span) {
    return content.slice(Math.toIntExact(span.offset()), Math.toIntExact(span.length()));
  }

  /** An answer whose parts are of this file. */
  public byte[] bytes(Pieces pieces) {
    ByteBuffer out = ByteBuffer.allocate(Math.toIntExact(pieces.length()));
    for (Piece piece : pieces.list()) {
      switch (piece) {
        case Piece.Made made -> out.put(made.bytes().duplicate());
        case Piece.Range range -> out.put(read(range.span()));
      }
    }
    if (out.hasRemaining()) {
      throw new AssertionError(out.remaining() + " bytes less than " + pieces.length());
    }
    return out.array();
  }

  /** The bytes left in a buffer. */
  public static byte[] bytes(ByteBuffer from) {
    byte[] copy = new byte[from.remaining()];
    from.get(from.position(), copy);
    return copy;
  }
}
