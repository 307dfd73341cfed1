package darban.live;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.access.FailedLogins;
import darban.config.Rate;
import darban.media.hls.HlsPlaylist;
import darban.media.hls.MediaPlaylist;
import darban.media.hls.MediaPlaylist.Trait;
import darban.testkit.DrivenStream;
import darban.testkit.FakeTicker;
import darban.testkit.FaultyFiles;
import darban.testkit.Films;
import darban.testkit.Guard;
import darban.testkit.OneLoop;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(Guard.class)
class RecorderTest {
  private static final long SIZE = 1_000_000;
  private static final Duration AGE = Duration.ofDays(8);

  /** With so many bytes of it a segment has begun, and the one before is whole. */
  private static final int BEGUN = 1000;

  @TempDir Path folder;

  private final FakeTicker ticker = new FakeTicker();
  private final FaultyFiles files = new FaultyFiles();
  private OneLoop loop;
  private HubConfig config;
  private Hub hub;
  private Recorder recorder;
  private DrivenStream publisher = new DrivenStream(-1);
  private byte[] film;
  private int[] segments;
  private int sent;

  @BeforeEach
  void start() throws Exception {
    loop = new OneLoop(ticker);
    config =
        config(
            new HubConfig.Ring(Duration.ofMinutes(2), 64 << 20, Optional.empty()),
            new HubConfig.Recordings(folder, SIZE, AGE));
    hub = new Hub("test", config, ticker, lag -> {});
    recorder = recorder();
    film =
        Files.readAllBytes(
            Films.make(
                "track.mp4",
                Films.PICTURES
                    + Films.AVC
                    + "-an -movflags +frag_keyframe+empty_moov+default_base_moof"
                    + " -frag_duration 400000"));
    segments = segments();
  }

  @AfterEach
  void stop() throws Exception {
    files.fault(act -> {});
    recorder.close(List.of());
    hub.close();
    loop.close();
  }

  private Recorder recorder() {
    return new Recorder(config.recordings().orElseThrow(), ticker, files::open);
  }

  /** Where segments begin: five chunks each. */
  private int[] segments() {
    List<Integer> found = new ArrayList<>();
    ByteBuffer in = ByteBuffer.wrap(film);
    for (int at = 0; at < film.length; at += in.getInt(at)) {
      if (new String(film, at + 4, 4, StandardCharsets.ISO_8859_1).equals("moof")) {
        found.add(at);
      }
    }
    return java.util.stream.IntStream.range(0, found.size() / 5)
        .map(i -> found.get(5 * i))
        .toArray();
  }

  private void publish(String stream) throws Exception {
    publisher = new DrivenStream(-1);
    sent = 0;
    loop.run(() -> hub.publish(stream, "video.cmfv", loop.loop(), publisher));
  }

  /** As much as up to {@code to}, in the time that its pictures take. */
  private void send(int to) throws Exception {
    for (int until : segments) {
      if (until >= sent && until < to) {
        pass(until);
        ticker.pass(Duration.ofSeconds(2));
      }
    }
    pass(to);
  }

  private void pass(int to) throws Exception {
    int from = sent;
    loop.run(() -> publisher.sink().data(Unpooled.wrappedBuffer(film, from, to - from)));
    sent = to;
  }

  private void end() throws Exception {
    loop.run(publisher::end);
  }

  private void take() throws IOException {
    List<LiveStream> all = new ArrayList<>();
    for (String each : List.of("a", "b")) {
      LiveStream stream = hub.find(each);
      if (stream != null) {
        all.add(stream);
      }
    }
    recorder.take(all);
  }

  private static List<Path> in(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(folder)) {
      return all.sorted(Comparator.naturalOrder()).toList();
    }
  }

  private Path only(String stream) throws IOException {
    assertEquals(1, in(folder.resolve(stream)).size());
    return in(folder.resolve(stream)).getFirst();
  }

  private static MediaPlaylist playlist(Path recording) throws IOException {
    byte[] bytes = Files.readAllBytes(recording.resolve("video.m3u8"));
    return MediaPlaylist.of(HlsPlaylist.read(ByteBuffer.wrap(bytes)));
  }

  @Test
  void fullDisk_isTakenUpAgain_inTheSameRecording_nothingIsLost() throws Exception {
    publish("a");
    send(segments[2]);
    take();
    files.fault(FULL);
    send(segments[4]);
    for (int i = 0; i < 3; i++) {
      assertThrows(IOException.class, this::take);
    }
    // No half of a segment takes the room that is wanting.
    assertEquals(segments[1], Files.size(only("a").resolve("video.mp4")));
    files.fault(act -> {});
    send(film.length);
    end();
    take();
    MediaPlaylist whole = playlist(only("a"));
    assertTrue(whole.header().is(Trait.ENDED));
    assertEquals(6, whole.segments().size());
    assertFalse(whole.segments().stream().anyMatch(each -> each.context().discontinuity()));
    byte[] kept = Files.readAllBytes(only("a").resolve("video.mp4"));
    assertArrayEquals(Arrays.copyOf(film, kept.length), kept);
  }

  private static final FaultyFiles.Fault FULL =
      act -> {
        if (act == FaultyFiles.Act.WRITE) {
          throw new IOException("No space left on device");
        }
      };

  @Test
  void fullDisk_forLongerThanTheWindow_leavesABreak() throws Exception {
    publish("a");
    send(segments[1] + BEGUN);
    take();
    files.fault(FULL);
    send(segments[4] + BEGUN);
    assertThrows(IOException.class, this::take);
    hub.config(with(new HubConfig.Ring(Duration.ofSeconds(4), 64 << 20, Optional.empty())));
    hub.tick(ticker.nanos());
    files.fault(act -> {});
    send(film.length);
    end();
    take();
    var kept = playlist(only("a")).segments();
    assertEquals(
        List.of(false, true, false, false, false),
        kept.stream().map(each -> each.context().discontinuity()).toList());
  }

  @Test
  void oneStream_whoseFolderCannotBe_keepsNoOtherFromBeingRecorded() throws Exception {
    Files.writeString(folder.resolve("a"), "no folder");
    for (String each : List.of("a", "b")) {
      publish(each);
      send(film.length);
      end();
    }
    assertThrows(IOException.class, this::take);
    assertEquals(6, playlist(only("b")).segments().size());
  }

  @Test
  void crash_leavesNoEnd_theNextStartMakesOne_withoutWhatIsNotWhole() throws Exception {
    publish("a");
    send(segments[4] + BEGUN);
    take();
    Path recording = only("a");
    assertFalse(playlist(recording).header().is(Trait.ENDED));
    try (var file =
        Files.newByteChannel(
            recording.resolve("video.mp4"), java.nio.file.StandardOpenOption.WRITE)) {
      file.truncate(segments[4] - 1);
    }
    Files.writeString(recording.resolve("video.m3u8.new"), "#EXTM3U\n#EXT");
    Files.writeString(recording.resolve("mine.m3u8"), "no playlist");
    Recorder next = recorder();
    next.take(List.of());
    MediaPlaylist told = playlist(recording);
    assertTrue(told.header().is(Trait.ENDED));
    assertEquals(MediaPlaylist.Type.VOD, told.header().type());
    assertEquals(3, told.segments().size());
    assertEquals(2, told.header().targetSeconds());
    assertTrue(told.segments().stream().allMatch(each -> each.context().programDateTime() > 0));
    assertTrue(told.segments().stream().allMatch(each -> each.context().map() != null));
    assertFalse(Files.exists(recording.resolve("video.m3u8.new")));
    assertEquals("no playlist", Files.readString(recording.resolve("mine.m3u8")));
    // It is over now: nothing is done to it again.
    byte[] once = Files.readAllBytes(recording.resolve("video.m3u8"));
    recorder().take(List.of());
    assertArrayEquals(once, Files.readAllBytes(recording.resolve("video.m3u8")));
  }

  private Path old(String stream, int bytes, Duration age) throws IOException {
    Path recording = Files.createDirectories(folder.resolve(stream).resolve("20200101-000000"));
    Files.write(recording.resolve("video.mp4"), new byte[bytes]);
    Files.setLastModifiedTime(recording, FileTime.from(ticker.now().minus(age)));
    return recording;
  }

  @Test
  void recordings_upToTheBounds_stay_beyondThem_theOldestGo() throws Exception {
    Path aged = old("aged", 10, AGE.plusSeconds(1));
    Path nearly = old("nearly", 10, AGE.minusSeconds(1));
    Path large = old("large", (int) SIZE - 20, Duration.ofDays(1));
    Path young = old("young", 10, Duration.ofHours(1));
    Path none = Files.createDirectories(folder.resolve("aged/keepsakes"));
    Files.setLastModifiedTime(none, FileTime.from(ticker.now().minus(AGE.multipliedBy(2))));
    take();
    assertEquals(
        List.of(false, true, true, true, true),
        Stream.of(aged, nearly, large, young, none).map(Files::exists).toList());
    // What is being made counts too, and stays.
    publish("a");
    send(segments[1] + BEGUN);
    take();
    ticker.pass(Duration.ofMinutes(11));
    take();
    assertEquals(
        List.of(false, false, true), Stream.of(nearly, large, young).map(Files::exists).toList());
    assertEquals(1, playlist(only("a")).segments().size());
  }

  @Test
  void recording_ofItsShare_isEnded_theNextBegins() throws Exception {
    config = config(config.ring(), new HubConfig.Recordings(folder, 2L * film.length, AGE));
    recorder = recorder();
    publish("a");
    send(segments[3] + BEGUN);
    take();
    send(film.length);
    end();
    ticker.pass(Duration.ofSeconds(1));
    take();
    List<Path> both = in(folder.resolve("a"));
    assertEquals(2, both.size());
    assertEquals(3, playlist(both.getFirst()).segments().size());
    assertEquals(3, playlist(both.getLast()).segments().size());
    var first = Objects.requireNonNull(playlist(both.getLast()).segments().getFirst());
    assertEquals("video.mp4", first.uri());
  }

  private HubConfig with(HubConfig.Ring ring) {
    return config(ring, config.recordings().orElseThrow());
  }

  private HubConfig config(HubConfig.Ring ring, HubConfig.Recordings recordings) {
    return new HubConfig(
        Optional.empty(),
        new FailedLogins(new Rate(10, Duration.ofMinutes(1))),
        ring,
        new HubConfig.Cutting(true, Duration.ofSeconds(2), Duration.ofMillis(400)),
        Optional.of(recordings),
        new RelayConfig(Optional.empty(), List.of()),
        Optional.empty(),
        Duration.ofSeconds(5),
        10);
  }
}
