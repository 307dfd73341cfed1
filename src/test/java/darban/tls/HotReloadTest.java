package darban.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.base.Failure;
import darban.base.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Looks are made by hand here, but in the last test. */
class HotReloadTest {
  @TempDir Path directory;
  private final TestTls test = new TestTls();
  private final List<String> loaded = new ArrayList<>();
  private Path file;
  private HotReload reload;

  /** Two files that must say the same. */
  private final class Pair implements HotReload.Target {
    @Override
    public String title() {
      return "pair";
    }

    @Override
    public List<Path> files() {
      return List.of(file, directory.resolve("other"));
    }

    @Override
    public void reload() throws Failure {
      try {
        String one = Files.readString(files().getFirst());
        if (!one.equals(Files.readString(files().getLast()))) {
          throw Failure.of(Kind.INTERNAL, "no").detailed("they differ: " + one);
        }
        loaded.add(one);
      } catch (IOException unreadable) {
        throw Failure.of(Kind.INTERNAL, "no").detailed("gone");
      }
    }
  }

  @BeforeEach
  void open() throws IOException {
    file = directory.resolve("one");
    write("1", "1");
    reload = new HotReload(test.runtime(Engine.JDK), new Pair());
  }

  @AfterEach
  void close() {
    reload.close();
    test.close();
  }

  private void write(String one, String other) throws IOException {
    Files.writeString(file, one);
    Files.writeString(directory.resolve("other"), other);
  }

  @Test
  void look_nothingChanged_loadsNothing() throws Exception {
    reload.look();
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(60)));
    reload.look();
    reload.look();
    assertEquals(List.of(), loaded);
  }

  @Test
  void look_otherContent_loadedOnce() throws Exception {
    write("2", "2");
    reload.look();
    reload.look();
    assertEquals(List.of("2"), loaded);
    assertEquals("pair: loaded again", TestTls.next(test.notes));
  }

  @Test
  void look_sameSizeAndTimeSoonAfter_changeIsSeenAllTheSame() throws Exception {
    FileTime time = FileTime.from(Instant.now());
    write("2", "2");
    Files.setLastModifiedTime(file, time);
    reload.look();
    write("3", "3");
    Files.setLastModifiedTime(file, time);
    reload.look();
    assertEquals(List.of("2", "3"), loaded);
  }

  @Test
  void look_swappedLinks_loaded() throws Exception {
    // As Kubernetes does: file -> ..data/file, ..data -> a directory that is replaced as a whole.
    Path first = Files.createDirectory(directory.resolve("first"));
    Path second = Files.createDirectory(directory.resolve("second"));
    for (String name : List.of("one", "other")) {
      Files.writeString(first.resolve(name), "1");
      Files.writeString(second.resolve(name), "2");
      Files.delete(directory.resolve(name));
      Files.createSymbolicLink(directory.resolve(name), Path.of("data", name));
    }
    Path data = Files.createSymbolicLink(directory.resolve("data"), first.getFileName());
    reload.look();
    assertEquals(List.of(), loaded);
    Path next = Files.createSymbolicLink(directory.resolve("next"), second.getFileName());
    Files.move(next, data, StandardCopyOption.ATOMIC_MOVE);
    reload.look();
    assertEquals(List.of("2"), loaded);
  }

  @Test
  void look_halfWritten_waitsWithoutAWord() throws Exception {
    write("2", "1");
    reload.look();
    write("2", "2");
    reload.look();
    assertEquals(List.of("2"), loaded);
    assertTrue(test.allWarnings.isEmpty(), test.allWarnings::toString);
  }

  @Test
  void look_brokenContent_reportedOnceAndRecovers() throws Exception {
    write("2", "x");
    for (int i = 0; i < 5; i++) {
      reload.look();
    }
    assertEquals(
        List.of("pair: what was loaded before stays in force: they differ: 2"), test.allWarnings);
    write("3", "x");
    reload.look();
    reload.look();
    reload.look();
    assertEquals(2, test.allWarnings.size());
    write("4", "4");
    reload.look();
    assertEquals(List.of("4"), loaded);
    assertEquals(2, test.allWarnings.size());
  }

  @Test
  void look_missingThenBackAsBefore_stillInForce() throws Exception {
    Files.delete(file);
    reload.look();
    reload.look();
    assertEquals(List.of("pair: what was loaded before stays in force: gone"), test.allWarnings);
    write("1", "1");
    reload.look();
    assertEquals(List.of(), loaded);
    Files.delete(file);
    reload.look();
    reload.look();
    assertEquals(2, test.allWarnings.size());
  }

  @Test
  void timer_change_loadedWithoutBeingAsked() throws Exception {
    HotReload timed = new HotReload(test.runtime(Engine.JDK), new Pair());
    try (timed) {
      timed.start();
      write("2", "2");
      assertEquals("pair: loaded again", TestTls.next(test.notes));
      write("3", "x");
      assertTrue(TestTls.next(test.warnings).endsWith("they differ: 3"));
      write("3", "3");
      assertEquals("pair: loaded again", TestTls.next(test.notes));
    }
  }
}
