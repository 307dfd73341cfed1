package darban.serve.media;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import darban.observe.Title;
import darban.testkit.Await;
import darban.testkit.Bench;
import darban.testkit.Films;
import darban.testkit.Guard;
import darban.testkit.RawClient;
import darban.testkit.ScriptedOrigin;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What is measured of films, held against what goes over the wire. */
@ExtendWith(Guard.class)
class FilmFiguresOnTheWireTest {
  private static final Duration MOST = Duration.ofSeconds(10);
  private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d+)");
  private static final int HALF = 100_000;

  @TempDir Path temp;
  private Bench bench;
  private String film = "";
  private final AtomicLong served = new AtomicLong();
  private final CompletableFuture<Boolean> rest = new CompletableFuture<>();

  @BeforeEach
  void start() throws Exception {
    Path films = Files.createDirectory(temp.resolve("films"));
    Files.copy(Films.plain(), films.resolve("plain.mp4"));
    Files.writeString(films.resolve("note.txt"), "no film");
    film = new String(Files.readAllBytes(Films.plain()), StandardCharsets.ISO_8859_1);
    bench =
        Bench.yaml(
            """
            listeners: { plain: { address: "127.0.0.1:0" } }
            sites:
              "*":
                routes:
                  - { match: { path: "/near/*" }, media: near }
                  - { match: { path: "/far/*" }, media: far }
            media: { near: { root: "%s" }, far: { root: "http://ORIGIN/films/" } }
            cache: { memory: 16MB, disk: { path: cache, size: 64MB } }
            log: { access: off }
            """
                .formatted(films));
    bench.origin().script(this::serve);
  }

  @AfterEach
  void stop() throws Exception {
    rest.complete(true);
    bench.close();
  }

  /** Serves the film by ranges, and half of another until the test lets it go on. */
  private void serve(ScriptedOrigin.Connection connection) throws IOException {
    for (ScriptedOrigin.Request next = connection.next(); next != null; next = connection.next()) {
      Matcher range = RANGE.matcher(String.valueOf(next.field("Range")));
      if (!next.line().contains("/plain.mp4")) {
        answer(connection, "404 X", "", "nothing here");
      } else if (range.matches()) {
        int from = Integer.parseInt(range.group(1));
        int end = Math.min(Integer.parseInt(range.group(2)) + 1, film.length());
        String place = "bytes %d-%d/%d".formatted(from, end - 1, film.length());
        answer(
            connection,
            "206 X",
            "Content-Range: " + place + "\r\nETag: \"1\"\r\nCache-Control: max-age=3600\r\n",
            film.substring(from, end));
      } else {
        answer(connection, "200 X", "ETag: \"1\"\r\nCache-Control: max-age=3600\r\n", film);
      }
    }
  }

  private void answer(
      ScriptedOrigin.Connection connection, String status, String fields, String body)
      throws IOException {
    served.addAndGet(body.length());
    connection.send(
        "HTTP/1.1 %s\r\n%sContent-Length: %d\r\n\r\n%s"
            .formatted(status, fields, body.length(), body));
  }

  private static String labels(String library, String path) {
    return "{film=\"" + path + "\",library=\"" + library + "\"} ";
  }

  private void tells(String figure, String labels, long value) throws Exception {
    tells(figure, labels, (double) value);
  }

  private void tells(String figure, String labels, double value) throws Exception {
    String line = "darban_film_" + figure + labels + value + "\n";
    Await.until(
        MOST,
        () -> bench.gateway().metrics().contains(line),
        () -> line + "is not in\n" + told(""));
  }

  private String told(String figure) {
    return bench
        .gateway()
        .metrics()
        .lines()
        .filter(line -> line.startsWith("darban_film_" + figure))
        .reduce("", (all, line) -> all + line + "\n");
  }

  private double value(String figure, String labels) {
    String start = "darban_film_" + figure + labels;
    return bench
        .gateway()
        .metrics()
        .lines()
        .filter(line -> line.startsWith(start))
        .mapToDouble(line -> Double.parseDouble(line.substring(start.length())))
        .findFirst()
        .orElse(0);
  }

  @Test
  void filmOfAFolder_itsViewersAndBytes_noOrigin() throws Exception {
    long sent = 0;
    for (String player : new String[] {"one", "other"}) {
      for (String name : new String[] {"/index.m3u8", "/v0/0.m4s", "/v0/0.ts", ""}) {
        RawClient.Answer answer = bench.get("/near//plain.mp4" + name, "User-Agent: " + player);
        assertEquals(200, answer.status());
        sent += answer.body().length();
      }
    }
    RawClient.Answer part = bench.get("/near/plain.mp4", "User-Agent: one", "Range: bytes=5-14");
    assertEquals(10, part.body().length());
    String labels = labels("near", "/plain.mp4");
    tells("requests", labels, 9);
    tells("viewers", labels, 2);
    tells("sent_bytes", labels, sent + 10);
    assertEquals("", told("received_bytes{") + told("offload_ratio{"));
  }

  @Test
  void filmBehindAnOrigin_whatPassesTheCache_andTheShareThatDoesNot() throws Exception {
    long sent = bench.get("/far/plain.mp4/v0/0.m4s", "User-Agent: one").body().length();
    String labels = labels("far", "/plain.mp4");
    tells("requests", labels, 1);
    tells("received_bytes", labels, served.get());
    for (int i = 0; i < 5; i++) {
      sent += bench.get("/far/plain.mp4/v0/0.m4s", "User-Agent: two").body().length();
    }
    tells("requests", labels, 6);
    tells("viewers", labels, 2);
    tells("sent_bytes", labels, sent);
    tells("received_bytes", labels, served.get());
    tells("offload_ratio", labels, Title.offload(sent, served.get()));
  }

  @Test
  void whatIsNoFilm_orNotThere_isNotTold() throws Exception {
    assertEquals("no film", bench.get("/near/note.txt").body());
    assertEquals(404, bench.get("/near/other.mp4").status());
    assertEquals(422, bench.get("/near/note.txt/index.m3u8").status());
    assertEquals(404, bench.get("/far/other.mp4/index.m3u8").status());
    assertEquals(404, bench.get("/far/other.mp4").status());
    bench.gateway().awaitNothingInFlight();
    assertEquals("", told("requests{") + told("received_bytes{"));
  }

  /** A film as one file takes as long as it plays; its viewer is there meanwhile. */
  @Test
  void film_isCounted_whileItIsSent() throws Exception {
    bench
        .origin()
        .script(connection -> {
          connection.next();
          connection.send("HTTP/1.1 200 X\r\nContent-Length: " + 2 * HALF + "\r\n\r\n");
          connection.send("x".repeat(HALF));
          rest.join();
          connection.send("x".repeat(HALF));
        });
    try (RawClient viewer = bench.client()) {
      // No ranges are to be had here, so that it is passed on as it is.
      viewer.send("GET /far/slow.mp4 HTTP/1.1\r\nHost: h\r\n\r\n");
      String labels = labels("far", "/slow.mp4");
      tells("sent_bytes", labels, HALF);
      tells("received_bytes", labels, HALF);
      tells("viewers", labels, 1);
      assertFalse(rest.isDone());
      rest.complete(true);
      assertEquals(2 * HALF, viewer.answer().body().length());
      tells("sent_bytes", labels, 2 * HALF);
      tells("requests", labels, 1);
      assertEquals(2 * HALF, value("received_bytes", labels));
    }
  }
}
