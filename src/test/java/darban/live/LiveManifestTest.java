package darban.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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

  private static String location(String manifest) {
    int from = manifest.indexOf("<Location>");
    assertTrue(from > 0, manifest);
    return manifest.substring(from + "<Location>".length(), manifest.indexOf("</Location>"));
  }
}
