package darban.live;

import darban.base.Ticker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Records the streams of a hub, {@code FOLDER/STREAM/TIME}, and removes the oldest recordings where
 * all take more than they may, or are older. One worker thread at a time; closed by its hub.
 */
final class Recorder {
  /** A recording is ended, and another begun, when it takes as great a share of what may be. */
  private static final int SHARE = 8;

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuuMMdd-HHmmss").withZone(ZoneOffset.UTC);
  private static final String NAME = "\\d{8}-\\d{6}(-\\d+)?";

  private final HubConfig.Recordings config;
  private final Ticker ticker;
  private final Map<LiveStream, Tape> tapes = new HashMap<>();

  /** What is recorded of one stream, and how far. */
  private static final class Tape {
    private final Map<Long, Long> next = new HashMap<>();
    private @Nullable Recording recording;
  }

  /** A recording that is there. */
  private record Kept(Path folder, long bytes, Instant modified) {}

  /** As {@code config} says. */
  Recorder(HubConfig.Recordings config, Ticker ticker) {
    this.config = config;
    this.ticker = ticker;
  }

  HubConfig.Recordings config() {
    return config;
  }

  /**
   * Records what has come since.
   *
   * @throws IOException when the disk does not take it: what is whole by then stays
   */
  void take(Collection<LiveStream> streams) throws IOException {
    for (LiveStream each : List.copyOf(tapes.keySet())) {
      if (!streams.contains(each)) {
        Tape gone = tapes.remove(each);
        if (gone != null) {
          end(gone);
        }
      }
    }
    for (LiveStream each : streams) {
      take(each, tapes.computeIfAbsent(each, any -> new Tape()));
    }
  }

  private void take(LiveStream stream, Tape tape) throws IOException {
    boolean ended = stream.isEnded();
    if (tape.recording == null && !hasNews(stream, tape)) {
      return;
    }
    Instant now = ticker.now();
    Recording into = tape.recording;
    if (into == null) {
      into = new Recording(stream, folder(stream.name(), now), now);
      tape.recording = into;
    }
    try {
      into.take(tape.next);
    } catch (IOException full) {
      tape.recording = null;
      into.close();
      throw full;
    }
    boolean large = into.bytes() > config.size() / SHARE;
    if (ended || large || into.age(now).multipliedBy(SHARE).compareTo(config.age()) > 0) {
      end(tape);
      sweep(now);
    }
  }

  private static boolean hasNews(LiveStream stream, Tape tape) {
    return stream.tracks().stream()
        .anyMatch(track -> {
          TrackView view = track.view();
          return view.playable() && view.nextWhole() > tape.next.getOrDefault(track.serial(), 0L);
        });
  }

  private Path folder(String stream, Instant now) {
    String plain = stream.replaceAll("[^A-Za-z0-9_-]", "_");
    Path of = config.path().resolve(plain.isEmpty() ? "live" : plain);
    Path folder = of.resolve(TIME.format(now));
    for (int i = 2; Files.exists(folder); i++) {
      folder = of.resolve(TIME.format(now) + "-" + i);
    }
    return folder;
  }

  private static void end(Tape tape) throws IOException {
    Recording over = tape.recording;
    tape.recording = null;
    if (over != null) {
      try (over) {
        over.end();
      }
    }
  }

  /** Removes the oldest; those that are being made stay. */
  private void sweep(Instant now) throws IOException {
    List<Kept> all = new ArrayList<>();
    for (Path stream : children(config.path())) {
      for (Path each : Files.isDirectory(stream) ? children(stream) : List.<Path>of()) {
        if (each.getFileName().toString().matches(NAME) && !isOpen(each)) {
          all.add(kept(each));
        }
      }
    }
    all.sort(Comparator.comparing(Kept::modified));
    long bytes = all.stream().mapToLong(Kept::bytes).sum();
    for (Kept each : all) {
      if (bytes > config.size() || each.modified.plus(config.age()).isBefore(now)) {
        remove(each.folder);
        bytes -= each.bytes;
      }
    }
  }

  private boolean isOpen(Path folder) {
    return tapes.values().stream()
        .anyMatch(tape -> tape.recording != null && tape.recording.folder().equals(folder));
  }

  private static List<Path> children(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.toList();
    }
  }

  private static Kept kept(Path folder) throws IOException {
    long bytes = 0;
    Instant modified = Files.getLastModifiedTime(folder).toInstant();
    for (Path each : children(folder)) {
      bytes += Files.size(each);
    }
    return new Kept(folder, bytes, modified);
  }

  private static void remove(Path folder) throws IOException {
    for (Path each : children(folder)) {
      if (Files.isRegularFile(each)) {
        Files.delete(each);
      }
    }
    if (children(folder).isEmpty()) {
      Files.delete(folder);
    }
  }

  /** Ends all recordings. */
  void close() throws IOException {
    take(List.of());
  }
}
