package darban.serve.media;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import darban.flow.OpenFile;
import darban.media.Pieces;
import darban.testkit.FaultyFiles;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileReadsTest {
  private static final int LENGTH = 2_000_000;

  @TempDir Path folder;

  private OpenFile file(byte[] content) throws Exception {
    return OpenFile.open(Files.write(Files.createTempFile(folder, "film", ""), content));
  }

  private static byte[] noise(int seed) {
    byte[] noise = new byte[LENGTH];
    new Random(seed).nextBytes(noise);
    return noise;
  }

  /** Near ones, far ones, ones that lie before, of two files, and bytes made here among them. */
  @Test
  void pieces_howeverTheyLie_areWhatTheFilesHold() throws Exception {
    byte[][] contents = {noise(1), noise(2)};
    List<OpenFile> files = List.of(file(contents[0]), file(contents[1]));
    Random random = new Random(3);
    Pieces.Builder pieces = Pieces.builder();
    ByteArrayOutputStream wanted = new ByteArrayOutputStream();
    long at = 0;
    for (int i = 0; i < 2000; i++) {
      int of = random.nextInt(20) == 0 ? 1 : 0;
      int length = random.nextInt(random.nextInt(20) == 0 ? 600_000 : 3000);
      int gap = random.nextInt(random.nextInt(20) == 0 ? 100_000 : 2000);
      at = at + gap + length > LENGTH ? random.nextInt(1000) : at + gap;
      pieces.range(of, at, length);
      wanted.write(contents[of], (int) at, length);
      at += length;
      if (random.nextInt(30) == 0) {
        byte[] made = {(byte) i, 2, 3};
        pieces.made(ByteBuffer.wrap(made));
        wanted.writeBytes(made);
      }
    }
    ByteBuf into = Unpooled.buffer();
    new FileReads(files).into(into, pieces.build());
    assertArrayEquals(wanted.toByteArray(), ByteBufUtil.getBytes(into));
    files.forEach(OpenFile::release);
  }

  /** Up to 16 KiB are read along, and up to half a MiB is read at once. */
  @ParameterizedTest
  @CsvSource({
    "100, 16484, 1", //
    "100, 16485, 2",
    "510000, 524188, 1",
    "510000, 524189, 2"
  })
  void pieces_thatLieNear_areReadAtOnce(int firstEnds, int secondBegins, int reads)
      throws Exception {
    FaultyFiles files = new FaultyFiles();
    Path path = Files.write(folder.resolve("film"), noise(4));
    try (FileChannel channel = files.open(path, StandardOpenOption.READ)) {
      OpenFile file = OpenFile.of(channel, last -> {});
      AtomicInteger seen = new AtomicInteger();
      files.fault(act -> seen.incrementAndGet());
      Pieces pieces = Pieces.builder().range(0, 0, firstEnds).range(0, secondBegins, 100).build();
      new FileReads(List.of(file)).into(Unpooled.buffer(), pieces);
      assertEquals(reads, seen.get());
    }
  }

  @Test
  void fileThatBecameShorter_fails() throws Exception {
    OpenFile file = file(new byte[1000]);
    Pieces near = Pieces.builder().range(0, 0, 10).range(0, 990, 11).build();
    assertThrows(
        EOFException.class, () -> new FileReads(List.of(file)).into(Unpooled.buffer(), near));
    file.release();
  }
}
