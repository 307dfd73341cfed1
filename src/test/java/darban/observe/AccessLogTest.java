package darban.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.observe.LogConfig.Access;
import darban.observe.LogConfig.Format;
import darban.testkit.Await;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccessLogTest {
  private static final Duration SOON = Duration.ofSeconds(10);

  @TempDir Path folder;
  private final List<String> complaints = new CopyOnWriteArrayList<>();

  private static AccessEntry entry(int number) {
    return entry("/" + number);
  }

  private static AccessEntry entry(String target) {
    return new AccessEntry(
        Instant.EPOCH,
        "web",
        "h1",
        "192.0.2.7",
        null,
        "GET",
        "a.example",
        target,
        200,
        0,
        0,
        0,
        -1,
        -1,
        "*",
        "origin",
        "",
        1,
        null,
        null,
        null,
        null,
        null,
        null,
        null);
  }

  private AccessLog open(Path file) throws IOException {
    return new AccessLog(
        new Access(Format.COMMON, Optional.of(file)),
        OutputStream.nullOutputStream(),
        complaints::add);
  }

  private static long lines(Path file) throws IOException {
    return Files.exists(file) ? Files.readAllLines(file).size() : 0;
  }

  @Test
  void close_writesWhatIsLeft_openAppends() throws Exception {
    Path file = folder.resolve("logs/a.log");
    for (int round = 1; round <= 2; round++) {
      try (AccessLog log = open(file)) {
        for (int i = 0; i < 1000; i++) {
          log.log(entry(i));
        }
      }
      assertEquals(1000L * round, lines(file));
    }
    assertEquals(List.of(), complaints);
  }

  @Test
  void reopen_fileMovedAway_goesOnInANewOne() throws Exception {
    Path file = folder.resolve("a.log");
    Path moved = folder.resolve("a.log.1");
    try (AccessLog log = open(file)) {
      log.log(entry(1));
      Await.until(SOON, () -> lines(file) == 1, () -> "no line");
      Files.move(file, moved);
      log.log(entry(2));
      Await.until(SOON, () -> lines(moved) == 2, () -> "no line");
      log.reopen();
      log.log(entry(3));
      Await.until(SOON, () -> lines(file) == 1, () -> "no line");
      assertEquals(2, lines(moved));
    }
  }

  @Test
  void open_impossible_saysSo() throws Exception {
    Path file = Files.writeString(folder.resolve("a"), "").resolve("a.log");
    assertThrows(IOException.class, () -> open(file));
  }

  @Test
  void write_fails_isToldOnce_andCounted() throws Exception {
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("no space left");
          }
        };
    AccessLog log =
        new AccessLog(new Access(Format.COMMON, Optional.empty()), full, complaints::add);
    log.log(entry(1));
    Await.until(SOON, () -> log.dropped() == 1, () -> "not counted");
    log.log(entry(2));
    log.close();
    assertEquals(2, log.dropped());
    assertEquals(List.of("access log cannot be written: no space left"), complaints);
  }

  /** To write costs more than a line, and so does to wake who writes. */
  @Test
  void lines_thatComeTogether_areWrittenTogether() throws Exception {
    List<Integer> writes = new CopyOnWriteArrayList<>();
    OutputStream counting =
        new OutputStream() {
          @Override
          public void write(int b) {
            throw new AssertionError();
          }

          @Override
          public void write(byte[] lines, int from, int length) {
            writes.add(length);
          }
        };
    int sent = 20_000;
    try (AccessLog log =
        new AccessLog(new Access(Format.COMMON, Optional.empty()), counting, complaints::add)) {
      for (int i = 0; i < sent; i++) {
        log.log(entry(i));
      }
    }
    long bytes = 0;
    for (int i = 0; i < sent; i++) {
      bytes += entry(i).line(Format.COMMON).length();
    }
    assertEquals(bytes, writes.stream().mapToInt(Integer::intValue).sum());
    assertTrue(writes.size() < sent / 10, () -> writes.size() + " writes");
  }

  /** Longer than all that is gathered, between others. */
  @Test
  void line_thatIsVeryLong_keepsItsPlace() throws Exception {
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    StringBuilder expected = new StringBuilder();
    try (AccessLog log =
        new AccessLog(new Access(Format.COMMON, Optional.empty()), written, complaints::add)) {
      for (String target : List.of("/1", "/" + "x".repeat(100_000), "/2", "/3")) {
        AccessEntry line = entry(target);
        log.log(line);
        expected.append(line.line(Format.COMMON));
      }
    }
    assertEquals(expected.toString(), written.toString(StandardCharsets.UTF_8));
  }

  @Test
  void log_writerStandsStill_dropsAndNeverWaits() throws Exception {
    CountDownLatch word = new CountDownLatch(1);
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    OutputStream slow =
        new OutputStream() {
          @Override
          public void write(int b) {
            throw new AssertionError();
          }

          @Override
          public void write(byte[] lines, int from, int length) {
            try {
              word.await();
            } catch (InterruptedException stop) {
              Thread.currentThread().interrupt();
            }
            written.write(lines, from, length);
          }
        };
    AccessLog log =
        new AccessLog(new Access(Format.COMMON, Optional.empty()), slow, complaints::add);
    int sent = 100_000;
    for (int i = 0; i < sent; i++) {
      log.log(entry(i));
    }
    assertTrue(log.dropped() > 0);
    word.countDown();
    log.close();
    long lines = written.toString(StandardCharsets.UTF_8).lines().count();
    assertEquals(sent, lines + log.dropped());
  }
}
