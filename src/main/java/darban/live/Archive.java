package darban.live;

import darban.media.MalformedMedia;
import darban.media.hls.HlsPlaylist;
import darban.media.hls.MediaPlaylist;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A folder of recordings, {@code FOLDER/STREAM/TIME}: it ends those that a crash left without an
 * end, and removes the oldest. What looks like none is left alone. One worker thread at a time.
 */
final class Archive {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuuMMdd-HHmmss").withZone(ZoneOffset.UTC);
  private static final String NAME = "\\d{8}-\\d{6}(-\\d+)?";
  private static final String END = "#EXT-X-ENDLIST";
  private static final int TAIL = 64;

  private final HubConfig.Recordings config;

  /** As {@code config} says. */
  Archive(HubConfig.Recordings config) {
    this.config = config;
  }

  /** A recording that is there. */
  private record Kept(Path folder, long bytes, Instant modified) {}

  /** Where a recording of {@code stream} may be that begins at {@code now}. */
  Path place(String stream, Instant now) {
    String plain = stream.replaceAll("[^A-Za-z0-9_-]", "_");
    Path of = config.path().resolve(plain.isEmpty() ? "live" : plain);
    Path folder = of.resolve(TIME.format(now));
    for (int i = 2; Files.exists(folder); i++) {
      folder = of.resolve(TIME.format(now) + "-" + i);
    }
    return folder;
  }

  /**
   * Removes the oldest where all take more than they may, and those that are too old.
   *
   * @param open what each takes that is being made; they stay
   */
  void sweep(Instant now, Map<Path, Long> open) throws IOException {
    List<Kept> all = new ArrayList<>();
    for (Path each : recordings()) {
      if (!open.containsKey(each)) {
        all.add(kept(each));
      }
    }
    all.sort(Comparator.comparing(Kept::modified));
    long bytes = all.stream().mapToLong(Kept::bytes).sum();
    bytes += open.values().stream().mapToLong(Long::longValue).sum();
    for (Kept each : all) {
      if (bytes > config.size() || each.modified.plus(config.age()).isBefore(now)) {
        remove(each.folder);
        bytes -= each.bytes;
      }
    }
  }

  private List<Path> recordings() throws IOException {
    List<Path> all = new ArrayList<>();
    for (Path stream : children(config.path())) {
      for (Path each : children(stream)) {
        if (each.getFileName().toString().matches(NAME) && Files.isDirectory(each)) {
          all.add(each);
        }
      }
    }
    return all;
  }

  private static List<Path> children(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
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

  /**
   * Ends the recordings that have no end.
   *
   * @param open those that are being made
   */
  void finish(Set<Path> open) throws IOException {
    for (Path folder : recordings()) {
      for (Path each : open.contains(folder) ? List.<Path>of() : children(folder)) {
        if (each.getFileName().toString().endsWith(Recording.MAKING)) {
          Files.deleteIfExists(each);
        } else if (each.getFileName().toString().endsWith(".m3u8") && !hasEnd(each)) {
          finish(each);
        }
      }
    }
  }

  private static boolean hasEnd(Path playlist) throws IOException {
    if (playlist.endsWith(Recording.ALL)) {
      return true;
    }
    try (RandomAccessFile file = new RandomAccessFile(playlist.toFile(), "r")) {
      byte[] tail = new byte[(int) Math.min(TAIL, file.length())];
      file.seek(file.length() - tail.length);
      file.readFully(tail);
      return new String(tail, StandardCharsets.UTF_8).contains(END);
    }
  }

  /** What was told of it is played, as far as it lies on disk. */
  private static void finish(Path playlist) throws IOException {
    MediaPlaylist told;
    try {
      told = MediaPlaylist.of(HlsPlaylist.read(ByteBuffer.wrap(Files.readAllBytes(playlist))));
    } catch (MalformedMedia torn) {
      // It is none of ours, or no player could do anything with it.
      return;
    }
    RecordedTrack.finish(playlist, told.segments());
  }
}
