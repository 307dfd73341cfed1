package darban.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.base.Failure;
import darban.base.Kind;
import darban.base.Ticker;
import darban.testkit.Await;
import darban.testkit.Guard;
import darban.testkit.OneLoop;
import darban.testkit.RecordingSink;
import io.netty.buffer.ByteBuf;
import io.netty.channel.DefaultFileRegion;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(Guard.class)
class FileSliceTest {
  private static final int SIZE = 300_000;
  private static OneLoop one;

  @TempDir Path folder;
  private Path path;
  private String content;

  @BeforeAll
  static void start() {
    one = new OneLoop(Ticker.system());
  }

  @AfterAll
  static void stop() {
    one.close();
  }

  @BeforeEach
  void write() throws IOException {
    byte[] bytes = new byte[SIZE];
    new Random(43).nextBytes(bytes);
    content = new String(bytes, StandardCharsets.ISO_8859_1);
    path = folder.resolve("file");
    Files.write(path, bytes);
  }

  private RecordingSink read(FileSlice slice, RecordingSink sink) throws Exception {
    one.run(() -> slice.stream(one.loop()).open(sink));
    return sink.await();
  }

  @Test
  void stream_anyPart_exactlyItsBytes_thenTheFileIsClosed() throws Exception {
    int[][] parts = {
      {0, SIZE}, {0, 0}, {0, 1}, {SIZE - 1, 1}, {5, 131_072}, {1, 262_144}, {SIZE, 0}
    };
    for (int[] part : parts) {
      OpenFile file = OpenFile.open(path);
      RecordingSink sink = read(new FileSlice(file, part[0], part[1]), new RecordingSink());
      assertEquals(content.substring(part[0], part[0] + part[1]), sink.text());
      assertTrue(sink.events().endsWith("e"), sink.events());
      assertFalse(file.channel().isOpen());
    }
  }

  @Test
  void stream_fileBecameShorter_fails() throws Exception {
    OpenFile file = OpenFile.open(path);
    FileSlice slice = new FileSlice(file, 0, SIZE + 1);
    assertEquals(SIZE, file.size());
    RecordingSink sink = read(slice, new RecordingSink());
    Failure why = sink.failure();
    assertNotNull(why);
    assertEquals(Kind.INTERNAL, why.kind());
    assertNull(sink.trailers());
    assertFalse(file.channel().isOpen());
  }

  @Test
  void stream_pausedAtEachPiece_goesOnWhenResumed() throws Exception {
    Body.Stream stream = new FileSlice(OpenFile.open(path), 0, SIZE).stream(one.loop());
    RecordingSink sink =
        new RecordingSink() {
          @Override
          public void data(ByteBuf bytes) {
            stream.pause();
            super.data(bytes);
          }
        };
    one.run(() -> stream.open(sink));
    for (int pieces = 1; pieces <= 3; pieces++) {
      int wanted = Math.min(SIZE, pieces * 128 * 1024);
      Await.until(
          Duration.ofSeconds(10), () -> sink.text().length() >= wanted, () -> sink.events());
      assertEquals(wanted, one.on(() -> sink.text().length()));
      one.run(stream::resume);
    }
    assertEquals(content, sink.await().text());
  }

  @Test
  void stream_cancelledAtAnyPoint_closesTheFile_andSaysNothing() throws Exception {
    for (int point = 0; point < 4; point++) {
      OpenFile file = OpenFile.open(path);
      Body.Stream stream = new FileSlice(file, 0, SIZE).stream(one.loop());
      Failure why = Failure.of(Kind.CLIENT_GONE, "x");
      boolean within = point == 3;
      RecordingSink sink =
          new RecordingSink() {
            @Override
            public void data(ByteBuf bytes) {
              super.data(bytes);
              if (within) {
                stream.cancel(why);
              }
            }
          };
      int when = point;
      // A quick disk may deliver pieces, even all of them, within open: what counts is the time
      // after cancel.
      String heard =
          one.on(() -> {
            if (when == 0) {
              stream.cancel(why);
            } else {
              stream.open(sink);
              if (when == 1) {
                stream.pause();
              }
              if (when < 3) {
                stream.cancel(why);
                stream.cancel(why);
              }
            }
            return sink.events();
          });
      Await.until(
          Duration.ofSeconds(10), () -> !file.channel().isOpen(), () -> "open at point " + when);
      // Asked on the loop, after what it does now.
      assertEquals(within ? "d" : heard, one.on(sink::events));
    }
  }

  @Test
  void slices_ofOneFile_shareIt_theLastCloses() throws Exception {
    OpenFile file = OpenFile.open(path);
    FileSlice first = new FileSlice(file, 0, 10);
    FileSlice second = new FileSlice(file.retain(), 10, 10);
    new Body.File(first).discard(Failure.of(Kind.CLIENT_GONE, "x"));
    assertTrue(file.channel().isOpen());
    assertEquals(content.substring(10, 20), read(second, new RecordingSink()).text());
    assertFalse(file.channel().isOpen());
  }

  @Test
  void region_transferred_closesTheFileWhenReleased() throws Exception {
    OpenFile file = OpenFile.open(path);
    FileSlice slice = new FileSlice(file, 7, 1_000);
    assertEquals(1_000, slice.length());
    DefaultFileRegion region = slice.region();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    while (region.transferred() < region.count()) {
      region.transferTo(Channels.newChannel(out), region.transferred());
    }
    assertEquals(content.substring(7, 1_007), out.toString(StandardCharsets.ISO_8859_1));
    assertTrue(file.channel().isOpen());
    region.release();
    assertFalse(file.channel().isOpen());
  }
}
