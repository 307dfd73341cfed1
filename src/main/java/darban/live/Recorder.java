package darban.live;

import darban.base.Ticker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Records the streams of a hub into an {@link Archive}. When the disk does not take a segment, it
 * is taken up again later, in the same recording, and what is gone by then is left out. One worker
 * thread at a time; closed by its hub.
 */
final class Recorder {
  /** All recordings that are being made take at most as great a share of what may be. */
  private static final int SHARE = 8;

  private static final Duration SWEEPING = Duration.ofMinutes(10);

  private final HubConfig.Recordings config;
  private final Archive archive;
  private final RecordedTrack.Opening opening;
  private final Ticker ticker;
  private final Map<LiveStream, Tape> tapes = new HashMap<>();
  private boolean unfinished = true;
  private Instant swept = Instant.MIN;

  /** What is recorded of one stream, and how far. */
  private static final class Tape {
    private final Map<Long, Long> next = new HashMap<>();
    private @Nullable Recording recording;
  }

  /** As {@code config} says. */
  Recorder(HubConfig.Recordings config, Ticker ticker, RecordedTrack.Opening opening) {
    this.config = config;
    this.archive = new Archive(config);
    this.ticker = ticker;
    this.opening = opening;
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
    @Nullable IOException failed = unfinished ? tried(null, this::finish) : null;
    for (LiveStream each : List.copyOf(tapes.keySet())) {
      failed = streams.contains(each) ? failed : tried(failed, () -> forget(each));
    }
    for (LiveStream each : streams) {
      Tape tape = tapes.computeIfAbsent(each, any -> new Tape());
      failed = tried(failed, () -> take(each, tape));
    }
    Instant now = ticker.now();
    if (swept.isBefore(now.minus(SWEEPING))) {
      failed = tried(failed, () -> archive.sweep(now, open()));
      swept = now;
    }
    if (failed != null) {
      throw failed;
    }
  }

  /** What is wrong with one stream does not keep another from being recorded. */
  private static @Nullable IOException tried(@Nullable IOException before, Pause.Work work) {
    try {
      work.run();
      return before;
    } catch (IOException disk) {
      return before == null ? disk : before;
    }
  }

  private void finish() throws IOException {
    archive.finish(open().keySet());
    unfinished = false;
  }

  private void forget(LiveStream gone) throws IOException {
    Tape tape = tapes.remove(gone);
    if (tape != null) {
      end(tape);
    }
  }

  private void take(LiveStream stream, Tape tape) throws IOException {
    boolean ended = stream.isEnded();
    Recording into = tape.recording;
    if (into == null && !hasNews(stream, tape)) {
      return;
    }
    Instant now = ticker.now();
    if (into == null) {
      into = new Recording(stream, archive.place(stream.name(), now), now, opening);
      tape.recording = into;
    }
    into.take(tape.next);
    boolean large = into.bytes() > config.size() / SHARE / tapes.size();
    if (ended || large || into.age(now).multipliedBy(SHARE).compareTo(config.age()) > 0) {
      end(tape);
      swept = Instant.MIN;
    }
  }

  private static boolean hasNews(LiveStream stream, Tape tape) {
    return stream.tracks().stream()
        .anyMatch(track -> {
          TrackView view = track.view();
          return view.playable() && view.nextWhole() > tape.next.getOrDefault(track.serial(), 0L);
        });
  }

  private void end(Tape tape) throws IOException {
    Recording over = tape.recording;
    tape.recording = null;
    if (over != null) {
      try (over) {
        over.end();
      } catch (IOException disk) {
        unfinished = true;
        throw disk;
      }
    }
  }

  private Map<Path, Long> open() {
    Map<Path, Long> open = new HashMap<>();
    for (Tape each : tapes.values()) {
      if (each.recording != null) {
        open.put(each.recording.folder(), each.recording.bytes());
      }
    }
    return open;
  }

  /** Records the last of these, and ends all recordings. */
  void close(Collection<LiveStream> streams) throws IOException {
    try {
      take(streams);
    } finally {
      take(List.of());
    }
  }
}
