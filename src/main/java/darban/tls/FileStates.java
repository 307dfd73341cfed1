package darban.tls;

import darban.base.Ticker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether the content of some files has changed, at the cost of a {@code stat} for each while
 * they have not. One thread at a time; holds nothing open.
 */
final class FileStates {
  /** A file that was written this recently may be written again without its times showing it. */
  private static final Duration UNSETTLED = Duration.ofSeconds(3);

  /** What the files hold: a digest of each, or why it cannot be read. */
  record Content(List<String> digests) {}

  /** What the directory says of a file; with links followed, so a swapped link is another file. */
  private record Stat(Object file, long size, Instant modified) {
    boolean isSettledAt(Instant now) {
      return modified.plus(UNSETTLED).isBefore(now);
    }
  }

  private record State(Stat stat, String digest) {}

  private final List<Path> files;
  private final Ticker ticker;
  private final Map<Path, State> known = new HashMap<>();

  FileStates(List<Path> files, Ticker ticker) {
    this.files = List.copyOf(files);
    this.ticker = ticker;
  }

  /** Looks at all files. Blocks on them. */
  Content read() {
    List<String> digests = new ArrayList<>();
    for (Path file : files) {
      digests.add(digest(file));
    }
    return new Content(digests);
  }

  private String digest(Path file) {
    try {
      Stat stat = stat(file);
      State last = known.get(file);
      if (last != null && last.stat().equals(stat) && stat.isSettledAt(ticker.now())) {
        return last.digest();
      }
      String digest = sha256(Files.readAllBytes(file));
      known.put(file, new State(stat, digest));
      return digest;
    } catch (IOException unreadable) {
      known.remove(file);
      return unreadable.toString();
    }
  }

  private static Stat stat(Path file) throws IOException {
    BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
    @Nullable Object key = now.fileKey();
    return new Stat(
        key == null ? file.toRealPath() : key, now.size(), now.lastModifiedTime().toInstant());
  }

  private static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
