package darban.live;

import darban.base.Failure;
import darban.base.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One live stream: files by their names, a ring of media bounded by time and bytes, and the tracks
 * that were found in it. Any thread; its lock is held for a few instructions, and never while
 * somebody is told something.
 */
public final class LiveStream {
  /** Names of files; nobody keeps a window of more. */
  private static final int MOST_FILES = 50_000;

  private static final int MOST_TRACKS = 64;
  private static final int MOST_VIEWERS = 100_000;
  private static final long WATCHING = 15_000_000_000L;

  /** Uploads side by side are not in order, but not that far out of it. */
  private static final int OUT_OF_ORDER = 2;

  private final String name;
  private final long serial;
  private final LongSupplier serials;
  private final Ledger ledger = new Ledger();
  private final StreamCounters counters;
  private final Waiting waiting;
  private final Map<String, Clip> files = new HashMap<>();
  private final Map<String, Clip> coming = new HashMap<>();
  private final Deque<Clip> ring = new ArrayDeque<>();
  private final Deque<Clip> leaving = new ArrayDeque<>();
  private final Map<String, Long> newest = new HashMap<>();
  private final Map<String, Track> tracks = new TreeMap<>();
  private final Map<String, LiveSegment.Head> heads = new HashMap<>();
  private final Map<Integer, Long> viewers = new ConcurrentHashMap<>();
  private volatile HubConfig config;
  private volatile @Nullable Timeline timeline;
  private volatile long active;
  private int uploads;
  private boolean over;

  /**
   * Nothing yet.
   *
   * @param serials gives numbers that this process gave nobody before, nor those before it
   */
  LiveStream(
      String name, HubConfig config, LongSupplier serials, StreamCounters counters, long nanos) {
    this.name = name;
    this.config = config;
    this.serials = serials;
    this.serial = serials.getAsLong();
    this.counters = counters;
    this.waiting = new Waiting(counters);
    this.active = nanos;
  }

  /** What it is called. */
  public String name() {
    return name;
  }

  /** Told apart by it from streams of the same name before it. */
  public long serial() {
    return serial;
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
  }

  long nextSerial() {
    return serials.getAsLong();
  }

  static Failure notFound() {
    return Failure.of(Kind.NOT_FOUND, "no such file of a live stream");
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
    Clip clip;
    Clip overtaken;
    synchronized (this) {
      boolean segment = file.kind() == FileName.Kind.SEGMENT;
      overtaken = (segment ? files : coming).get(file.text());
      if (overtaken != null && overtaken.isOver()) {
        overtaken = null;
      } else if (overtaken != null && nanos - overtaken.touched() < config.takeover().toNanos()) {
        throw Failure.of(Kind.CONFLICT, "somebody uploads this file already");
      }
      if (files.size() + coming.size() >= MOST_FILES) {
        throw Failure.of(Kind.CONTENT_TOO_LARGE, "too many files in one live stream");
      }
      clip = new Clip(ledger, file.text(), nextSerial(), declared, nanos);
      if (segment) {
        place(file, clip, nanos);
      } else {
        coming.put(file.text(), clip);
      }
    }
    if (overtaken != null) {
      overtaken.fail(Failure.of(Kind.CONFLICT, "another publisher took the name over"), nanos);
    }
    trim(nanos, 0);
    waiting.ring();
    return clip;
  }

  private void place(FileName file, Clip clip, long nanos) {
    Clip before = files.get(file.text());
    if (file.number() >= 0) {
      long most = newest.getOrDefault(file.series(), -1L);
      boolean again = before != null && before.isWhole();
      if (again || file.number() < most - OUT_OF_ORDER) {
        refuseRival(file, nanos);
        restarted();
      }
      newest.merge(file.series(), file.number(), Math::max);
    }
    unname(file.text());
    files.put(file.text(), clip);
    ring.add(clip);
  }

  /** An encoder that begins anew is not taken for one while another is at it. */
  private void refuseRival(FileName file, long nanos) {
    long takeover = config.takeover().toNanos();
    for (Clip each : ring) {
      boolean active = !each.isOver() && nanos - each.touched() < takeover;
      if (active && FileName.of(each.name()).series().equals(file.series())) {
        throw Failure.of(Kind.CONFLICT, "somebody publishes files of these names already");
      }
    }
  }

  /**
   * The encoder begins anew, and will use its names again: nothing that has them already is found
   * any more, so that nobody gets old bytes for new ones. What tracks hold has other names too.
   */
  private void restarted() {
    for (Clip each : List.copyOf(ring)) {
      if (each.isOver()) {
        unname(each.name());
      }
    }
    newest.clear();
  }

  /** A name is found no more; its bytes are, where a track holds them. */
  private void unname(String file) {
    Clip clip = files.remove(file);
    if (clip != null && !clip.isTracked()) {
      ring.remove(clip);
      giveUp(clip);
    }
  }

  private void giveUp(Clip clip) {
    clip.giveUp();
    if (clip.isHeld()) {
      leaving.add(clip);
    }
  }

  /** A file is complete. */
  void complete(FileName file, Clip clip, long nanos) {
    clip.end(nanos);
    synchronized (this) {
      active = nanos;
      if (coming.remove(file.text(), clip)) {
        Clip before = files.get(file.text());
        if (file.kind() == FileName.Kind.HEAD && before != null && !before.isSame(clip)) {
          restarted();
        }
        unname(file.text());
        files.put(file.text(), clip);
      }
    }
    if (file.kind() == FileName.Kind.MANIFEST && says(clip, "#EXT-X-ENDLIST", "\"static\"")) {
      tracks().forEach(Track::end);
    }
    waiting.ring();
  }

  private static boolean says(Clip manifest, String... words) {
    byte[] bytes = manifest.copy(0, Math.min(manifest.size(), 1 << 20));
    String text = new String(bytes, java.nio.charset.StandardCharsets.UTF_8);
    return Arrays.stream(words).anyMatch(text::contains);
  }

  /** An upload broke, or its bytes go elsewhere: readers see it, and its name is found no more. */
  void abandon(FileName file, Clip clip, Failure why, long nanos) {
    clip.fail(why, nanos);
    synchronized (this) {
      if (coming.remove(file.text(), clip)) {
        giveUp(clip);
      } else if (files.get(file.text()) == clip) {
        unname(file.text());
      }
    }
    waiting.ring();
  }

  /** Room for a segment of a track that is cut here. */
  Clip cut(String track, long nanos) {
    Clip clip = new Clip(ledger, "~/" + track, nextSerial(), -1, nanos);
    clip.track();
    synchronized (this) {
      ring.add(clip);
    }
    trim(nanos, 0);
    return clip;
  }

  /** Removes a file; whether there was one. */
  public boolean delete(String file) {
    synchronized (this) {
      boolean there = files.containsKey(file);
      unname(file);
      return there;
    }
  }

  // The ring

  /** Makes room for {@code more} bytes; fails when what is under way takes all there is. */
  void room(long more, long nanos) {
    active = nanos;
    if (ledger.kept().get() + more > config.ring().memory()) {
      trim(nanos, more);
      if (ledger.kept().get() + more > config.ring().memory()) {
        throw Failure.of(Kind.CONTENT_TOO_LARGE, "the stream is larger than its memory");
      }
    }
  }

  /** Lets the oldest go: what is out of the window, and what takes more than there is. */
  void trim(long nanos, long more) {
    long window = config.ring().window().toNanos();
    long memory = config.ring().memory();
    boolean gone = false;
    synchronized (this) {
      for (Iterator<Clip> each = ring.iterator(); each.hasNext(); ) {
        Clip next = each.next();
        boolean old = nanos - next.touched() > window;
        boolean needed = ledger.kept().get() + more > memory;
        if (next.isOver() && !(old || needed)) {
          break;
        }
        if (next.isOver()) {
          each.remove();
          files.remove(next.name(), next);
          giveUp(next);
          gone = true;
        }
      }
      leaving.removeIf(clip -> !clip.isHeld());
    }
    if (gone) {
      tracks().forEach(Track::trim);
    }
    shed(memory / 4);
  }

  /** Viewers who read what is not found any more may hold only so much. */
  private void shed(long most) {
    List<Clip> slow = new ArrayList<>();
    synchronized (this) {
      if (ledger.leaving().get() > most) {
        slow.addAll(leaving);
      }
    }
    for (Clip each : slow) {
      each.cut(Failure.of(Kind.OVERLOADED, "too slow for a live stream"));
    }
  }

  /** Looked at about twice a second. */
  void tick(long nanos) {
    trim(nanos, 0);
    waiting.ring();
    viewers.values().removeIf(seen -> nanos - seen > WATCHING);
  }

  /** Whether nobody has published anything for as long as anything of it is kept. */
  synchronized boolean isIdle(long nanos) {
    return uploads == 0 && nanos - active > config.ring().window().toNanos();
  }

  /** It is found no more, and its bytes go when nobody reads them. */
  void close() {
    List<Clip> all;
    synchronized (this) {
      over = true;
      all = new ArrayList<>(ring);
      files.values().stream().filter(clip -> !all.contains(clip)).forEach(all::add);
      all.addAll(coming.values());
      files.clear();
      coming.clear();
      ring.clear();
    }
    all.forEach(Clip::giveUp);
    waiting.ring();
  }

  // Finding

  /** A file that is found by this name, held once for the caller; or null. */
  public @Nullable Clip find(String file) {
    synchronized (this) {
      Clip clip = files.get(file);
      return clip != null && !clip.isBroken() && clip.retain() ? clip : null;
    }
  }

  /** As {@link #find}, for a request that is held: fails when there is none and none will come. */
  public @Nullable Clip findOrNext(String file) {
    Clip clip = find(file);
    if (clip == null && !isNext(file)) {
      throw notFound();
    }
    return clip;
  }

  /** Whether a file is the next of its series, so that it may come any moment. */
  private synchronized boolean isNext(String file) {
    FileName wanted = FileName.of(file);
    Long last = newest.get(wanted.series());
    return last != null && wanted.follows(last) && !over;
  }

  // Tracks

  @Nullable Timeline timeline() {
    return timeline;
  }

  Timeline newTimeline(long zero, long base) {
    Timeline made = new Timeline(nextSerial(), zero, base);
    timeline = made;
    return made;
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
  synchronized Track trackOf(FileName file) {
    String id = file.track();
    Track known = tracks.get(id);
    if (known == null) {
      if (tracks.size() >= MOST_TRACKS) {
        throw Failure.of(Kind.CONTENT_TOO_LARGE, "too many tracks in one live stream");
      }
      known = new Track(this, id);
      tracks.put(id, known);
    }
    return known;
  }

  /** What goes before the segments of a track came in a file of its own. */
  synchronized void head(FileName file, LiveSegment.Head head) {
    heads.put(file.track(), head);
  }

  /** What goes before the segments of {@code file}: by its name, or for all that have none. */
  synchronized LiveSegment.@Nullable Head headFor(FileName file) {
    LiveSegment.Head own = heads.get(file.track());
    return own != null ? own : heads.get(FileName.MAIN);
  }

  // Figures

  /** Somebody watches. */
  public void seen(int viewer, long nanos) {
    if (viewers.size() < MOST_VIEWERS || viewers.containsKey(viewer)) {
      viewers.put(viewer, nanos);
    }
  }

  /**
   * How it does.
   *
   * @param viewers who asked for something of late
   * @param publishers uploads under way
   * @param bytes of memory
   * @param silentNanos since bytes came last
   */
  public record Figures(
      String name,
      int viewers,
      int publishers,
      long bytes,
      long silentNanos,
      StreamCounters counters) {}

  synchronized Figures figures(long nanos) {
    return new Figures(
        name,
        viewers.size(),
        uploads,
        ledger.kept().get() + ledger.leaving().get(),
        nanos - active,
        Objects.requireNonNull(counters));
  }
}
