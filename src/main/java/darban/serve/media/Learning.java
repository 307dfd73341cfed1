package darban.serve.media;

import darban.flow.Loop;
import darban.media.MalformedMedia;
import darban.media.Span;
import darban.media.mp4.MovieReader;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;

/**
 * A film that is being read, file by file and span by span, without its subtitles. Event loop; what
 * it is made of is worked out on worker threads.
 */
final class Learning {
  /** The files that it is in. */
  interface Source {
    /** How long they are. */
    List<Long> sizes();

    /** How much room to read that much with. */
    default long room(long wanted) {
      return wanted;
    }

    /**
     * Gives a reader what it wants, and perhaps more that has room.
     *
     * @param number of the file
     */
    Future<?> read(int number, MovieReader reader, Scratch scratch);
  }

  private final Loop loop;
  private final Turns.Turn turn;
  private final Source source;
  private final Film.Stamp stamp;
  private final LibraryConfig config;
  private final List<MovieReader> readers = new ArrayList<>();
  private final Promise<Film> told;

  private Learning(
      Loop loop, Turns.Turn turn, Source source, Film.Stamp stamp, LibraryConfig config) {
    this.loop = loop;
    this.turn = turn;
    this.source = source;
    this.stamp = stamp;
    this.config = config;
    this.told = loop.context().promise();
  }

  /** The film that is in the files of {@code source}, in the state of {@code stamp}. */
  static Future<Film> film(
      Loop loop, Turns.Turn turn, Source source, Film.Stamp stamp, LibraryConfig config) {
    Learning learning = new Learning(loop, turn, source, stamp, config);
    learning.start();
    return learning.told.future();
  }

  private void start() {
    try {
      source.sizes().forEach(size -> readers.add(new MovieReader(size, Film.LIMITS)));
      next();
    } catch (MalformedMedia tooShort) {
      failed(tooShort);
    }
  }

  private void next() {
    int number = 0;
    while (number < readers.size() && readers.get(number).wanted().isEmpty()) {
      number++;
    }
    if (number < readers.size()) {
      read(number);
    } else {
      OriginReading.blocking(loop, () -> Film.of(readers, stamp, config))
          .onSuccess(told::complete)
          .onFailure(this::failed);
    }
  }

  private void read(int number) {
    MovieReader reader = readers.get(number);
    Span span = reader.wanted().getFirst();
    turn.room(source.room(span.length()))
        .compose(scratch ->
            Future.succeededFuture(scratch)
                .compose(room -> source.read(number, reader, room))
                .onComplete(done -> {
                  turn.keeps(readers.stream().mapToLong(MovieReader::kept).sum());
                  scratch.close();
                }))
        .onSuccess(done -> next())
        .onFailure(this::failed);
  }

  private void failed(Throwable why) {
    if (why instanceof MalformedMedia wrong) {
      told.complete(new Film.Broken(stamp, wrong.getMessage()));
    } else {
      told.fail(why);
    }
  }
}
