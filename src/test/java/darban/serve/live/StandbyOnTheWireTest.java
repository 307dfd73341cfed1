package darban.serve.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.media.hls.HlsPlaylist;
import darban.media.hls.MediaPlaylist;
import darban.media.hls.Segment;
import darban.testkit.Await;
import darban.testkit.Bench;
import darban.testkit.Films;
import darban.testkit.Guard;
import darban.testkit.RawClient;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What viewers get while a publisher is silent. */
@ExtendWith(Guard.class)
class StandbyOnTheWireTest {
  private static final String FRAGMENTS =
      "-movflags +frag_keyframe+empty_moov+default_base_moof -frag_duration 400000";

  private Bench bench;
  private HttpClient http;
  private byte[] film;
  private byte[] other;

  @BeforeEach
  void start() throws Exception {
    String slate =
        Films.make(
                "slate.mp4",
                "-f lavfi -i color=navy:size=96x64:rate=25:duration=3 "
                    + "-f lavfi -i sine=frequency=220:sample_rate=48000:duration=3 "
                    + Films.AVC
                    + Films.AAC)
            .toString();
    bench =
        Bench.yaml(
            """
            listeners: { plain: { address: "127.0.0.1:0" } }
            sites: { "*": { routes: [ { match: { path: "/live/*" }, live: open } ] } }
            live:
              open:
                ingest: anyone
                segment: 1s
                takeover: 1s
                standby: { after: 500ms, backup: "{stream}-b", slate: "SLATE" }
            log: { access: off }
            """
                .replace("SLATE", slate));
    http = HttpClient.newHttpClient();
    film =
        Files.readAllBytes(
            Films.make(
                "both.mp4", Films.PICTURES + Films.TONE + Films.AVC + Films.AAC + FRAGMENTS));
    other =
        Files.readAllBytes(
            Films.make(
                "other.mp4",
                "-f lavfi -i testsrc2=size=128x96:rate=25:duration=12 "
                    + Films.TONE
                    + Films.AVC
                    + Films.AAC
                    + FRAGMENTS));
  }

  @AfterEach
  void stop() throws Exception {
    http.close();
    bench.close();
  }

  /** Where the chunks that pictures are in begin, which come one by one. */
  private static int[] chunks(byte[] film) {
    List<Integer> found = new ArrayList<>();
    ByteBuffer in = ByteBuffer.wrap(film);
    for (int at = 0; at < film.length; at += in.getInt(at)) {
      if (new String(film, at + 4, 4, StandardCharsets.ISO_8859_1).equals("moof")) {
        found.add(at);
      }
    }
    return found.stream().mapToInt(Integer::intValue).toArray();
  }

  private RawClient publish(String stream, byte[] film, int chunks) throws Exception {
    RawClient publisher = bench.client();
    publisher.send("POST /live/" + stream + "/both.cmfv HTTP/1.1\r\nHost: h\r\n");
    publisher.send("Transfer-Encoding: chunked\r\n\r\n");
    send(publisher, film, 0, chunks(film)[chunks]);
    return publisher;
  }

  private static void send(RawClient publisher, byte[] film, int from, int to) throws Exception {
    publisher.send(Integer.toHexString(to - from) + "\r\n");
    publisher.send(Arrays.copyOfRange(film, from, to));
    publisher.send("\r\n");
  }

  private HttpResponse<byte[]> get(String path) throws Exception {
    return http.send(
        HttpRequest.newBuilder(
                URI.create("http://" + bench.gateway().address("plain") + "/live/cam/" + path))
            .timeout(Duration.ofSeconds(20))
            .build(),
        BodyHandlers.ofByteArray());
  }

  private MediaPlaylist playlist() throws Exception {
    HttpResponse<byte[]> answer = get("~/both/index.m3u8");
    assertEquals(200, answer.statusCode());
    return MediaPlaylist.of(HlsPlaylist.read(ByteBuffer.wrap(answer.body())));
  }

  /** Waits until the last segments are of that head, and come behind a break. */
  private void awaitSegments(int count, int head) throws Exception {
    Await.until(
        Duration.ofSeconds(15),
        () -> {
          List<Segment> all = playlist().segments();
          List<String> heads = heads(playlist());
          int from = all.size();
          while (from > 0 && heads.size() > head && isOf(all.get(from - 1), heads.get(head))) {
            from--;
          }
          return from > 0 && all.size() - from >= count && breaks(all.subList(from, all.size()));
        },
        () -> "no segments of head " + head);
  }

  private static boolean isOf(Segment segment, String head) {
    return Objects.requireNonNull(segment.context().map()).uri().equals(head);
  }

  private static boolean breaks(List<Segment> run) {
    return run.getFirst().context().discontinuity();
  }

  private static List<String> heads(MediaPlaylist playlist) {
    return playlist.segments().stream()
        .map(each -> Objects.requireNonNull(each.context().map()).uri())
        .distinct()
        .toList();
  }

  /** Every segment with its head can be decoded, and has pictures and sound. */
  private void assertDecodes(MediaPlaylist playlist) throws Exception {
    for (Segment each : playlist.segments()) {
      byte[] head = get("~/both/" + Objects.requireNonNull(each.context().map()).uri()).body();
      byte[] media = get("~/both/" + each.uri()).body();
      byte[] whole = Arrays.copyOf(head, head.length + media.length);
      System.arraycopy(media, 0, whole, head.length, media.length);
      String found =
          Films.ffprobe(
              "-show_entries stream=codec_name -of csv=p=0 "
                  + Films.file(each.uri().replace("m4s", "mp4"), whole));
      assertTrue(found.contains("h264") && found.contains("aac"), each.uri() + " " + found);
    }
  }

  @Test
  void silence_withAWatcher_showsTheSlate_untilThePublisherIsBack() throws Exception {
    int[] chunks = chunks(film);
    try (RawClient publisher = publish("cam", film, 12)) {
      Await.until(
          Duration.ofSeconds(10),
          () -> get("index.m3u8").statusCode() == 200,
          () -> "nothing to watch");
      awaitSegments(3, 1);
      // It is the same publisher, on the same connection.
      send(publisher, film, chunks[12], chunks[26]);
      awaitSegments(1, 0);
      MediaPlaylist back = playlist();
      assertEquals(2, heads(back).size());
      assertDecodes(back);
      String manifest = new String(get("index.mpd?start=0").body(), StandardCharsets.UTF_8);
      assertTrue(manifest.split("<Period ", -1).length >= 3, manifest);
      publisher.reset();
    }
  }

  @Test
  void silence_withABackup_showsThat_thenTheSlate_whenThatIsSilentToo() throws Exception {
    int[] chunks = chunks(other);
    try (RawClient backup = publish("cam-b", other, 12);
        RawClient publisher = publish("cam", film, 12)) {
      Await.until(
          Duration.ofSeconds(10),
          () -> get("index.m3u8").statusCode() == 200,
          () -> "nothing to watch");
      publisher.reset();
      int[] next = {12};
      long[] due = {System.nanoTime()};
      Await.until(
          Duration.ofSeconds(15),
          () -> {
            if (System.nanoTime() - due[0] >= 0 && next[0] < chunks.length - 1) {
              send(backup, other, chunks[next[0]], chunks[++next[0]]);
              due[0] += 200_000_000L;
            }
            return heads(playlist()).size() > 1;
          },
          () -> "the backup is not shown");
      assertTrue(resolution(playlist()).contains("128,96"), resolution(playlist()));
      Await.until(
          Duration.ofSeconds(15),
          () -> resolution(playlist()).contains("96,64"),
          () -> "the slate is not shown");
      assertDecodes(playlist());
      backup.reset();
    }
  }

  private String resolution(MediaPlaylist playlist) throws Exception {
    String map = Objects.requireNonNull(playlist.segments().getLast().context().map()).uri();
    return Films.ffprobe(
        "-show_entries stream=width,height -of csv=p=0 "
            + Films.file("head-" + map, get("~/both/" + map).body()));
  }
}
