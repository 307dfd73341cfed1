package darban.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.base.Failure;
import darban.base.Kind;
import darban.flow.Body;
import darban.testkit.DrivenStream;
import darban.testkit.FakeTicker;
import darban.testkit.Films;
import darban.testkit.Guard;
import darban.testkit.OneLoop;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Uploads that cannot be what they say. */
@ExtendWith(Guard.class)
class UploadTest {
  private static final HubConfig CONFIG = HubConfigs.of(Duration.ofMinutes(2));

  /** A fragment of no track. */
  private static final byte[] EMPTY =
      HexFormat.of()
          .parseHex(
              "000000186d6f6f66000000106d6668640000000000000001"
                  + "000000106d6461740000000000000000");

  private final FakeTicker ticker = new FakeTicker();
  private final DrivenStream publisher = new DrivenStream(-1);
  private OneLoop loop;
  private Hub hub;
  private byte[] film;
  private int head;

  @BeforeEach
  void start() throws Exception {
    loop = new OneLoop(ticker);
    hub = new Hub("test", CONFIG, ticker, lag -> {});
    film = Films.track();
    ByteBuffer in = ByteBuffer.wrap(film);
    while (!new String(film, head + 4, 4, StandardCharsets.ISO_8859_1).equals("moof")) {
      head += in.getInt(head);
    }
  }

  @AfterEach
  void stop() throws Exception {
    hub.close();
    loop.close();
  }

  private Future<?> publish(String file, Body body) throws Exception {
    return loop.on(() -> hub.publish("cam", file, loop.loop(), body));
  }

  private Body film(int from, int to) {
    return new Body.Bytes(Unpooled.copiedBuffer(film, from, to - from));
  }

  private void send(byte[] bytes, int from, int to) throws Exception {
    loop.run(() -> publisher.sink().data(Unpooled.wrappedBuffer(bytes, from, to - from)));
  }

  @Test
  void track_whoseFirstFragmentIsEmpty_isRefused() throws Exception {
    Future<?> over = publish("video.cmfv", publisher);
    send(film, 0, head);
    assertNull(publisher.cancelled());
    send(EMPTY, 0, EMPTY.length);
    assertNotNull(publisher.cancelled());
    assertEquals(Kind.BAD_REQUEST, publisher.cancelled().kind());
    assertTrue(over.failed());
    LiveStream stream = Objects.requireNonNull(hub.find("cam"));
    assertEquals(0, stream.figures(ticker.nanos()).publishers());
    assertTrue(stream.track("video") == null || stream.track("video").isEmpty());
  }

  /** What goes before it comes while it does, so that only its end tells of which track it is. */
  @Test
  void file_whoseTrackIsOneTooMany_isRefusedAtItsEnd() throws Exception {
    int chunk = head + ByteBuffer.wrap(film).getInt(head);
    chunk += ByteBuffer.wrap(film).getInt(chunk);
    Future<?> over = publish("late-1.m4s", publisher);
    send(film, head, chunk);
    publish("late-init.mp4", film(0, head));
    LiveStream stream = Objects.requireNonNull(hub.find("cam"));
    for (int i = 0; i < 64; i++) {
      String name = "x".repeat(i / 8) + "y".repeat(i % 8) + "z.cmfv";
      publish(name, film(0, chunk));
    }
    assertEquals(64, stream.tracks().size());
    loop.run(publisher::end);
    assertTrue(over.failed());
    assertEquals(Kind.CONTENT_TOO_LARGE, Failure.from(over.cause()).kind());
    assertNull(stream.find("late-1.m4s"));
    assertEquals(0, stream.figures(ticker.nanos()).publishers());
  }
}
