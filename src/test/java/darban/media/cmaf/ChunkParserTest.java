package darban.media.cmaf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.media.MalformedMedia;
import darban.media.MediaFile;
import darban.media.mp4.BoxWriter;
import darban.media.mp4.MovieHead;
import darban.testkit.Films;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChunkParserTest {
  /** What a parser tells, as lines. */
  private static final class Told implements ChunkParser.Listener {
    private final List<String> lines = new ArrayList<>();

    @Override
    public void init(MovieHead head, ByteBuffer bytes) {
      lines.add("init of " + bytes.remaining() + " bytes, " + head.movie().tracks().size());
    }

    @Override
    public void began(Chunk chunk) {
      lines.add("began " + chunk);
    }

    @Override
    public void ended(Chunk chunk, long end) {
      lines.add("ended " + chunk.start() + " to " + end);
    }
  }

  private static List<String> told(byte[] bytes, int... splits) {
    Told told = new Told();
    ChunkParser parser = new ChunkParser(told);
    int at = 0;
    for (int split : splits) {
      parser.accept(ByteBuffer.wrap(bytes, at, split - at));
      at = split;
    }
    parser.accept(ByteBuffer.wrap(bytes, at, bytes.length - at));
    assertTrue(parser.between());
    assertEquals(bytes.length, parser.position());
    return told.lines;
  }

  /** ffmpeg's live upload: chunks of a fifth of a second in segments of two. */
  private static byte[] upload() throws Exception {
    return Files.readAllBytes(
        Films.make(
            "upload.mp4",
            "-i "
                + Films.plain()
                + " -map 0:v -c copy"
                + " -movflags +cmaf+frag_every_frame+write_colr -write_prft pts -f mp4"));
  }

  @Test
  void upload_splitAnywhere_tellsTheSame() throws Exception {
    byte[] bytes = upload();
    List<String> whole = told(bytes);
    assertEquals(601, whole.size());
    for (int split = 0; split < 1500; split++) {
      assertEquals(whole, told(bytes, split), "split at " + split);
    }
    for (int size : new int[] {1, 2, 3, 7, 61, 1021}) {
      int[] splits = new int[(bytes.length - 1) / size];
      Arrays.setAll(splits, i -> (i + 1) * size);
      assertEquals(whole, told(bytes, splits), "in pieces of " + size);
    }
  }

  @Test
  void chunks_coverTheUpload_inTimeAndBytes() throws Exception {
    byte[] bytes = upload();
    List<Chunk> chunks = new ArrayList<>();
    List<Long> ends = new ArrayList<>();
    new ChunkParser(
            new ChunkParser.Listener() {
              @Override
              public void init(MovieHead head, ByteBuffer head2) {
                ends.add((long) head2.remaining());
                assertEquals("avc1", head.movie().tracks().getFirst().codec().fourCc());
              }

              @Override
              public void began(Chunk chunk) {
                chunks.add(chunk);
              }

              @Override
              public void ended(Chunk chunk, long end) {
                assertEquals(ends.getLast(), chunk.start(), "chunks touch");
                ends.add(end);
              }
            })
        .accept(ByteBuffer.wrap(bytes));
    assertEquals(300, chunks.size());
    for (int i = 0; i < 300; i++) {
      Chunk.Run run = chunks.get(i).runs().getFirst();
      assertEquals(i * 512L, run.decodeTime() - chunks.getFirst().runs().getFirst().decodeTime());
      assertEquals(512, run.duration());
      assertEquals(i % 50 == 0, run.independent());
      assertTrue(chunks.get(i).producerTime().isPresent());
    }
  }

  @Test
  void event_andLastSegment_told() throws Exception {
    byte[] init = Arrays.copyOf(upload(), 900);
    BoxWriter out = new BoxWriter(100);
    out.open("styp").fourCc("msdh").u32(0).fourCc("lmsg").close();
    out.open("emsg", 1, 0).u32(1000).u64(5000).u32(40).u32(7);
    out.text("urn:x").text("v").bytes("hello".getBytes(StandardCharsets.US_ASCII)).close();
    out.open("moof").open("traf").open("tfhd", 0, 0x2_0000).u32(1).close();
    out.open("tfdt", 1, 0).u64(99).close().open("trun", 0, 0x100).u32(1).u32(10).close();
    out.close().close().open("mdat").u32(1).close();
    List<Chunk> chunks = new ArrayList<>();
    Told told = new Told();
    new ChunkParser(told).accept(ByteBuffer.wrap(init));
    MovieHead head = MovieHead.read(ByteBuffer.wrap(init));
    new ChunkParser(
            new ChunkParser.Listener() {
              @Override
              public void init(MovieHead none, ByteBuffer bytes) {}

              @Override
              public void began(Chunk chunk) {
                chunks.add(chunk);
              }

              @Override
              public void ended(Chunk chunk, long end) {
                assertEquals(out.length(), end);
              }
            },
            head)
        .accept(out.written());
    Chunk chunk = chunks.getFirst();
    assertTrue(chunk.segmentStart() && chunk.lastSegment());
    Chunk.Event event = chunk.events().getFirst();
    assertEquals(
        "urn:x v 5000 40 7",
        event.scheme()
            + " "
            + event.value()
            + " "
            + event.time()
            + " "
            + event.duration()
            + " "
            + event.id());
    assertEquals("hello", new String(MediaFile.bytes(event.data()), StandardCharsets.US_ASCII));
    assertEquals(new Chunk.Run(1, 99, 10, 1, true), chunk.runs().getFirst());
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "00000004 6d6f6f76, claims 4 bytes",
    "7fffffff 6d6f6f76, too large",
    "00000010 6d6f6f66 00000008 6d666864, before the head",
    "00000001 6d646174 ffffffff ffffffff, claims -1 bytes",
  })
  void upload_thatIsNone_refused(String hex, String why) {
    byte[] bytes = java.util.HexFormat.of().parseHex(hex.replace(" ", ""));
    MalformedMedia thrown = assertThrows(MalformedMedia.class, () -> told(bytes));
    assertTrue(thrown.getMessage().contains(why), thrown.getMessage());
  }

  @Test
  void upload_cutMidway_isNotBetween() throws Exception {
    byte[] bytes = upload();
    ChunkParser parser = new ChunkParser(new Told());
    parser.accept(ByteBuffer.wrap(bytes, 0, bytes.length - 10));
    assertFalse(parser.between());
  }
}
