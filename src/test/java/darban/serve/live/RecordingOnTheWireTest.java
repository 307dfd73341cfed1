package darban.serve.live;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.media.hls.HlsPlaylist;
import darban.media.hls.MediaPlaylist;
import darban.media.hls.MediaPlaylist.Trait;
import darban.testkit.Await;
import darban.testkit.Bench;
import darban.testkit.Films;
import darban.testkit.Guard;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What stays of live streams on disk. */
@ExtendWith(Guard.class)
class RecordingOnTheWireTest {
  private static final long MOST = 1_000_000;

  private Bench bench;
  private byte[] film;

  @BeforeEach
  void start() throws Exception {
    bench =
        Bench.yaml(
            """
            listeners: { plain: { address: "127.0.0.1:0" } }
            sites: { "*": { routes: [ { match: { path: "/live/*" }, live: open } ] } }
            live: { open: { ingest: anyone, record: { path: kept, size: 1MB } } }
            log: { access: off }
            """);
    film = Films.track();
  }

  @AfterEach
  void stop() throws Exception {
    bench.close();
  }

  private void publish(String stream) throws Exception {
    URI uri =
        URI.create(
            "http://" + bench.gateway().address("plain") + "/live/" + stream + "/video.cmfv");
    HttpRequest request =
        HttpRequest.newBuilder(uri).POST(BodyPublishers.ofByteArray(film)).build();
    try (HttpClient http = HttpClient.newHttpClient()) {
      assertEquals(200, http.send(request, BodyHandlers.discarding()).statusCode());
    }
  }

  private static List<Path> in(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(folder)) {
      return all.sorted().toList();
    }
  }

  private List<Path> recordings(String stream) throws IOException {
    return in(bench.folder().resolve("kept").resolve(stream));
  }

  private static boolean isOver(Path recording) throws IOException {
    Path playlist = recording.resolve("video.m3u8");
    return Files.exists(playlist) && Files.readString(playlist).contains("#EXT-X-ENDLIST");
  }

  private Path awaitRecording(String stream) throws Exception {
    Await.until(
        Duration.ofSeconds(20),
        () -> !recordings(stream).isEmpty() && isOver(recordings(stream).getLast()),
        () -> "nothing is recorded of " + stream);
    return recordings(stream).getLast();
  }

  @Test
  void stream_ended_isARecording_ofTheBytesThatWereSent() throws Exception {
    publish("cam");
    Path recording = awaitRecording("cam");
    byte[] kept = Files.readAllBytes(recording.resolve("video.mp4"));
    assertArrayEquals(Arrays.copyOf(film, kept.length), kept);
    MediaPlaylist playlist =
        MediaPlaylist.of(
            HlsPlaylist.read(ByteBuffer.wrap(Files.readAllBytes(recording.resolve("video.m3u8")))));
    assertTrue(playlist.header().is(Trait.ENDED));
    assertEquals(6, playlist.segments().size());
    var last = Objects.requireNonNull(playlist.segments().getLast().range());
    assertEquals(kept.length, last.offset() + last.length());
    String all = Files.readString(recording.resolve("index.m3u8"));
    assertTrue(all.contains("\nvideo.m3u8\n"), all);
  }

  @Test
  void recordings_thatTakeTooMuch_theOldestGo_whatIsNoneStays() throws Exception {
    publish("cam0");
    long each = Files.size(awaitRecording("cam0").resolve("video.mp4"));
    Path other = Files.writeString(bench.folder().resolve("kept/cam0/notes.txt"), "mine");
    int many = (int) (MOST / each) + 2;
    for (int i = 1; i <= many; i++) {
      publish("cam" + i);
      awaitRecording("cam" + i);
    }
    Await.until(
        Duration.ofSeconds(10), () -> recordings("cam0").equals(List.of(other)), () -> "all stay");
    assertEquals(1, recordings("cam" + many).size());
  }

  @Test
  void disk_thatTakesNothing_theStreamGoesOn_isTriedAgain() throws Exception {
    Path kept = Files.writeString(bench.folder().resolve("kept"), "no folder");
    publish("cam");
    String failed = "darban_live_disk_failures{hub=\"open\"} ";
    Await.until(
        Duration.ofSeconds(10),
        () -> bench.gateway().metrics().contains(failed + "1"),
        () -> "nobody saw that it failed");
    try (HttpClient http = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://" + bench.gateway().address("plain") + "/live/cam/index.m3u8");
      assertEquals(
          200,
          http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding()).statusCode());
    }
    Files.delete(kept);
    assertTrue(isOver(awaitRecording("cam")));
  }
}
