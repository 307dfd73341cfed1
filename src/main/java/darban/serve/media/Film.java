package darban.serve.media;

import darban.flow.OpenFile;
import darban.http.Etag;
import darban.media.MalformedMedia;
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
import java.util.ArrayList;
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
   * @param texts of all subtitles beside it; empty for "whichever"
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

  /**
   * A film.
   *
   * @param recording as players stream it
   * @param faststart the file with its head in front; empty where it is there anyway
   */
  record Playable(Stamp stamp, Recording recording, Optional<Faststart> faststart, long weight)
      implements Film {}

  /**
   * A file that is no film.
   *
   * @param why in a sentence for people
   */
  record Broken(Stamp stamp, String why) implements Film {
    @Override
    public long weight() {
      return EMPTY;
    }
  }

  /** A film of one picture only, a tenth into it: beginnings are black. Empty if it has none. */
  default Optional<Pieces> still() {
    return this instanceof Playable(Stamp _, Recording recording, Optional<Faststart> _, long _)
        ? recording.still(recording.millis() / 10)
        : Optional.empty();
  }

  /** The file with its head in front; empty where it is as good as it is. */
  default Optional<Faststart> inFront() {
    return this instanceof Playable playable ? playable.faststart : Optional.empty();
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

  /** Reads a film of files that show the same. */
  static Film read(
      List<OpenFile> files, Stamp stamp, List<Recording.Text> texts, LibraryConfig config)
      throws IOException {
    try {
      List<MovieReader> readers = new ArrayList<>();
      for (OpenFile file : files) {
        MovieReader reader = new MovieReader(file.size(), LIMITS);
        for (List<Span> spans = reader.wanted(); !spans.isEmpty(); spans = reader.wanted()) {
          for (Span span : spans) {
            reader.accept(span.offset(), bytes(file, span));
          }
        }
        readers.add(reader);
      }
      return of(readers, stamp, texts, config);
    } catch (MalformedMedia wrong) {
      return new Broken(stamp, wrong.getMessage());
    }
  }

  /** The film of readers that want nothing more. */
  static Playable of(
      List<MovieReader> readers, Stamp stamp, List<Recording.Text> texts, LibraryConfig config) {
    List<Movie> movies = readers.stream().map(MovieReader::movie).toList();
    Recording recording = Recording.of(movies, texts, config.options());
    Optional<Faststart> faststart =
        config.faststart() && readers.size() == 1
            ? Optional.of(readers.getFirst().faststart(0)).filter(Faststart::moves)
            : Optional.empty();
    long made = faststart.map(Faststart::weight).orElse(0L);
    long tables = movies.stream().mapToLong(Movie::weight).sum();
    return new Playable(stamp, recording, faststart, EMPTY + tables + made + weight(texts));
  }

  private static long weight(List<Recording.Text> texts) {
    return texts.stream()
        .flatMap(text -> text.subtitles().cues().stream())
        .mapToLong(cue -> 100 + 2L * cue.text().length())
        .sum();
  }

  /** Bytes of a file, which must be there. */
  static ByteBuffer bytes(OpenFile file, Span span) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(span.length()));
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
