package darban.live;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.access.FailedLogins;
import darban.base.Failure;
import darban.base.Kind;
import darban.config.Rate;
import darban.testkit.DrivenStream;
import darban.testkit.FakeTicker;
import darban.testkit.Films;
import darban.testkit.Guard;
import darban.testkit.OneLoop;
import darban.testkit.RecordingSink;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Transport streams against the bounds of their stream. */
@ExtendWith(Guard.class)
class MultiplexTest {
  private static final int MEMORY = 300_000;

  /** A clip takes memory by pages; two are in the making, and the next of one may have begun. */
  private static final int PAGES = 3 * (64 << 10);

  private static final int DISK = 500_000;
  private static final int PIECE = 4000;
  private static final Duration WINDOW = Duration.ofMinutes(10);
  private static final List<String> TRACKS = List.of("stream-video", "stream-audio");

  private final Failure enough = Failure.of(Kind.CLIENT_GONE, "enough");

  @TempDir Path folder;

  private final FakeTicker ticker = new FakeTicker();
  private OneLoop loop;
  private Hub hub;
  private LiveStream stream;
  private DrivenStream publisher;
  private Future<?> over;
  private final List<ClipReader> readers = new ArrayList<>();

  @BeforeEach
  void start() throws Exception {
    loop = new OneLoop(ticker);
    hub = new Hub("test", config(Optional.empty()), ticker, lag -> {});
    publish();
  }

  @AfterEach
  void stop() throws Exception {
    loop.run(() -> readers.forEach(each -> each.cancel(enough)));
    hub.close();
    loop.close();
  }

  private static HubConfig config(Optional<HubConfig.Disk> disk) {
    return config(new HubConfig.Ring(WINDOW, MEMORY, disk), Duration.ofSeconds(2));
  }

  private static HubConfig config(HubConfig.Ring ring, Duration segment) {
    return new HubConfig(
        Optional.empty(),
        new FailedLogins(new Rate(10, Duration.ofMinutes(1))),
        ring,
        new HubConfig.Cutting(true, segment, Duration.ofMillis(400)),
        Optional.empty(),
        new RelayConfig(Optional.empty(), List.of()),
        Optional.empty(),
        Duration.ofSeconds(5),
        2);
  }

  private void publish() throws Exception {
    publisher = new DrivenStream(-1);
    over = loop.on(() -> hub.publish("cam", "stream.ts", loop.loop(), publisher));
    stream = Objects.requireNonNull(hub.find("cam"));
  }

  private void send(byte[] film, int from) throws Exception {
    int n = Math.min(PIECE, film.length - from);
    loop.run(() -> publisher.sink().data(Unpooled.wrappedBuffer(film, from, n)));
    // About as long as that is played.
    ticker.pass(Duration.ofMillis(200));
  }

  private static byte[] ordinary() throws Exception {
    return Files.readAllBytes(Films.plain("whole.ts", ""));
  }

  /** Two minutes. */
  private static byte[] longer() throws Exception {
    return Files.readAllBytes(
        Films.make("longer.ts", "-stream_loop 9 -i " + Films.plain() + " -map 0 -c copy"));
  }

  /** A second key frame after two seconds, and none after that. */
  private static byte[] withoutKeyFrames() throws Exception {
    return Files.readAllBytes(
        Films.make(
            "once.ts",
            Films.PICTURES
                + Films.TONE
                + "-vf noise=alls=60:allf=t -c:v libx264 -preset veryfast -b:v 600k -bf 0"
                + " -g 1000 -sc_threshold 0 -force_key_frames 0,2 "
                + Films.AAC));
  }

  private Track track(String id) {
    return Objects.requireNonNull(stream.track(id), id);
  }

  /** When all is done that was to be done on the loop. */
  private LiveStream.Figures figures() throws Exception {
    return loop.on(() -> stream.figures(ticker.nanos()));
  }

  private ClipReader reader(Found found) {
    long to = found.to() < 0 ? Long.MAX_VALUE : found.to();
    ClipReader reader =
        ClipReader.of(found.clip(), loop.loop(), found.from(), to, stream.counters());
    found.clip().release();
    readers.add(Objects.requireNonNull(reader));
    return reader;
  }

  private RecordingSink open(ClipReader reader) throws Exception {
    RecordingSink sink = new RecordingSink();
    loop.run(() -> reader.open(sink));
    return sink;
  }

  /** A viewer for each segment that has begun. */
  private void watch(Map<LiveSegment, RecordingSink> viewers, Consumer<ClipReader> before)
      throws Exception {
    for (Track each : stream.tracks()) {
      LiveSegment edge = each.view().edge();
      if (edge != null && !viewers.containsKey(edge)) {
        ClipReader reader = reader(Objects.requireNonNull(each.segment(edge.sequence)));
        loop.run(() -> before.accept(reader));
        viewers.put(edge, open(reader));
      }
    }
  }

  /** What a viewer gets of a segment, which must look whole to him. */
  private byte[] bytes(Track track, long sequence) throws Exception {
    RecordingSink all = open(reader(Objects.requireNonNull(track.segment(sequence)))).await();
    assertNull(all.failure());
    return all.text().getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Chunks, and the last of them to its end. */
  private static void assertWholeChunks(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    String last = "";
    int at = 0;
    for (; at < bytes.length; at += in.getInt(at)) {
      last = new String(bytes, at + 4, 4, StandardCharsets.ISO_8859_1);
    }
    assertEquals(bytes.length, at);
    assertEquals("mdat", last);
  }

  /** Once the memory is full, which the upload finds; once a track finds no key frame in time. */
  @ParameterizedTest
  @CsvSource({MEMORY + ", 2000", "1000000, 500"})
  void segment_beyondItsBound_publisherIsReset_noViewerTakesItForWhole_nothingStays(
      long memory, long segmentMillis) throws Exception {
    HubConfig.Ring ring = new HubConfig.Ring(WINDOW, memory, Optional.empty());
    hub.config(config(ring, Duration.ofMillis(segmentMillis)));
    byte[] film = withoutKeyFrames();
    int at = 0;
    for (;
        stream.tracks().size() < 2 || track("stream-video").view().whole().isEmpty();
        at += PIECE) {
      send(film, at);
    }
    Map<LiveSegment, RecordingSink> viewers = new LinkedHashMap<>();
    for (; publisher.cancelled() == null; at += PIECE) {
      assertTrue(at < film.length, "all of it found room");
      watch(viewers, reader -> {});
      send(film, at);
      LiveStream.Figures figures = figures();
      assertTrue(figures.bytes() <= memory + PAGES, figures::toString);
    }
    assertEquals(Kind.CONTENT_TOO_LARGE, publisher.cancelled().kind());
    assertEquals(publisher.cancelled(), over.cause());
    for (Map.Entry<LiveSegment, RecordingSink> each : viewers.entrySet()) {
      boolean ended = each.getValue().await().failure() == null;
      assertEquals(each.getKey().clip.isWhole(), ended);
    }
    assertEquals(2, viewers.values().stream().filter(each -> each.failure() != null).count());
    assertEquals(0, figures().publishers());
    assertEquals(1, stream.counters().aborted().sum());
    for (String each : TRACKS) {
      TrackView view = track(each).view();
      assertNull(view.edge());
      assertFalse(view.ended());
      assertWholeChunks(bytes(track(each), view.whole().getLast().sequence));
    }
    assertGoesOn();
    ticker.pass(WINDOW.plusSeconds(1));
    hub.tick(ticker.nanos());
    assertNull(hub.find("cam"));
    assertEquals(0, figures().bytes());
  }

  /** Nobody holds the tracks: whoever comes next goes on with both. */
  private void assertGoesOn() throws Exception {
    publish();
    byte[] film = ordinary();
    for (int at = 0; at < film.length; at += PIECE) {
      send(film, at);
    }
    loop.run(publisher::end);
    assertTrue(over.succeeded(), () -> String.valueOf(over.cause()));
    for (String each : TRACKS) {
      TrackView view = track(each).view();
      assertTrue(view.ended());
      assertWholeChunks(bytes(track(each), view.whole().getLast().sequence));
    }
  }

  @Test
  void stream_withoutEnd_itsMemoryIsBounded_oldSegmentsAreFoundNoMore() throws Exception {
    byte[] film = longer();
    assertTrue(film.length > 5 * MEMORY, () -> film.length + " bytes");
    Map<LiveSegment, RecordingSink> slow = new LinkedHashMap<>();
    for (int at = 0; at < film.length; at += PIECE) {
      send(film, at);
      watch(slow, ClipReader::pause);
      LiveStream.Figures figures = figures();
      // A quarter more is held for viewers who are slow.
      assertTrue(figures.bytes() <= MEMORY + MEMORY / 4 + PAGES, figures::toString);
    }
    assertNull(publisher.cancelled());
    for (String each : TRACKS) {
      TrackView view = track(each).view();
      long oldest = view.whole().getFirst().sequence;
      assertTrue(oldest > 30, () -> each + " begins with " + oldest);
      assertTrue(view.whole().size() > 2, () -> each + " has " + view.whole().size());
      for (long gone : new long[] {0, oldest - 1}) {
        Failure none = assertThrows(Failure.class, () -> track(each).segment(gone));
        assertEquals(Kind.NOT_FOUND, none.kind());
      }
      assertWholeChunks(bytes(track(each), oldest));
    }
    RecordingSink first = slow.values().iterator().next().await();
    assertEquals(Kind.OVERLOADED, Objects.requireNonNull(first.failure()).kind());
    loop.run(() -> publisher.sink().fail(enough));
  }

  @Test
  void stream_withoutEnd_andADisk_oldSegmentsAreReadFromThere_upToItsBound() throws Exception {
    hub.config(config(Optional.of(new HubConfig.Disk(folder.resolve("spool"), DISK))));
    byte[] film = longer();
    assertTrue(film.length > 2 * (MEMORY + DISK), () -> film.length + " bytes");
    Map<LiveSegment, byte[]> fresh = new HashMap<>();
    for (int at = 0; at < film.length; at += PIECE) {
      send(film, at);
      hub.toDisk();
      hub.tick(ticker.nanos());
      LiveStream.Figures figures = figures();
      assertTrue(figures.bytes() <= MEMORY + PAGES, figures::toString);
      assertTrue(figures.bytesOnDisk() <= DISK, figures::toString);
      for (Track each : stream.tracks()) {
        TrackView view = each.view();
        if (view.playable() && !fresh.containsKey(view.whole().getLast())) {
          LiveSegment last = view.whole().getLast();
          fresh.put(last, bytes(each, last.sequence));
        }
      }
    }
    assertNull(publisher.cancelled());
    for (String each : TRACKS) {
      LiveSegment oldest = track(each).view().whole().getFirst();
      assertTrue(oldest.sequence > 10, () -> each + " begins with " + oldest.sequence);
      assertTrue(oldest.clip.isOnDisk());
      assertArrayEquals(fresh.get(oldest), bytes(track(each), oldest.sequence));
      assertThrows(Failure.class, () -> track(each).segment(oldest.sequence - 1));
    }
    loop.run(() -> publisher.sink().fail(enough));
  }
}
