package darban.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.testkit.Await;
import darban.testkit.Browser;
import darban.testkit.DarbanProcess;
import darban.testkit.ObjectClient;
import darban.testkit.ObjectClient.Outcome;
import darban.testkit.ObjectClient.Tally;
import darban.testkit.ObjectOrigin;
import darban.testkit.Peers;
import darban.testkit.Ports;
import darban.testkit.Program;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A process that is killed leaves nothing wrong behind, and nearly all that it had. */
class C20CrashIT {
  private static final int CYCLES = 5;
  private static final int OBJECTS = 400;
  private static final int LARGE = 8;

  /** What was complete so long before the end, on a busy machine too, was on disk. */
  private static final long COMMITTED_NANOS = Duration.ofSeconds(1).toNanos();

  private static final int LEAST = 60;

  /** No leak detector and no coverage: a killed process could tell neither. */
  private static final String PLAIN = "-Dio.netty.leakDetection.level=disabled";

  private static final String VIDEO = "document.querySelector('video')";
  private static final String AT = VIDEO + ".currentTime";

  @TempDir Path folder;

  /** The same after each start, since it is a part of the URLs. */
  private final int port = Ports.free();

  private DarbanProcess start(ObjectOrigin origin) throws Exception {
    return DarbanProcess.start(
        folder,
        """
        listeners: { plain: { address: "127.0.0.1:%d" } }
        sites: { "*": { routes: [ { service: objects } ] } }
        services: { objects: { servers: [ "http://127.0.0.1:%d" ] } }
        cache: { memory: 8MB, disk: { path: cache, size: 1GB }, slice: 256KiB }
        admin: { address: "127.0.0.1:0" }
        log: { access: off }
        """
            .formatted(port, origin.port()),
        PLAIN);
  }

  @Test
  void killedUnderLoad_servesNothingWrong_andNearlyAllItHad() throws Exception {
    long seed = Long.getLong("darban.seed", System.nanoTime());
    Random random = new Random(seed);
    List<String> objects = new ArrayList<>();
    for (int i = 0; i < OBJECTS; i++) {
      int length = (int) (300 * Math.exp(random.nextDouble() * Math.log(3000)));
      objects.add("/" + (i % 4 == 0 ? "weak" : "strong") + "/" + i + "/" + length);
    }
    Map<String, Long> completed = new ConcurrentHashMap<>();
    try (ObjectOrigin origin = new ObjectOrigin()) {
      for (int cycle = 1; cycle <= CYCLES; cycle++) {
        long began = System.nanoTime();
        try (DarbanProcess darban = start(origin);
            ObjectClient client = new ObjectClient(darban.address("plain"))) {
          Outcome first = client.get(objects.getFirst());
          double seconds = (System.nanoTime() - began) / 1e9;
          assertTrue(first == Outcome.HIT || first == Outcome.FETCHED, first::toString);
          List<String> had = List.copyOf(completed.keySet());
          Tally after = client.getAll(had);
          report(cycle, seconds, after, had.size(), seed);
          assertEquals(0, after.count(Outcome.WRONG), "seed " + seed);
          assertEquals(0, after.count(Outcome.FAILED), "seed " + seed);
          // One in a hundred; and of fewer one, where the disk was slow just then.
          assertTrue(
              after.count(Outcome.HIT) >= Math.floor(0.99 * had.size()),
              after + " of " + had.size());
          loadAndKill(darban, client, objects, completed, random);
        }
      }
    }
  }

  private static void report(int cycle, double seconds, Tally after, int had, long seed) {
    System.out.printf(
        Locale.ROOT,
        "crash %d: first answer %.2f s after the start; %s of %d (seed %d)%n",
        cycle,
        seconds,
        after,
        had,
        seed);
  }

  /** Kills it while objects come in; what was complete some time before must be there again. */
  private static void loadAndKill(
      DarbanProcess darban,
      ObjectClient client,
      List<String> objects,
      Map<String, Long> completed,
      Random random)
      throws Exception {
    AtomicBoolean killed = new AtomicBoolean();
    List<Thread> clients = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      List<String> mine = new ArrayList<>(objects);
      Collections.shuffle(mine, new Random(random.nextLong()));
      clients.add(Thread.ofVirtual().start(() -> load(client, mine, completed, killed)));
    }
    long seed = random.nextLong();
    clients.add(Thread.ofVirtual().start(() -> loadParts(client, new Random(seed), killed)));
    long least = Math.min(committed(completed) + LEAST + random.nextInt(LEAST), objects.size());
    Await.until(
        Duration.ofSeconds(60),
        () -> committed(completed) >= least,
        () -> "only " + completed.size() + " objects came");
    long now = System.nanoTime();
    darban.program().signal("KILL");
    killed.set(true);
    for (Thread each : clients) {
      each.join();
    }
    completed.values().removeIf(when -> when > now - COMMITTED_NANOS);
  }

  private static long committed(Map<String, Long> completed) {
    long now = System.nanoTime();
    return completed.values().stream().filter(when -> when <= now - COMMITTED_NANOS).count();
  }

  private static void load(
      ObjectClient client,
      List<String> objects,
      Map<String, Long> completed,
      AtomicBoolean killed) {
    for (int i = 0; !killed.get(); i++) {
      String path = objects.get(i % objects.size());
      Outcome outcome = client.get(path);
      assertNotEquals(Outcome.WRONG, outcome, path);
      if (outcome != Outcome.FAILED) {
        completed.putIfAbsent(path, System.nanoTime());
      }
    }
  }

  /** Some megabytes each, by parts of any length. */
  private static void loadParts(ObjectClient client, Random random, AtomicBoolean killed) {
    while (!killed.get()) {
      int length = 5_000_000 + random.nextInt(LARGE) * 1_000_000;
      int from = random.nextInt(length);
      int to = Math.min(length, from + 1 + random.nextInt(1_000_000));
      String path = "/strong/" + length + "/" + length;
      assertNotEquals(Outcome.WRONG, client.get(path, from, to), path);
    }
  }

  // Live

  private DarbanProcess live() throws Exception {
    return DarbanProcess.start(
        folder,
        """
        listeners: { plain: { address: "127.0.0.1:%d" } }
        sites: { "*": { routes: [ { match: { path: "/live/*" }, live: cams } ] } }
        live: { cams: { ingest: anyone } }
        log: { access: off }
        """
            .formatted(port),
        PLAIN);
  }

  private Program publish() throws Exception {
    String command =
        Peers.find("ffmpeg", "ffmpeg")
            + " -v error -nostdin -re -f lavfi -i testsrc2=size=160x120:rate=25 -c:v libx264"
            + " -preset ultrafast -tune zerolatency -pix_fmt yuv420p -b:v 100k -g 25 -f mp4"
            + " -movflags +frag_keyframe+empty_moov+default_base_moof -frag_duration 200000"
            + " -method POST http://127.0.0.1:"
            + port
            + "/live/cam/video.cmfv";
    return Program.of(command.split(" ")).in(folder).start();
  }

  private static int status(String url) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpRequest request = HttpRequest.newBuilder(URI.create(url)).build();
      return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    }
  }

  /** Its publisher comes back too, and nobody touches the page, whether it has given up or not. */
  @ParameterizedTest
  @ValueSource(strings = {VIDEO + ".readyState < 3", VIDEO + ".networkState === 0"})
  void killedWhileAStreamIsWatched_itGoesOnInThePage(String until) throws Exception {
    String url = "http://127.0.0.1:" + port + "/live/cam/";
    try (Browser browser = Browser.start(folder.resolve("viewer"))) {
      Browser.Page page = browser.page();
      try (DarbanProcess darban = live();
          Program publisher = publish()) {
        Await.until(Duration.ofSeconds(20), () -> status(url) == 200, () -> "nothing is published");
        page.open(url);
        page.until(AT + " > 5");
        assertTrue(publisher.runs());
        darban.program().signal("KILL");
      }
      page.until(until);
      try (DarbanProcess darban = live();
          Program publisher = publish()) {
        page.until(VIDEO + ".readyState > 2");
        double at = page.number(AT);
        page.until("%s > %f".formatted(AT, at + 3));
        assertTrue(darban.program().runs() && publisher.runs());
      }
    }
  }

  // Purges

  @ParameterizedTest
  @ValueSource(strings = {"url", "tag=t7", "prefix", "all="})
  void killedRightAfterAPurge_itStaysPurged(String what) throws Exception {
    List<String> objects = List.of("/strong/7/1000", "/strong/7/300000", "/weak/7/700000");
    try (ObjectOrigin origin = new ObjectOrigin()) {
      String query;
      try (DarbanProcess darban = start(origin);
          ObjectClient client = new ObjectClient(darban.address("plain"))) {
        client.getAll(objects);
        String url = "http://" + darban.address("plain");
        query = what.equals("url") ? "url=" + url + objects.get(1) : what;
        query = what.equals("prefix") ? "prefix=" + url + "/strong" : query;
        // Something to be written meanwhile.
        Thread busy =
            Thread.ofVirtual()
                .start(() -> {
                  for (int i = 0; client.get("/strong/" + i + "/200000") != Outcome.FAILED; i++) {
                    Thread.onSpinWait();
                  }
                });
        purge(darban, query);
        darban.program().signal("KILL");
        busy.join();
      }
      assertStaysPurged(origin, objects, query);
    }
  }

  private static void purge(DarbanProcess darban, String query) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + darban.address("admin") + "/purge?" + query))
            .POST(HttpRequest.BodyPublishers.noBody())
            .build();
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      assertEquals(200, answer.statusCode(), answer.body());
    }
  }

  private void assertStaysPurged(ObjectOrigin origin, List<String> objects, String query)
      throws Exception {
    try (DarbanProcess darban = start(origin);
        ObjectClient client = new ObjectClient(darban.address("plain"))) {
      for (String each : objects) {
        boolean purged =
            query.startsWith("url=")
                ? query.endsWith(each)
                : !query.startsWith("prefix=") || each.startsWith("/strong");
        assertEquals(purged ? Outcome.FETCHED : Outcome.HIT, client.get(each), each);
      }
    }
  }
}
