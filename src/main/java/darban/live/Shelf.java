package darban.live;

import darban.base.Failure;
import darban.base.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The clips of a stream: files by their names, and a ring of media that is bounded by time and
 * bytes. Any thread; its lock is held for a few instructions, and never while somebody is told
 * something.
 */
final class Shelf {
  /** Names of files; nobody keeps a window of more. */
  private static final int MOST_FILES = 50_000;

  /** Uploads side by side are not in order, but not that far out of it. */
  private static final int OUT_OF_ORDER = 2;

  private final LongSupplier serials;
  private final Ledger ledger = new Ledger();
  private final Map<String, Clip> files = new HashMap<>();
  private final Map<String, Clip> coming = new HashMap<>();
  private final Deque<Clip> ring = new ArrayDeque<>();
  private final Deque<Clip> leaving = new ArrayDeque<>();
  private final Map<String, Long> newest = new HashMap<>();
  private volatile HubConfig config;
  private boolean over;

  /** Nothing yet. */
  Shelf(HubConfig config, LongSupplier serials) {
    this.config = config;
    this.serials = serials;
  }

  void config(HubConfig now) {
    config = now;
  }

  /** Bytes it has on disk. */
  long bytesOnDisk() {
    return ledger.onDisk().get();
  }

  /** Bytes of memory it takes, with those that are read still. */
  long bytes() {
    return ledger.kept().get() + ledger.leaving().get();
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
      clip = new Clip(ledger, file.text(), serials.getAsLong(), declared, nanos);
      if (segment) {
        place(file, clip, nanos);
      } else {
        coming.put(file.text(), clip);
      }
    }
    if (overtaken != null) {
      overtaken.fail(Failure.of(Kind.CONFLICT, "another publisher took the name over"), nanos);
    }
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
      if (newest.size() >= MOST_FILES) {
        newest.clear();
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

  /** A file is complete: it is found from now on, if it was not while it came. */
  void complete(FileName file, Clip clip, long nanos) {
    clip.end(nanos);
    synchronized (this) {
      if (coming.remove(file.text(), clip)) {
        Clip before = files.get(file.text());
        if (file.kind() == FileName.Kind.HEAD && before != null && !before.isSame(clip)) {
          restarted();
        }
        unname(file.text());
        files.put(file.text(), clip);
      }
    }
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
  }

  /** Room for a segment of a track that is cut here. */
  Clip cut(String track, long nanos) {
    Clip clip = new Clip(ledger, "~/" + track, serials.getAsLong(), -1, nanos);
    clip.track();
    synchronized (this) {
      ring.add(clip);
    }
    return clip;
  }

  /** Removes a file; whether there was one. */
  synchronized boolean delete(String file) {
    boolean there = files.containsKey(file);
    unname(file);
    return there;
  }

  // The ring

  /** Whether {@code more} bytes find room. */
  boolean hasRoom(long more) {
    return ledger.kept().get() + more <= config.ring().memory();
  }

  /**
   * Lets the oldest go: what is out of the window, and what takes more than there is.
   *
   * @param more bytes that need room
   * @return whether anything went
   */
  boolean trim(long nanos, long more) {
    long window = config.ring().window().toNanos();
    long memory = config.ring().memory();
    long onDisk = config.ring().disk().map(HubConfig.Disk::size).orElse(0L);
    boolean gone = false;
    synchronized (this) {
      for (Iterator<Clip> each = ring.iterator(); each.hasNext(); ) {
        Clip next = each.next();
        boolean old = nanos - next.touched() > window;
        boolean needed = !hasRoom(more) || ledger.onDisk().get() > onDisk;
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
    shed(memory / 4);
    return gone;
  }

  /** The oldest clips, which are to go to disk so that memory is half empty; held each. */
  synchronized List<Clip> toDisk() {
    long more = ledger.kept().get() - config.ring().memory() / 2;
    List<Clip> oldest = new ArrayList<>();
    for (Iterator<Clip> each = ring.iterator(); each.hasNext() && more > 0; ) {
      Clip next = each.next();
      if (next.isWhole() && !next.isOnDisk() && next.retain()) {
        more -= next.memory();
        oldest.add(next);
      }
    }
    return oldest;
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
  }

  // Finding

  /** A file that is found by this name, held once for the caller; or null. */
  synchronized @Nullable Clip find(String file) {
    Clip clip = files.get(file);
    return clip != null && !clip.isBroken() && clip.retain() ? clip : null;
  }

  /** Whether a file is the next of its series, so that it may come any moment. */
  synchronized boolean isNext(String file) {
    FileName wanted = FileName.of(file);
    Long last = newest.get(wanted.series());
    return last != null && wanted.follows(last) && !over;
  }
}
