package darban.live;

import darban.base.Failure;
import darban.base.Kind;
import darban.media.cmaf.Chunk;
import darban.observe.Audience;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One live stream: its files, the tracks that were found in them, who waits and who watches. Any
 * thread; its lock is held for a few instructions, and never while somebody is told something.
 */
public final class LiveStream {
  private static final int MOST_TRACKS = 64;

  private final String name;
  private final Instant began;
  private final long beganNanos;
  private final LongSupplier serials;
  private final Shelf shelf;
  private final Lists lists = new Lists();
  private final StreamCounters counters;
  private final Waiting waiting;
  private final Map<String, Track> tracks = new TreeMap<>();
  private final Heads heads = new Heads(MOST_TRACKS);
  private final Audience audience = new Audience(100_000);
  private volatile HubConfig config;
  private final Timelines timelines = new Timelines();
  private volatile long active;
  private volatile long heard;
  private Instant numbered;
  private int uploads;
  private boolean over;
  private volatile @Nullable Failure absent;
  private volatile boolean fetched;

  /**
   * Nothing yet.
   *
   * @param began the time of day now
   * @param serials gives numbers that this process gave nobody before, nor those before it
   */
  LiveStream(
      String name,
      Instant began,
      HubConfig config,
      LongSupplier serials,
      StreamCounters counters,
      long nanos) {
    this.name = name;
    this.began = began;
    this.beganNanos = nanos;
    this.numbered = began;
    this.config = config;
    this.serials = serials;
    this.counters = counters;
    this.shelf = new Shelf(config, serials);
    this.waiting = new Waiting(counters::held);
    this.active = nanos;
    this.heard = nanos;
  }

  /** What it is called. */
  public String name() {
    return name;
  }

  /** The time that the numbers of a new track begin with: since then no track of it has gone. */
  synchronized Instant numbered() {
    return numbered;
  }

  /** What is counted of it. */
  public StreamCounters counters() {
    return counters;
  }

  /** Requests that are held. */
  public Waiting waiting() {
    return waiting;
  }

  HubConfig config() {
    return config;
  }

  void config(HubConfig now) {
    config = now;
    shelf.config(now);
  }

  long nextSerial() {
    return serials.getAsLong();
  }

  static Failure notFound() {
    return Failure.of(Kind.NOT_FOUND, "no such file of a live stream");
  }

  /** Bytes came of its publisher, and not of one who stands in for it. */
  void heard(long nanos) {
    heard = nanos;
  }

  /** When bytes came of its publisher last. */
  long heard() {
    return heard;
  }

  /** Whether it has just begun, so that what is not there yet may come. */
  boolean isNew(Instant now) {
    return config.isNew(began, now);
  }

  /** Why there is nothing of it, if there is not; null while something may come. */
  @Nullable Failure absent(Instant now) {
    return absent != null || fetched || isNew(now) ? absent : notFound();
  }

  /** It is fetched from now on. */
  void fetched() {
    // In this order: whoever looks meanwhile is not told that nothing comes.
    fetched = true;
    absent = null;
  }

  /** It is fetched no more, and why nothing comes. */
  void absent(Failure why) {
    absent = why;
    fetched = false;
    waiting.ring();
  }

  /** Whether anybody publishes it, or did a moment ago. */
  synchronized boolean isFed(long nanos) {
    return nanos - heard < config.takeover().toNanos();
  }

  /** What comes of it, track by track. */
  public List<Feed> feeds() {
    return tracks().stream()
        .map(each -> new Feed(this, each))
        .filter(each -> !each.isOver())
        .toList();
  }

  // Publishing

  /** An upload began; false when the stream was given up meanwhile. */
  synchronized boolean join(long nanos) {
    if (!over) {
      uploads++;
      active = nanos;
    }
    return !over;
  }

  /** An upload is over. */
  synchronized void leave(long nanos) {
    uploads--;
    active = nanos;
  }

  /**
   * A file is to be uploaded: what was under its name is not found any more, if it is a segment.
   *
   * @param declared its bytes, or -1
   */
  Clip begin(FileName file, long declared, long nanos) {
    Clip clip = shelf.begin(file, declared, nanos);
    trim(nanos, 0);
    waiting.ring();
    return clip;
  }

  /** Room for a segment of a track that is cut here. */
  Clip cut(String track, long nanos) {
    Clip clip = shelf.cut(track, nanos);
    trim(nanos, 0);
    return clip;
  }

  /** A file is complete. */
  void complete(FileName file, Clip clip, long nanos) {
    shelf.complete(file, clip, nanos);
    active = nanos;
    if (file.kind() == FileName.Kind.MANIFEST) {
      byte[] bytes = clip.copy(0, Math.min(clip.size(), 1 << 20));
      String text = new String(bytes, StandardCharsets.UTF_8);
      lists.complete(file.text(), text, nanos);
      if (text.contains("#EXT-X-ENDLIST") || text.contains("\"static\"")) {
        tracks().forEach(Track::end);
      }
    }
    waiting.ring();
  }

  /** An upload broke, or its bytes go elsewhere: readers see it, and its name is found no more. */
  void abandon(FileName file, Clip clip, Failure why, long nanos) {
    shelf.abandon(file, clip, why, nanos);
    waiting.ring();
  }

  /** Removes a file; whether there was one. */
  public boolean delete(String file) {
    lists.delete(file);
    return shelf.delete(file);
  }

  /** Makes room for {@code more} bytes; fails when what is under way takes all there is. */
  void room(long more, long nanos) {
    active = nanos;
    if (!shelf.hasRoom(more)) {
      trim(nanos, more);
      if (!shelf.hasRoom(more)) {
        throw Failure.of(Kind.CONTENT_TOO_LARGE, "the stream is larger than its memory");
      }
    }
  }

  private void trim(long nanos, long more) {
    if (shelf.trim(nanos, more)) {
      tracks().forEach(Track::trim);
      forgetTracks(nanos);
    }
  }

  /** A track of which nothing is left is none; what goes before its segments may come again. */
  private synchronized void forgetTracks(long nanos) {
    if (tracks.values().removeIf(Track::isGone)) {
      numbered = began.plusNanos(nanos - beganNanos);
    }
  }

  /** Looked at about twice a second. */
  void tick(long nanos) {
    trim(nanos, 0);
    waiting.ring();
    audience.tick(nanos);
  }

  /** Puts on disk what is to lie there. Blocks. */
  void toDisk(Spool spool) throws IOException {
    List<Clip> clips = shelf.toDisk();
    try {
      for (Clip each : clips) {
        spool.take(each);
      }
    } finally {
      clips.forEach(Clip::release);
    }
  }

  /** Whether nobody has published anything for as long as anything of it is kept. */
  synchronized boolean isIdle(long nanos) {
    return uploads == 0 && nanos - active > config.ring().window().toNanos();
  }

  /** Whether its publisher said that nothing more comes. */
  boolean isEnded() {
    Collection<Track> all = tracks();
    return !all.isEmpty() && all.stream().allMatch(track -> track.view().ended());
  }

  /** It is found no more, and its bytes go when nobody reads them. */
  void close() {
    synchronized (this) {
      over = true;
    }
    shelf.close();
    waiting.close();
  }

  // Finding

  /** A file that is found by this name, held once for the caller; or null. */
  public @Nullable Clip find(String file) {
    return shelf.find(file);
  }

  /** As {@link #find}, for a request that is held: fails when there is none and none will come. */
  public @Nullable Clip findOrNext(String file) {
    Clip clip = find(file);
    if (clip == null && !shelf.isNext(file)) {
      throw notFound();
    }
    return clip;
  }

  /** The publisher's own playlist or manifest, of those whose names end so; or null. */
  @Nullable String list(String ending) {
    return lists.best(ending);
  }

  // Tracks

  /** How its times stood to the time of day. */
  Timelines timelines() {
    return timelines;
  }

  /** The oldest timeline that anything is kept of. */
  long oldestTimeline() {
    return tracks().stream()
        .flatMap(track -> track.view().whole().stream())
        .mapToLong(segment -> segment.timeline.serial())
        .min()
        .orElse(0);
  }

  /** The tracks, in the order of their names. */
  synchronized Collection<Track> tracks() {
    return List.copyOf(tracks.values());
  }

  /** The track of that name; null when there is none. */
  synchronized @Nullable Track track(String id) {
    return tracks.get(id);
  }

  /** The track that is in a file, made if need be. */
  private Track trackOf(FileName file) {
    String id = file.track();
    Track known = tracks.get(id);
    if (known == null) {
      if (tracks.size() >= MOST_TRACKS) {
        tracks.values().removeIf(Track::isEmpty);
      }
      if (tracks.size() >= MOST_TRACKS) {
        throw Failure.of(Kind.CONTENT_TOO_LARGE, "too many tracks in one live stream");
      }
      known = new Track(this, id);
      tracks.put(id, known);
      heads.begun(id);
    }
    return known;
  }

  /** A segment begins in a file: of the track that the file is of. */
  synchronized Begun begin(
      FileName file, LiveSegment.Head head, Chunk chunk, Clip clip, long nowMillis) {
    Track of = trackOf(file);
    of.resume();
    of.head(head);
    clip.track();
    return new Begun(of, of.begin(chunk, clip, nowMillis));
  }

  /** A segment that has begun, and its track. */
  record Begun(Track track, LiveSegment segment) {}

  /** The track that {@code upload} brings in one piece. */
  synchronized Track claim(FileName file, Upload upload, long nanos) {
    Track of = trackOf(file);
    of.claim(upload, nanos);
    return of;
  }

  /** What goes before the segments of a track came in a file of its own. */
  synchronized void head(FileName file, LiveSegment.Head head) {
    heads.put(file.track(), head, tracks.keySet());
  }

  /** How many tracks have a head and nothing else yet. */
  synchronized long coming() {
    return heads.alone() + tracks.values().stream().filter(of -> of.view().isComing()).count();
  }

  /** What goes before the segments of {@code file}: by its name, or for all that have none. */
  synchronized LiveSegment.@Nullable Head headFor(FileName file) {
    return heads.of(file.track());
  }

  // Figures

  /** Who watches. */
  public Audience audience() {
    return audience;
  }

  /**
   * How it does.
   *
   * @param viewers who asked for something of late
   * @param publishers uploads under way
   * @param bytes of memory
   * @param bytesOnDisk of the disk
   * @param silentNanos since bytes came last
   */
  public record Figures(
      String name,
      int viewers,
      int publishers,
      long bytes,
      long bytesOnDisk,
      long silentNanos,
      StreamCounters counters) {}

  synchronized Figures figures(long nanos) {
    return new Figures(
        name,
        audience.size(),
        uploads,
        shelf.bytes(),
        shelf.bytesOnDisk(),
        nanos - heard,
        Objects.requireNonNull(counters));
  }
}
