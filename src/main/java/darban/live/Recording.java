package darban.live;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What is recorded of a stream, from its start to its end: a folder with a file and a playlist for
 * each track, and one playlist for all. They can be played while they grow. One worker thread at a
 * time; closed by the recorder.
 */
final class Recording implements AutoCloseable {
  /** The playlist of all tracks. */
  static final String ALL = "index.m3u8";

  /** So ends the name of a file that is being written. */
  static final String MAKING = ".new";

  private final LiveStream stream;
  private final Path folder;
  private final Instant began;
  private final RecordedTrack.Opening opening;
  private final Map<Long, RecordedTrack> tracks = new HashMap<>();

  /** In {@code folder}, which is made. */
  Recording(LiveStream stream, Path folder, Instant began, RecordedTrack.Opening opening)
      throws IOException {
    this.stream = stream;
    this.folder = Files.createDirectories(folder);
    this.began = began;
    this.opening = opening;
  }

  Path folder() {
    return folder;
  }

  long bytes() {
    return tracks.values().stream().mapToLong(RecordedTrack::bytes).sum();
  }

  Duration age(Instant now) {
    return Duration.between(began, now);
  }

  /**
   * Takes what has been completed since.
   *
   * @param next numbers of the segments that come next, by the number of their track; they go on
   */
  void take(Map<Long, Long> next) throws IOException {
    for (Track each : stream.tracks()) {
      for (LiveSegment segment : each.view().whole()) {
        if (segment.sequence >= next.getOrDefault(each.serial(), 0L)) {
          track(each).take(segment);
          next.put(each.serial(), segment.sequence + 1);
        }
      }
    }
    boolean behind = false;
    for (RecordedTrack each : tracks.values()) {
      if (each.isBehind()) {
        each.tell(false);
        behind = true;
      }
    }
    if (behind) {
      tellAll();
    }
  }

  private RecordedTrack track(Track of) throws IOException {
    RecordedTrack known = tracks.get(of.serial());
    if (known == null) {
      known = new RecordedTrack(folder, name(of), opening);
      tracks.put(of.serial(), known);
    }
    return known;
  }

  /** A track of the same name that came later has another. */
  private String name(Track of) {
    return (of.id() + ".m3u8").equals(ALL) || Files.exists(folder.resolve(of.id() + ".mp4"))
        ? of.id() + "-" + Names.text(of.serial())
        : of.id();
  }

  private void tellAll() throws IOException {
    Map<String, String> playlists = new HashMap<>();
    for (Track each : stream.tracks()) {
      RecordedTrack track = tracks.get(each.serial());
      if (track != null) {
        playlists.put(each.id(), track.playlist());
      }
    }
    Offer offer = new Offer(stream, playlists);
    if (offer.ready()) {
      replace(folder.resolve(ALL), offer.multivariant(null));
    }
  }

  /** Whoever reads the file gets the old or the new one whole. */
  static void replace(Path file, byte[] bytes) throws IOException {
    Path made = file.resolveSibling(file.getFileName() + MAKING);
    try {
      Files.write(made, bytes);
      Files.move(made, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(made);
    }
  }

  /** Nothing more comes. */
  void end() throws IOException {
    for (RecordedTrack each : tracks.values()) {
      each.tell(true);
    }
    if (tracks.isEmpty()) {
      Files.delete(folder);
    } else {
      tellAll();
    }
  }

  /** Its files are written no more. */
  @Override
  public void close() throws IOException {
    for (RecordedTrack each : List.copyOf(tracks.values())) {
      each.close();
    }
  }
}
