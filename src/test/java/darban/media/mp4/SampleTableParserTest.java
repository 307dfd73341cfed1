package darban.media.mp4;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import darban.media.Cursor;
import darban.media.MalformedMedia;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables of samples in chunks of changing sizes. */
class SampleTableParserTest {
  private static final int[] PER_CHUNK = {1, 0, 3, 2};
  private static final int SAMPLE = 10;

  /** Counts of chunks around those that are taken at once. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 255, 256, 257, 341, 342, 1023, 1024, 1025, 5000})
  void chunks_ofChangingSizes_someEmpty_holdTheirSamples(int chunks) {
    int count = samplesIn(chunks);
    SampleTable table = table(chunks, count);
    assertEquals(count, table.count());
    SampleTable.Walk walk = table.walk(0);
    for (int chunk = 0; chunk < chunks; chunk++) {
      for (int i = 0; i < PER_CHUNK[chunk % PER_CHUNK.length]; i++) {
        assertEquals(offset(chunk) + (long) i * SAMPLE, walk.offset(), "in chunk " + chunk);
        walk.next();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 256, 342, 1000})
  void samples_behindTheLastChunk_areRefused(int chunks) {
    MalformedMedia thrown =
        assertThrows(MalformedMedia.class, () -> table(chunks, samplesIn(chunks) + 1));
    assertEquals("track 1 has samples that lie in no chunk", thrown.getMessage());
  }

  private static int samplesIn(int chunks) {
    int count = 0;
    for (int chunk = 0; chunk < chunks; chunk++) {
      count += PER_CHUNK[chunk % PER_CHUNK.length];
    }
    return count;
  }

  private static long offset(int chunk) {
    return 100_000L + 1000L * chunk;
  }

  private static SampleTable table(int chunks, int samples) {
    BoxWriter out = new BoxWriter(1 << 10);
    out.open("stts", 0, 0).u32(1).u32(samples).u32(512).close();
    out.open("stsz", 0, 0).u32(0).u32(samples);
    for (int i = 0; i < samples; i++) {
      out.u32(SAMPLE);
    }
    out.close();
    out.open("stsc", 0, 0).u32(chunks);
    for (int i = 0; i < chunks; i++) {
      out.u32(i + 1).u32(PER_CHUNK[i % PER_CHUNK.length]).u32(1);
    }
    out.close();
    out.open("stco", 0, 0).u32(chunks);
    for (int i = 0; i < chunks; i++) {
      out.u32(offset(i));
    }
    out.close();
    SampleTableParser parser = new SampleTableParser();
    Box.in(Cursor.over(out.written(), "sample table")).forEach(parser::take);
    return parser.table(1);
  }
}
