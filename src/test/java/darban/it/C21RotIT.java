package darban.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.testkit.Await;
import darban.testkit.DarbanProcess;
import darban.testkit.Noise;
import darban.testkit.ObjectClient;
import darban.testkit.ObjectClient.Outcome;
import darban.testkit.ObjectClient.Tally;
import darban.testkit.ObjectOrigin;
import darban.testkit.Ports;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever happens to the files of the cache, every byte that is served is right. */
class C21RotIT {
  private static final int EACH = 40;
  private static final int SMALL = 100;
  private static final int BLOCK = 4096;

  @TempDir Path folder;
  private final Random random = new Random(21);
  private final int port = Ports.free();

  private DarbanProcess start(ObjectOrigin origin) throws Exception {
    return DarbanProcess.start(
        folder,
        """
        listeners: { plain: { address: "127.0.0.1:%d" } }
        sites: { "*": { routes: [ { service: objects } ] } }
        services: { objects: { servers: [ "http://127.0.0.1:%d" ] } }
        cache:
          memory: 16MB
          memory-object: 128KiB
          slice: 64KiB
          disk: { path: cache, size: 1GB }
        admin: { address: "127.0.0.1:0" }
        log: { access: off }
        """
            .formatted(port, origin.port()));
  }

  /** Each gets a kind of damage of its own. */
  private enum Damage {
    NONE,
    FLIPPED_BITS,
    ZEROS,
    CUT_IN_HALF,
    SWAPPED,
    DELETED
  }

  private final Map<Damage, List<String>> large = new HashMap<>();
  private final List<String> small = new ArrayList<>();
  private final List<String> all = new ArrayList<>();

  private void name() {
    int number = 0;
    for (Damage damage : Damage.values()) {
      List<String> names = new ArrayList<>();
      for (int i = 0; i < EACH; i++) {
        String kind = i % 3 == 0 ? "none" : i % 3 == 1 ? "weak" : "strong";
        names.add("/" + kind + "/" + number++ + "/" + (70_000 + random.nextInt(400_000)));
      }
      large.put(damage, names);
      all.addAll(names);
    }
    for (int i = 0; i < SMALL; i++) {
      small.add("/weak/" + number++ + "/" + random.nextInt(40_000));
    }
    all.addAll(small);
  }

  private void fill(ObjectOrigin origin) throws Exception {
    try (DarbanProcess darban = start(origin);
        ObjectClient client = new ObjectClient(darban.address("plain"))) {
      Tally first = client.getAll(all);
      assertEquals(all.size(), first.count(Outcome.FETCHED), first::toString);
      awaitStored(darban);
      assertEquals(0, darban.stop());
    }
  }

  private void awaitStored(DarbanProcess darban) throws Exception {
    Await.until(
        Duration.ofSeconds(60),
        () -> darban.metric("darban_cache_entries", "disk") == all.size(),
        () -> darban.admin("/metrics"));
  }

  /** Everything is right, by whatever way; the second time out of the cache. */
  private void assertAllRight(DarbanProcess darban, String after) throws Exception {
    try (ObjectClient client = new ObjectClient(darban.address("plain"))) {
      Tally first = client.getAll(all);
      double damaged = darban.metric("darban_cache_damaged_total", "disk");
      awaitStored(darban);
      Tally second = client.getAll(all);
      System.out.printf(
          "rot: %s: first %s, then %s; %.0f found damaged%n", after, first, second, damaged);
      for (Tally each : List.of(first, second)) {
        assertEquals(0, each.count(Outcome.WRONG), after);
        assertEquals(0, each.count(Outcome.FAILED), after);
      }
      assertEquals(all.size(), second.count(Outcome.HIT), after);
    }
  }

  private List<Path> files(String under) throws IOException {
    try (var files = Files.walk(folder.resolve("cache").resolve(under))) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  // Bodies

  @Test
  void bodiesAndRecords_damagedBetweenStopAndStart_areFetchedAnew() throws Exception {
    name();
    try (ObjectOrigin origin = new ObjectOrigin()) {
      fill(origin);
      int before = origin.requests();
      damageBodies();
      for (Path segment : files("segments")) {
        for (int i = 0; i < 20; i++) {
          flip(segment, random.nextLong(Files.size(segment)));
        }
      }
      try (DarbanProcess darban = start(origin)) {
        assertAllRight(darban, "damaged bodies and records");
        int damaged = 5 * EACH;
        double found = darban.metric("darban_cache_damaged_total", "disk");
        assertTrue(found >= damaged, found + " found of more than " + damaged);
        int fetched = origin.requests() - before;
        assertTrue(fetched >= damaged && fetched < 3 * damaged, fetched + " fetched");
        assertEquals(0, darban.stop());
      }
    }
  }

  private void damageBodies() throws IOException {
    Map<String, Path> byName = new HashMap<>();
    for (Path each : files("bodies")) {
      byName.put(nameOf(each), each);
    }
    for (Map.Entry<Damage, List<String>> kind : large.entrySet()) {
      List<Path> bodies = kind.getValue().stream().map(byName::get).toList();
      for (int i = 0; i < bodies.size(); i++) {
        damage(kind.getKey(), bodies.get(i), bodies.get(i ^ 1), lengthOf(kind.getValue().get(i)));
      }
    }
  }

  private static int lengthOf(String name) {
    return Integer.parseInt(name.substring(name.lastIndexOf('/') + 1));
  }

  private String nameOf(Path body) throws IOException {
    byte[] start = new byte[64];
    try (var in = Files.newInputStream(body)) {
      assertEquals(start.length, in.readNBytes(start, 0, start.length));
    }
    return all.stream()
        .filter(name -> Noise.is(name, 0, start, start.length))
        .findFirst()
        .orElseThrow();
  }

  private void damage(Damage how, Path body, Path other, int length) throws IOException {
    switch (how) {
      case NONE -> {}
      case FLIPPED_BITS -> flip(body, random.nextLong(length));
      case ZEROS -> zero(body, random.nextLong(length - BLOCK));
      case CUT_IN_HALF -> truncate(body, length / 2);
      case DELETED -> Files.delete(body);
      case SWAPPED -> {
        if (body.compareTo(other) < 0) {
          Path third = folder.resolve("third");
          Files.move(body, third);
          Files.move(other, body, StandardCopyOption.ATOMIC_MOVE);
          Files.move(third, other, StandardCopyOption.ATOMIC_MOVE);
        }
      }
    }
  }

  private static void flip(Path file, long at) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer one = ByteBuffer.allocate(1);
      channel.read(one, at);
      channel.write(one.put(0, (byte) (one.get(0) ^ 16)).rewind(), at);
    }
  }

  private static void zero(Path file, long at) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(BLOCK), at);
    }
  }

  private static void truncate(Path file, long length) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(length);
    }
  }

  // The index and what else lies there

  /** What is done to the folder between a stop and the next start. */
  private interface Mischief {
    void happen() throws IOException;
  }

  @Test
  void index_damagedBetweenStopAndStart_beginsAnewOrGoesOn() throws Exception {
    name();
    try (ObjectOrigin origin = new ObjectOrigin()) {
      fill(origin);
      Map<String, Mischief> all = new java.util.LinkedHashMap<>();
      all.put("a bit of the journal flipped", () -> flip(journal(), 100));
      all.put("a bit of the journal's head flipped", () -> flip(journal(), 9));
      all.put("the journal cut in half", () -> truncate(journal(), Files.size(journal()) / 2));
      all.put("the journal deleted", () -> Files.delete(journal()));
      all.put("the index deleted", this::deleteIndex);
      all.put("heads of segments zero", this::zeroSegments);
      all.put("foreign files", this::addForeignFiles);
      for (Map.Entry<String, Mischief> each : all.entrySet()) {
        each.getValue().happen();
        try (DarbanProcess darban = start(origin)) {
          assertAllRight(darban, each.getKey());
          assertEquals(0, darban.stop());
        }
      }
      assertTrue(files("bodies").size() == large.size() * EACH, "strays are deleted");
    }
  }

  private Path journal() throws IOException {
    return files("index").stream()
        .filter(each -> each.getFileName().toString().startsWith("journal-"))
        .reduce((older, newer) -> Files.exists(newer) ? newer : older)
        .orElseThrow();
  }

  private void deleteIndex() throws IOException {
    for (Path each : files("index")) {
      Files.delete(each);
    }
  }

  private void zeroSegments() throws IOException {
    for (Path each : files("segments")) {
      zero(each, 0);
    }
  }

  private void addForeignFiles() throws IOException {
    Path cache = folder.resolve("cache");
    Files.writeString(cache.resolve("README"), "not ours");
    Files.writeString(cache.resolve("index/journal-x"), "not ours");
    Files.writeString(cache.resolve("segments/99999n"), "not ours");
    Files.writeString(cache.resolve("bodies/00/123"), "not ours");
    Files.writeString(cache.resolve("bodies/00/name with spaces"), "not ours");
    Files.createDirectory(cache.resolve("segments/7m"));
    Files.delete(cache.resolve("lock"));
  }

  // While it runs

  @Test
  void damageWhileItRuns_isFoundByTheScrubber() throws Exception {
    name();
    try (ObjectOrigin origin = new ObjectOrigin();
        DarbanProcess darban = start(origin);
        ObjectClient client = new ObjectClient(darban.address("plain"))) {
      client.getAll(all);
      awaitStored(darban);
      for (Path each : files("bodies").subList(0, EACH)) {
        flip(each, random.nextInt(70_000));
      }
      Await.until(
          Duration.ofMinutes(2),
          () -> darban.metric("darban_cache_damaged_total", "disk") >= EACH,
          () -> darban.admin("/metrics"));
      assertAllRight(darban, "damage while it ran");
      assertEquals(0, darban.stop());
    }
  }
}
