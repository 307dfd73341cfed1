package darban.serve.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.testkit.Await;
import darban.testkit.Bench;
import darban.testkit.Films;
import darban.testkit.Guard;
import darban.testkit.RawClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What is measured of times of a live stream, held against those of its viewers. */
@ExtendWith(Guard.class)
class LiveFiguresOnTheWireTest {
  private static final Duration MOST = Duration.ofSeconds(10);
  private static final String PLAYLIST = "/live/cam/~/video/index.m3u8";

  private Bench bench;

  @BeforeEach
  void start() throws Exception {
    bench =
        Bench.yaml(
            """
            listeners: { plain: { address: "127.0.0.1:0" } }
            sites: { "*": { routes: [ { match: { path: "/live/*" }, live: open } ] } }
            live: { open: { ingest: anyone } }
            log: { access: off }
            """);
  }

  @AfterEach
  void stop() throws Exception {
    bench.close();
  }

  /** Not a number before anything was published. */
  private double figure(String name) {
    String line = "(?m)^darban_live_" + name + "\\{hub=\"open\",stream=\"cam\"} (\\S+)$";
    Matcher told = Pattern.compile(line).matcher(bench.gateway().metrics());
    return told.find() ? Double.parseDouble(told.group(1)) : Double.NaN;
  }

  private void until(String figure, double least) throws Exception {
    Await.until(MOST, () -> figure(figure) >= least, () -> figure + " " + figure(figure));
  }

  private RawClient publishing(String file, byte[] bytes) throws Exception {
    RawClient publisher = bench.client();
    publisher.send("POST /live/cam/" + file + " HTTP/1.1\r\nHost: h\r\n");
    publisher.send("Transfer-Encoding: chunked\r\n\r\n");
    send(publisher, bytes);
    until("received_bytes", bytes.length);
    return publisher;
  }

  private static void send(RawClient publisher, byte[] bytes) throws Exception {
    publisher.send(Integer.toHexString(bytes.length) + "\r\n");
    publisher.send(bytes);
    publisher.send("\r\n");
  }

  private static double since(long nanos) {
    return (System.nanoTime() - nanos) / 1e9;
  }

  /** Where the first chunk of the second segment begins, of tracks in five chunks a segment. */
  private static int secondSegment(byte[] track) {
    String text = new String(track, StandardCharsets.ISO_8859_1);
    int at = -1;
    for (int chunk = 0; chunk <= 5; chunk++) {
      at = text.indexOf("moof", at + 1);
    }
    return at - 4;
  }

  @Test
  void reload_isHeldUntilTheSegmentIsThere_andHowLongIsTold() throws Exception {
    byte[] track = Films.track();
    int end = secondSegment(track);
    try (RawClient publisher = publishing("video.cmfv", Arrays.copyOf(track, end));
        RawClient player = bench.client()) {
      assertEquals(0, figure("held_requests"));
      assertEquals(0, figure("held_seconds"));
      long asked = System.nanoTime();
      player.send("GET " + PLAYLIST + "?_HLS_msn=1 HTTP/1.1\r\nHost: h\r\n\r\n");
      Await.until(
          MOST,
          () -> bench.gateway().metrics().contains("darban_http_requests_in_flight 2.0"),
          () -> "nobody waits");
      // The publisher is silent for as long as that.
      until("ingest_gap_seconds", figure("ingest_gap_seconds") + 0.4);
      assertEquals(0, figure("held_requests"));
      send(publisher, Arrays.copyOfRange(track, end, track.length));
      RawClient.Answer answer = player.answer();
      double most = since(asked);
      assertTrue(answer.status() == 200 && answer.body().contains("#EXTINF"), answer.body());
      assertEquals(1, figure("held_requests"));
      double held = figure("held_seconds");
      assertTrue(held >= 0.3 && held <= most, held + " of " + most);
    }
  }

  @Test
  void silence_isSinceTheLastBytes() throws Exception {
    long began = System.nanoTime();
    try (RawClient publisher = publishing("1.ts", new byte[9])) {
      assertTrue(figure("ingest_gap_seconds") <= since(began));
      until("ingest_gap_seconds", 0.5);
      assertTrue(figure("ingest_gap_seconds") <= since(began));
      long again = System.nanoTime();
      send(publisher, new byte[9]);
      until("received_bytes", 18);
      double gap = figure("ingest_gap_seconds");
      assertTrue(gap >= 0 && gap <= since(again), gap + " of " + since(again));
    }
  }

  @Test
  void lag_isFromThePublishersBytesToWhoWaitedForThem() throws Exception {
    try (RawClient publisher = publishing("1.ts", new byte[9]);
        RawClient viewer = bench.client()) {
      assertEquals(0, figure("lag_mean_seconds"));
      viewer.send("GET /live/cam/1.ts HTTP/1.1\r\nHost: h\r\n\r\n");
      until("sent_bytes", 9);
      long sent = System.nanoTime();
      send(publisher, new byte[9]);
      until("sent_bytes", 18);
      double lag = figure("lag_mean_seconds");
      assertTrue(lag > 0 && lag <= since(sent), lag + " of " + since(sent));
    }
  }
}
