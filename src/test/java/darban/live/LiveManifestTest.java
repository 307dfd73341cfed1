package darban.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.base.Failure;
import darban.http.Fields;
import darban.live.Showing.Keeping;
import darban.live.Showing.Shown;
import darban.testkit.DrivenStream;
import darban.testkit.FakeTicker;
import darban.testkit.Films;
import darban.testkit.Guard;
import darban.testkit.OneLoop;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where players of DASH begin. Twelve seconds that came at once, their first chunk when made. */
@ExtendWith(Guard.class)
class LiveManifestTest {
  private static final Duration WINDOW = Duration.ofMinutes(2);
  private final FakeTicker ticker = new FakeTicker();
  private final DrivenStream publisher = new DrivenStream(-1);
  private OneLoop loop;
  private Hub hub;

  @BeforeEach
  void start() throws Exception {
    loop = new OneLoop(ticker);
    hub = new Hub("test", HubConfigs.of(WINDOW), ticker, lag -> {});
    loop.run(() -> hub.publish("cam", "video.cmfv", loop.loop(), publisher));
    byte[] film = Films.track();
    loop.run(() -> publisher.sink().data(Unpooled.wrappedBuffer(film)));
  }

  @AfterEach
  void stop() throws Exception {
    hub.close();
    loop.close();
  }

  private String manifest(String query) {
    LiveStream stream = Objects.requireNonNull(hub.find("cam"));
    Directives directives = Directives.of(query);
    List<Timeline> timelines = stream.timelines().since(directives.since());
    ByteBuffer bytes =
        LiveManifest.of(stream, timelines, directives).bytes(ticker.now().toEpochMilli());
    return StandardCharsets.UTF_8.decode(Objects.requireNonNull(bytes)).toString();
  }

  @ParameterizedTest
  @CsvSource({
    // seconds later, start, seconds behind live
    "50, '', 2",
    "50, start=-20, 20",
    "50, start=-7.25, 7.25",
    "50, start=-0.5, 2",
    "50, start=-86400, 50.4",
    "50, start=0, 50.4",
    "50, start=7.25, 43.15",
    "50, start=3000, 2",
    "0, start=-20, 2",
    "0, start=0, 2",
    "119, start=0, 116",
    "119, start=-118, 116",
  })
  void start_isADistanceFromLive(int later, String query, String behind) throws Exception {
    ticker.pass(Duration.ofSeconds(later));
    String manifest = manifest(query);
    assertTrue(manifest.contains("suggestedPresentationDelay=\"PT" + behind + "S\""), manifest);
    long millis = Math.round(Double.parseDouble(behind) * 1000);
    assertTrue(manifest.contains("<Latency referenceId=\"0\" target=\"" + millis), manifest);
  }

  @Test
  void start_staysWhereItWas_inWhatIsAskedForAgain() throws Exception {
    ticker.pass(Duration.ofSeconds(50));
    String first = location(manifest("a=b&start=0"));
    assertTrue(first.startsWith("index.mpd?a=b&amp;start=-50.400&amp;since="), first);
    ticker.pass(Duration.ofSeconds(10));
    String query = first.substring(first.indexOf('?') + 1).replace("&amp;", "&");
    assertEquals(first, location(manifest(query)));
  }

  /** Shaka breaks where segments of a period that it knows are found in another way. */
  @Test
  void end_changesNothingForWhoWasThere_othersGetAList() throws Exception {
    String live = manifest("");
    assertTrue(live.contains("type=\"dynamic\""), live);
    String since = location(live).substring("index.mpd?".length());
    loop.run(() -> publisher.sink().end(Fields.NONE));
    String told = manifest(since);
    assertTrue(told.contains("type=\"static\""), told);
    assertEquals(addressing(live), addressing(told));
    assertTrue(told.contains("mediaPresentationDuration=\"PT12S\""), told);
    assertTrue(manifest("").contains("<SegmentTimeline>"), "who comes later");
    // A segment that the clock told of: there is none, and none after it.
    Matcher media = Pattern.compile("media=\"~/.RepresentationID./(n\\w+-)").matcher(told);
    assertTrue(media.find(), told);
    String folder = "~/video/" + media.group(1);
    ticker.pass(Duration.ofSeconds(11));
    assertEquals(Keeping.LASTING, shown(folder + "5.m4s").keeping());
    Shown last = shown(folder + "6.m4s");
    assertEquals(Keeping.NEVER, last.keeping());
    assertTrue(
        last instanceof Shown.Made(ByteBuffer bytes, var type, var keeping)
            && StandardCharsets.ISO_8859_1.decode(bytes.slice(4, 8)).toString().equals("stypmsdh"));
    assertThrows(Failure.class, () -> shown(folder + "99.m4s"));
  }

  private Shown shown(String file) {
    LiveStream stream = Objects.requireNonNull(hub.find("cam"));
    Shown shown = Showing.find(stream, file, Directives.NONE, ticker.now());
    if (shown instanceof Shown.Part part) {
      part.clip().release();
    }
    return Objects.requireNonNull(shown);
  }

  private static String addressing(String manifest) {
    Matcher template = Pattern.compile("<SegmentTemplate[^>]*media=\"([^\"]*)\"").matcher(manifest);
    assertTrue(template.find(), manifest);
    return template.group(1);
  }

  private static String location(String manifest) {
    int from = manifest.indexOf("<Location>");
    assertTrue(from > 0, manifest);
    return manifest.substring(from + "<Location>".length(), manifest.indexOf("</Location>"));
  }
}
