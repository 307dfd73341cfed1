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
    return new AccessEntry(
        Instant.EPOCH,
        "web",
        "h1",
        "192.0.2.7",
        null,
        "GET",
        "a.example",
        "/" + number,
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
          public void write(byte[] line) throws IOException {
            try {
              word.await();
            } catch (InterruptedException stop) {
              Thread.currentThread().interrupt();
            }
            written.write(line);
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
