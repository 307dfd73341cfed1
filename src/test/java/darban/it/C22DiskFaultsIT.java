package darban.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import darban.testkit.Await;
import darban.testkit.DarbanProcess;
import darban.testkit.ObjectClient;
import darban.testkit.ObjectClient.Outcome;
import darban.testkit.ObjectClient.Tally;
import darban.testkit.ObjectOrigin;
import darban.testkit.Peers;
import darban.testkit.Ports;
import darban.testkit.Program;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A disk that fails while Darban runs: requests go on, nothing wrong is served, the cache says so,
 * and goes on when the disk does. Each has a small file system of its own, which only its Darban
 * sees.
 */
class C22DiskFaultsIT {
  private static final int OBJECTS = 150;
  private static final String CONFIG =
      """
      listeners: { plain: { address: "127.0.0.1:%d" } }
      sites: { "*": { routes: [ { service: objects } ] } }
      services: { objects: { servers: [ "http://127.0.0.1:%d" ] } }
      cache: { memory: 8MB, slice: 64KiB, disk: { path: %s, size: 400MB } }
      admin: { address: "127.0.0.1:0" }
      log: { access: off }
      """;

  /** No reads: the JVM reads its own classes so, and what it cannot read is lost to it for good. */
  private static final String WRITES = "pwrite64,pwritev,fsync,fdatasync";

  @TempDir Path folder;
  private int round;

  /** New objects each time, 30 MB all in all. */
  private List<String> objects() {
    List<String> names = new ArrayList<>();
    round++;
    for (int i = 0; i < OBJECTS; i++) {
      String kind = i % 3 == 0 ? "none" : i % 3 == 1 ? "weak" : "strong";
      names.add("/" + kind + "/" + (round * 1000 + i) + "/" + i * 2700);
    }
    return names;
  }

  private DarbanProcess onTmpfs(ObjectOrigin origin, int mebibytes) throws Exception {
    assumeTrue(Peers.isRoot(), "needs root: file systems are mounted");
    Path cache = Files.createDirectories(folder.resolve("cache"));
    Peers.find("unshare", "util-linux");
    assumeTrue(
        Program.of("unshare", "-m", "true").run().status() == 0,
        "this kernel lets nobody make mount namespaces");
    String mount =
        "mount -t tmpfs -o size=%dm tmpfs '%s' && exec \"$@\"".formatted(mebibytes, cache);
    return DarbanProcess.start(
        List.of("unshare", "-m", "sh", "-c", mount, "sh"),
        folder,
        CONFIG.formatted(Ports.free(), origin.port(), cache));
  }

  /** Runs a command where Darban sees its file system. */
  private static void inside(DarbanProcess darban, String command) throws Exception {
    String pid = Long.toString(darban.program().pid());
    Program.of("nsenter", "-t", pid, "-m", "sh", "-c", command).run().good();
  }

  /** All right, from wherever; the outcome of getting all once more. */
  private Tally assertRequestsGoOn(DarbanProcess darban, String when) throws Exception {
    try (ObjectClient client = new ObjectClient(darban.address("plain"))) {
      List<String> names = objects();
      Tally first = client.getAll(names);
      Tally second = client.getAll(names);
      System.out.println("disk faults: " + when + ": first " + first + ", then " + second);
      for (Tally each : List.of(first, second)) {
        assertEquals(0, each.count(Outcome.WRONG), when);
        assertEquals(0, each.count(Outcome.FAILED), when);
      }
      return second;
    }
  }

  /** Soon most of what comes is stored again. */
  private void awaitStoring(DarbanProcess darban, String when) throws Exception {
    Await.until(
        Duration.ofSeconds(90),
        () -> assertRequestsGoOn(darban, when).count(Outcome.HIT) > OBJECTS / 2,
        () -> darban.admin("/metrics") + darban.program().output());
    assertEquals(1, darban.metric("darban_cache_writable", "disk"));
  }

  @Test
  void diskSmallerThanConfigured_isUsedAsFarAsItGoes() throws Exception {
    try (ObjectOrigin origin = new ObjectOrigin();
        DarbanProcess darban = onTmpfs(origin, 48)) {
      for (int i = 0; i < 3; i++) {
        assertRequestsGoOn(darban, "48 MB of 400");
      }
      double bytes = darban.metric("darban_cache_bytes", "disk");
      assertTrue(bytes > 16e6 && bytes < 48e6, bytes + " bytes on disk");
      assertEquals(1, darban.metric("darban_cache_writable", "disk"));
      assertEquals(0, darban.stop());
    }
  }

  @Test
  void diskFull_thenRoomAgain() throws Exception {
    try (ObjectOrigin origin = new ObjectOrigin();
        DarbanProcess darban = onTmpfs(origin, 64)) {
      String filler = folder.resolve("cache/filler").toString();
      assertRequestsGoOn(darban, "before");
      inside(darban, "dd if=/dev/zero of='" + filler + "' bs=1M count=200 2>/dev/null || true");
      assertRequestsGoOn(darban, "disk full");
      inside(darban, "rm '" + filler + "'");
      awaitStoring(darban, "room again");
      assertTrue(darban.program().output().contains("cannot write to the disk cache"));
      assertTrue(darban.program().output().contains("can be written again"));
      assertEquals(0, darban.stop());
    }
  }

  @Test
  void readOnly_thenWritableAgain() throws Exception {
    try (ObjectOrigin origin = new ObjectOrigin();
        DarbanProcess darban = onTmpfs(origin, 256)) {
      String cache = folder.resolve("cache").toString();
      assertRequestsGoOn(darban, "before");
      // Over the one it has files open in, which would keep that from becoming read-only.
      inside(
          darban, "mount --bind '%1$s' '%1$s' && mount -o remount,bind,ro '%1$s'".formatted(cache));
      assertRequestsGoOn(darban, "read-only");
      // Lazily: a file that is just being read holds it.
      inside(darban, "umount --lazy '" + cache + "'");
      awaitStoring(darban, "writable again");
      assertEquals(0, darban.stop());
    }
  }

  @Test
  void folderDeleted_isMadeAnew() throws Exception {
    try (ObjectOrigin origin = new ObjectOrigin();
        DarbanProcess darban = onTmpfs(origin, 256)) {
      assertRequestsGoOn(darban, "before");
      inside(darban, "rm -rf '" + folder.resolve("cache") + "'/*");
      assertRequestsGoOn(darban, "folder deleted");
      awaitStoring(darban, "made anew");
      inside(darban, "ls '" + folder.resolve("cache") + "'/index/journal-*");
      assertEquals(0, darban.stop());
    }
  }

  @Test
  void everyHundredthWriteFails() throws Exception {
    Peers.find("strace", "strace");
    assumeTrue(
        Program.of("strace", "-o", "/dev/null", "true").run().status() == 0,
        "this kernel lets nobody trace processes");
    try (ObjectOrigin origin = new ObjectOrigin();
        DarbanProcess darban =
            DarbanProcess.start(
                folder, CONFIG.formatted(Ports.free(), origin.port(), folder.resolve("cache")))) {
      assertRequestsGoOn(darban, "before");
      try (Program faults = failEveryHundredth(darban)) {
        for (int i = 0; i < 3; i++) {
          assertRequestsGoOn(darban, "1 % of writes fail");
        }
        assertTrue(faults.runs(), faults.output());
      }
      double errors = darban.metric("darban_cache_errors_total", "disk");
      assertTrue(errors > 0, "nothing failed");
      awaitStoring(darban, "afterwards, " + (int) errors + " errors");
      assertEquals(0, darban.stop());
    }
  }

  /** Every hundredth of a thread's writes fails until what this returns is closed. */
  private Program failEveryHundredth(DarbanProcess darban) throws Exception {
    String pid = Long.toString(darban.program().pid());
    String fault = "inject=" + WRITES + ":error=EIO:when=100+100";
    String trace = folder.resolve("trace").toString();
    Program faults =
        Program.of("strace", "-f", "-p", pid, "-o", trace, "-e", "trace=" + WRITES, "-e", fault)
            .start();
    faults.line("Process " + pid + " attached");
    return faults;
  }
}
