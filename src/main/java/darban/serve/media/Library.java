package darban.serve.media;

import darban.base.Failure;
import darban.flow.Loop;
import darban.media.Span;
import darban.media.recording.Recording;
import darban.observe.Title;
import darban.observe.Titles;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A library as it runs: what was learned of its films, each read once however many ask for it. Any
 * thread; it holds memory only, so nobody closes it.
 */
public final class Library {
  private static final Logger LOG = Logger.getLogger("darban");

  private static final int FILMS_AT_ONCE = 8;

  /** For films' heads, which have some megabytes; two of the largest of {@link Film#LIMITS}. */
  private static final long ROOM_FOR_FILMS = 128 << 20;

  private static final int TEXTS_AT_ONCE = 8;

  /** For the subtitles beside films, and the lists of what there is beside them. */
  private static final long ROOM_FOR_TEXTS = 64 << 20;

  private static final int MAKINGS_AT_ONCE = 8;

  /** For segments that are encrypted or muxed: two of some minutes at 8 Mbit/s. */
  private static final long ROOM_FOR_MAKINGS = 128 << 20;

  private final String name;
  private final LibraryConfig config;
  private final Shelf shelf;
  private final Facts facts = new Facts();
  private final OriginSets sets;
  private final Posters posters;
  private final Turns filmTurns = new Turns(FILMS_AT_ONCE, ROOM_FOR_FILMS);
  private final Reads<Film> reads = new Reads<>(filmTurns);
  private final Reads<Facts.Known> looks = new Reads<>(filmTurns);
  private final Turns textTurns = new Turns(TEXTS_AT_ONCE, ROOM_FOR_TEXTS);
  private final Reads<List<String>> beside = new Reads<>(textTurns);
  private final Reads<Product> makings =
      new Reads<>(new Turns(MAKINGS_AT_ONCE, ROOM_FOR_MAKINGS), Product::shared);
  private final Reads<OriginTexts> texts = new Reads<>(textTurns);
  private final Titles<String, Title> films = new Titles<>((film, nanos) -> new Title(nanos));

  /** A library of that name in the configuration. */
  public Library(String name, LibraryConfig config) {
    this.name = name;
    this.config = config;
    this.shelf = new Shelf(config.memory());
    this.sets = new OriginSets(config.browsing().listing().sizes());
    this.posters = new Posters(config.browsing().posters() ? ffmpeg() : Optional.empty());
  }

  private static Optional<Path> ffmpeg() {
    return Posters.program("ffmpeg", String.valueOf(System.getenv("PATH")));
  }

  /** What pages tell of its files. */
  Facts facts() {
    return facts;
  }

  /** Which of its files behind an origin show the same. */
  OriginSets sets() {
    return sets;
  }

  /** Pictures of its films. */
  Posters posters() {
    return posters;
  }

  /** Its name in the configuration. */
  public String name() {
    return name;
  }

  /** Its films that are watched, by their paths inside it. */
  public Titles<String, Title> films() {
    return films;
  }

  /** What it was made of. */
  public LibraryConfig config() {
    return config;
  }

  /** The film, if it is known. */
  @Nullable Film known(String key, Film.Stamp stamp) {
    return shelf.get(key, stamp);
  }

  /**
   * The film, got by {@code reader} unless it is known or being read already; told on {@code loop},
   * where {@code reader} begins.
   *
   * @param leaving takes who is to hear that the one who asks has left
   */
  Future<Film> film(
      Loop loop,
      Consumer<Consumer<Failure>> leaving,
      Asked asked,
      Function<Turns.Turn, Future<Film>> reader) {
    Film known = shelf.get(asked.key, asked.stamp);
    return known != null
        ? Future.succeededFuture(known)
        : reads.of(
            loop,
            leaving,
            asked.key + '\n' + asked.stamp,
            turn -> reader.apply(turn).onSuccess(film -> keep(asked.key, film)));
  }

  /** A film by its key, in a state. */
  record Asked(String key, Film.Stamp stamp) {}

  /** A file to be looked at, by its path, in a state. */
  record Look(String path, String stamp) {}

  /** What pages tell of a file; as {@link #film}. */
  Future<Facts.Known> facts(
      Loop loop,
      Consumer<Consumer<Failure>> leaving,
      Look look,
      Function<Turns.Turn, Future<Facts.Known>> reader) {
    Facts.Known known = facts.get(look.path, look.stamp);
    return known != null
        ? Future.succeededFuture(known)
        : looks.of(
            loop,
            leaving,
            look.path + '\n' + look.stamp,
            turn -> reader.apply(turn).onSuccess(read -> facts.put(look.path, read)));
  }

  /** Keeps a film with subtitles in the place of the one without. */
  Film keptWith(String key, Film.Playable film, Film.Stamp state, List<Recording.Text> texts) {
    Film with = film.with(state, texts);
    keep(key, with);
    return with;
  }

  /**
   * The film with its file's head in front, got by {@code mover} unless somebody has it moved
   * already, and kept for those who ask next, if there is room; told on {@code loop}, where {@code
   * mover} begins with room for the head. Where nothing is to be moved, the film as it is.
   *
   * @param leaving takes who is to hear that the one who asks has left
   */
  Future<Film> inFront(
      Loop loop, Consumer<Consumer<Failure>> leaving, String key, Film film, Mover mover) {
    if (!(film instanceof Film.Playable playable) || playable.isAsGoodAsItIs()) {
      return Future.succeededFuture(film);
    }
    Span head = playable.faststart().orElseThrow().place();
    return reads.of(
        loop,
        leaving,
        key + "\nin front\n" + film.stamp(),
        turn ->
            turn.room(head.length())
                .compose(room ->
                    mover
                        .bytes(turn, head, room.take(head.length()))
                        .compose(bytes ->
                            OriginReading.blocking(loop, () -> (Film) playable.moved(bytes)))
                        .onComplete(done -> room.close()))
                .onSuccess(moved -> keepIfRoom(key, moved)));
  }

  /** Reads the head that is to be moved. */
  interface Mover {
    /** The bytes of a part of the file, into memory for as many. */
    Future<ByteBuffer> bytes(Turns.Turn turn, Span head, ByteBuffer into);
  }

  /** Work on a worker thread that holds so many bytes of subtitles, once there is room for them. */
  <T> Future<T> reading(Loop loop, long bytes, Callable<T> work) {
    if (bytes == 0) {
      return OriginReading.blocking(loop, work);
    }
    Promise<T> told = loop.context().promise();
    textTurns.lineUp(
        loop,
        turn ->
            turn.room(bytes)
                .compose(
                    room -> OriginReading.blocking(loop, work).onComplete(done -> room.close()))
                .onComplete(done -> {
                  turn.over();
                  told.handle(done);
                }));
    return told.future();
  }

  /**
   * What is made of a film in memory as a whole, once for all who ask for it meanwhile; told on
   * {@code loop}, to be let go of by whoever is told. It counts while it is made; then it is an
   * answer as any other.
   *
   * @param leaving takes who is to hear that the one who asks has left
   * @param key of the film
   * @param name of what is made
   */
  Future<Product> made(
      Loop loop, Consumer<Consumer<Failure>> leaving, String key, String name, Making making) {
    Offer offer = making.offer();
    long length = Offer.inMemory(offer.pieces().length());
    return makings.of(
        loop,
        leaving,
        key + '\n' + name + '\n' + offer.etag(),
        turn ->
            // What is read, and what it becomes.
            turn.room(2 * length)
                .compose(room ->
                    making
                        .read(turn, room.take(length))
                        .compose(bytes -> OriginReading.blocking(loop, () -> offer.made(bytes)))
                        .onComplete(done -> room.close())));
  }

  /** What is to be made in memory. */
  interface Making {
    /** What it is made by. */
    Offer offer();

    /** All that it is made of, into memory for as much. */
    Future<ByteBuffer> read(Turns.Turn turn, ByteBuffer into);
  }

  /** What lies in a folder behind an origin, asked for once by all who want to know it. */
  Future<List<String>> beside(
      Loop loop, String folder, Function<Turns.Turn, Future<List<String>>> reader) {
    // It is a page; nobody need take back that he asked for it.
    return beside.of(loop, listener -> {}, folder, reader);
  }

  /** Subtitles behind an origin; as {@link #film}, but that they are not kept. */
  Future<OriginTexts> texts(
      Loop loop,
      Consumer<Consumer<Failure>> leaving,
      String name,
      Function<Turns.Turn, Future<OriginTexts>> reader) {
    return texts.of(loop, leaving, name, reader);
  }

  private void keepIfRoom(String key, Film moved) {
    if (moved.weight() <= config.memory()) {
      shelf.put(key, moved);
    }
  }

  private void keep(String key, Film film) {
    shelf.put(key, film);
    if (film instanceof Film.Broken broken) {
      LOG.log(Level.WARNING, "media " + name + ": " + key + " cannot be played: " + broken.why());
    }
  }
}
