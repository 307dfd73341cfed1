package darban.serve.media;

import darban.flow.OpenFile;
import darban.http.Etag;
import darban.media.Pieces;
import darban.media.Span;
import darban.media.mp4.Faststart;
import darban.media.mp4.Movie;
import darban.media.mp4.MovieLimits;
import darban.media.mp4.MovieReader;
import darban.media.recording.Recording;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * What was learned of a file: a film, or why it is none. Immutable, any thread; read on worker
 * threads.
 */
sealed interface Film {
  /**
   * Which state of the files it was learned from.
   *
   * @param file of the film
   * @param texts of all subtitles beside it; empty for "whichever", or where none were looked for
   */
  record Stamp(Etag file, Optional<String> texts) {
    /** Whether what was learned in this state is right in the one that was {@code asked} for. */
    boolean fits(Stamp asked) {
      return file.equals(asked.file) && (asked.texts.isEmpty() || texts.equals(asked.texts));
    }
  }

  /** The state of the files. */
  Stamp stamp();

  /** Roughly how many bytes of memory it takes. */
  long weight();

  /** The file with its head in front, if that was made; else it is sent as it is. */
  Optional<Pieces> inFront();

  /**
   * A film.
   *
   * @param recording as players stream it
   * @param faststart how the file is with its head in front; empty where that is there anyway
   * @param inFront the file with its head in front, once somebody asked for it
   */
  record Playable(
      Stamp stamp, Recording recording, Optional<Faststart> faststart, Optional<Pieces> inFront)
      implements Film {
    @Override
    public long weight() {
      return EMPTY + recording.weight() + inFront.map(Pieces::weight).orElse(0L);
    }

    /** The same with subtitles as they were in another state. */
    Playable with(Stamp state, List<Recording.Text> texts) {
      return new Playable(state, recording.with(texts), faststart, inFront);
    }

    /** Whether its file's head is in front, here or in the file itself. */
    boolean isAsGoodAsItIs() {
      return faststart.isEmpty() || inFront.isPresent();
    }

    /** With its head in front, which was made of {@code head}. Worker threads. */
    Playable moved(ByteBuffer head) {
      return new Playable(
          stamp, recording, faststart, faststart.map(moving -> moving.pieces(head)));
    }
  }

  /**
   * A file that is no film.
   *
   * @param why in a sentence for people
   */
  record Broken(Stamp stamp, String why) implements Film {
    @Override
    public Optional<Pieces> inFront() {
      return Optional.empty();
    }

    @Override
    public long weight() {
      return EMPTY;
    }
  }

  /** A film of one picture only, a tenth into it: beginnings are black. Empty if it has none. */
  default Optional<Pieces> still() {
    return this instanceof Playable playable
        ? playable.recording.still(playable.recording.millis() / 10)
        : Optional.empty();
  }

  /** What the smallest weighs. */
  long EMPTY = 4096;

  /**
   * What may be held while a file is read: some ten hours of film, and what a stranger's file can
   * make of it is bearable.
   */
  MovieLimits LIMITS = new MovieLimits(64L << 20, 64L << 20, 8 << 20, 64);

  /** What is read at once. */
  int PIECE = 256 << 10;

  /** The film, without subtitles, of readers that want nothing more. */
  static Playable of(List<MovieReader> readers, Stamp stamp, LibraryConfig config) {
    List<Movie> movies = readers.stream().map(MovieReader::movie).toList();
    Optional<Faststart> faststart =
        config.faststart() && readers.size() == 1
            ? Optional.of(readers.getFirst().faststart(0)).filter(Faststart::moves)
            : Optional.empty();
    Recording recording = Recording.of(movies, List.of(), config.options());
    return new Playable(stamp, recording, faststart, Optional.empty());
  }

  /** Bytes of a file, which must be there. */
  static ByteBuffer bytes(OpenFile file, Span span) throws IOException {
    return bytes(file, span, ByteBuffer.allocate(Math.toIntExact(span.length())));
  }

  /** Bytes of a file, which must be there, into memory for as many. */
  static ByteBuffer bytes(OpenFile file, Span span, ByteBuffer bytes) throws IOException {
    while (bytes.position() < bytes.capacity()) {
      // The JDK keeps as much memory off the heap for the thread as is read at once.
      bytes.limit(Math.min(bytes.position() + PIECE, bytes.capacity()));
      if (file.channel().read(bytes, span.offset() + bytes.position()) < 0) {
        throw new EOFException("the file became shorter");
      }
    }
    return bytes.flip();
  }
}
