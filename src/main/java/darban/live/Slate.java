package darban.live;

import darban.flow.Body;
import darban.flow.Loop;
import darban.flow.Sequence;
import darban.media.MalformedMedia;
import darban.media.Piece;
import darban.media.Pieces;
import darban.media.Span;
import darban.media.cmaf.InitSegment;
import darban.media.cmaf.MediaSegment;
import darban.media.hls.Micros;
import darban.media.mp4.Movie;
import darban.media.mp4.MovieReader;
import darban.media.mp4.SampleTable;
import darban.media.mp4.Track;
import darban.media.segment.SegmentPlan;
import darban.media.segment.Segments;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** A short film that is shown again and again while nobody sends. Immutable, any thread. */
public final class Slate {
  private static final long LARGEST = 64L << 20;
  private static final long CHUNK = 400_000;
  private static final int GRID_MILLIS = 1000;
  private static final int HEAD = 256;

  private final List<Segments> tracks;
  private final List<List<Shot>> chunks;
  private final long length;

  /**
   * Some samples.
   *
   * @param start in microseconds
   * @param timescale in which times are written
   * @param bytes with the times of the first showing, as the first of its tracks
   */
  record Shot(long start, int timescale, ByteBuffer bytes) {
    /** Where a box is in the head, which was made here and has only numbers before it. */
    private int at(String type) {
      byte[] head = new byte[Math.min(bytes.limit(), HEAD)];
      bytes.get(0, head);
      return new String(head, StandardCharsets.ISO_8859_1).indexOf(type);
    }

    /** As the track of that number, so much later. */
    ByteBuffer shown(int track, long later) {
      ByteBuffer copy = ByteBuffer.allocate(bytes.limit()).put(bytes.duplicate()).flip();
      copy.putInt(at("tfhd") + 8, track);
      int time = at("tfdt") + 8;
      return copy.putLong(time, copy.getLong(time) + later * timescale / Micros.SECOND);
    }
  }

  private Slate(List<Segments> tracks, ByteBuffer file) {
    this.tracks = tracks;
    this.chunks = tracks.stream().map(track -> chunks(track, file)).toList();
    this.length =
        tracks.stream()
            .mapToLong(each -> Micros.of(each.start(each.count()), each.timescale()))
            .max()
            .orElseThrow();
  }

  /**
   * The film in a file of MP4. Blocks.
   *
   * @throws MalformedMedia when it is none, or one that cannot be shown
   */
  public static Slate read(Path path) throws IOException {
    if (Files.size(path) > LARGEST) {
      throw new MalformedMedia("it is larger than 64 MiB");
    }
    ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(path)).asReadOnlyBuffer();
    MovieReader reader = new MovieReader(file.remaining());
    for (List<Span> wanted = reader.wanted(); !wanted.isEmpty(); wanted = reader.wanted()) {
      for (Span each : wanted) {
        reader.accept(each.offset(), file.slice((int) each.offset(), (int) each.length()));
      }
    }
    Movie movie = reader.movie();
    List<Track> shown =
        Stream.of(first(movie, Track::isVideo), first(movie, Track::isAudio))
            .flatMap(Optional::stream)
            .toList();
    if (shown.isEmpty()) {
      throw new MalformedMedia("there is nothing in it that players of streams know");
    }
    return new Slate(SegmentPlan.of(shown, GRID_MILLIS).all(), file);
  }

  private static Optional<Track> first(Movie movie, Predicate<Track> kind) {
    return movie.tracks().stream()
        .filter(kind)
        .filter(each -> each.codec().isStreamed() && !each.codec().encrypted())
        .filter(each -> each.samples().count() > 0 && !each.samples().mixed())
        .findFirst();
  }

  /** A chunk is about as long as a part, and begins with what can be decoded where it can. */
  private static List<Shot> chunks(Segments track, ByteBuffer file) {
    List<Shot> all = new ArrayList<>();
    SampleTable samples = track.track().samples();
    int first = 0;
    long ticks = 0;
    boolean dependent = false;
    for (SampleTable.Walk at = samples.walk(0); at.sample() < samples.count(); at.next()) {
      boolean full = Micros.of(ticks, track.timescale()) >= CHUNK;
      if (full || (at.isSync() && dependent)) {
        all.add(chunk(track, first, at.sample(), file));
        first = at.sample();
        ticks = 0;
        dependent = false;
      }
      ticks += at.duration();
      dependent |= !at.isSync();
    }
    all.add(chunk(track, first, samples.count(), file));
    return all;
  }

  private static Shot chunk(Segments track, int first, int end, ByteBuffer file) {
    Pieces pieces = MediaSegment.ofSamples(track, first, end, 0);
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(pieces.length()));
    for (Piece each : pieces.list()) {
      switch (each) {
        case Piece.Made(ByteBuffer made) -> bytes.put(made.duplicate());
        case Piece.Range(int any, Span span) ->
            bytes.put(file.slice((int) span.offset(), (int) span.length()));
      }
    }
    long time = track.track().samples().decodeTime(first) + track.decodeShift();
    return new Shot(Micros.of(time, track.timescale()), track.timescale(), bytes.flip());
  }

  /** What is shown, and as which track. */
  record Turn(int track, Shot shot) {}

  /** How long it is, in microseconds. */
  long length() {
    return length;
  }

  /**
   * It again and again, as if it was sent, on {@code loop}; empty where it lacks pictures or sound
   * that are wanted.
   *
   * @param began when it begins, so that all its tracks are shown together
   */
  Optional<Body.Stream> body(Loop loop, boolean pictures, boolean sound, long began) {
    List<Segments> shown = new ArrayList<>();
    List<Turn> turns = new ArrayList<>();
    for (int i = 0; i < tracks.size(); i++) {
      if (tracks.get(i).track().isVideo() ? pictures : sound) {
        shown.add(tracks.get(i));
        int number = shown.size();
        chunks.get(i).forEach(each -> turns.add(new Turn(number, each)));
      }
    }
    if (shown.size() < (pictures ? 1 : 0) + (sound ? 1 : 0)) {
      return Optional.empty();
    }
    turns.sort(Comparator.comparingLong(turn -> turn.shot.start));
    return Optional.of(
        new Sequence(loop, new SlateParts(this, loop, InitSegment.of(shown), turns, began), -1));
  }
}
