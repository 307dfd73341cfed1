package darban.media.library;

import darban.media.Cursor;
import darban.media.MalformedMedia;
import darban.media.Span;
import darban.media.library.MediaInfo.Container;
import darban.media.library.MediaInfo.TrackInfo;
import darban.media.mp4.Movie;
import darban.media.mp4.MovieLimits;
import darban.media.mp4.MovieReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a library shows of a file that somebody else fetches, by as few spans as will do; used
 * as {@link MovieReader} is. Confined to one thread.
 */
public final class InfoReader {
  private static final int FIRST = 64 << 10;

  private final Source source;
  private final MovieLimits limits;
  private @Nullable Span wanted;
  private @Nullable MovieReader movie;
  private @Nullable MediaInfo info;

  /** A reader of a file of so many bytes. */
  public InfoReader(long fileLength) {
    this(fileLength, MovieLimits.DEFAULT);
  }

  /** A reader of a file of so many bytes, which may be a movie within {@code limits}. */
  public InfoReader(long fileLength, MovieLimits limits) {
    this.limits = limits;
    if (fileLength < 16) {
      throw new MalformedMedia("it is too short for a film or a piece of music");
    }
    this.source = new Source(fileLength);
    this.wanted = new Span(0, Math.min(FIRST, fileLength));
  }

  /** The spans to fetch; empty when {@link #info} is there. */
  public List<Span> wanted() {
    if (info == null && movie != null) {
      return movie.wanted();
    }
    return wanted == null ? List.of() : List.of(wanted);
  }

  /** Takes the bytes of a wanted span, all of them. */
  public void accept(long offset, ByteBuffer bytes) {
    if (movie == null) {
      source.add(offset, bytes);
      read();
    } else {
      movie.accept(offset, bytes);
      movieRead(movie);
    }
  }

  private void read() {
    wanted = null;
    try {
      String magic = source.at(0, 12, "file").text(12, StandardCharsets.ISO_8859_1);
      if (magic.startsWith("fLaC")) {
        info = new FlacInfo(source).read(0);
      } else if (magic.startsWith("OggS")) {
        info = new OggInfo(source).read();
      } else if (magic.startsWith("RIFF") && magic.endsWith("WAVE")) {
        info = new WavInfo(source).read();
      } else if (magic.startsWith("\u001aE\u00df\u00a3")) {
        info = new MatroskaInfo(source).read();
      } else if (magic.startsWith("ID3") || (magic.charAt(0) == 0xff && magic.charAt(1) >= 0xe0)) {
        info = new Mp3Info(source).read();
      } else {
        asMovie();
      }
    } catch (Source.Missing missing) {
      wanted = missing.span();
    }
  }

  /** What is none of the others may be a movie; its own reader tells. */
  private void asMovie() {
    MovieReader reader = new MovieReader(source.length(), limits);
    movie = reader;
    // It begins with what is here already.
    Span first = reader.wanted().getFirst();
    Cursor here = source.at(first.offset(), first.length(), "file");
    reader.accept(first.offset(), here.rest());
    movieRead(reader);
  }

  private void movieRead(MovieReader reader) {
    if (reader.wanted().isEmpty()) {
      info = of(reader.movie());
    }
  }

  /** What a library shows of a movie that has been read. */
  public static MediaInfo of(Movie movie) {
    List<TrackInfo> tracks =
        movie.tracks().stream()
            .map(each ->
                new TrackInfo(
                    each.codec().name(),
                    each.format(),
                    each.labels().language(),
                    each.labels().name(),
                    each.labels().enabled()))
            .toList();
    return new MediaInfo(
        Container.MP4, movie.millis(), tracks, movie.tags(), movie.chapters(), MediaInfo.Cues.NONE);
  }

  /** What was read, once nothing is wanted any more. */
  public MediaInfo info() {
    if (info == null) {
      throw new IllegalStateException("more of the file is wanted");
    }
    return info;
  }
}
