package darban.media.ts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import darban.media.MalformedMedia;
import darban.media.MediaFile;
import darban.media.cmaf.ChunkWriter;
import darban.media.ts.Elementary.Coding;
import darban.testkit.Films;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What packets of elementary streams hold, as encoders may fill them. */
class ElementaryReaderTest {
  private static final String SETS = "000001 6742c00bda0a1190 000001 68ce3c80";

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ChunkWriter writer =
      new ChunkWriter(0, bytes -> out.writeBytes(MediaFile.bytes(bytes)));
  private final ProgramClock clock = new ProgramClock(() -> {});

  private static ByteBuffer hex(String text) {
    return ByteBuffer.wrap(HexFormat.of().parseHex(text.replace(" ", "")));
  }

  /** The sizes of samples of the track that was written. */
  private List<Integer> sizes() {
    writer.flush();
    var samples = MediaFile.of(out.toByteArray()).movie().tracks().getFirst().samples();
    List<Integer> sizes = new ArrayList<>();
    for (int i = 0; i < samples.count(); i++) {
      sizes.add(samples.size(i));
    }
    return sizes;
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          begins within a unit        | 88 000001 6588 | begins within a NAL unit
          two pictures that are whole | SETS 000001 6588 000001 4188 | not one picture but 2
          a half of a picture         | SETS 000001 6508 | not one picture but 0
          sets that end too soon      | 000001 6742c0 000001 6588 | ends too soon
          """)
  void picture_thatMakesNoSense_isRefused(String name, String data, String why) {
    PictureReader reader = new PictureReader(clock, new AvcSets(), writer);
    MalformedMedia refused =
        assertThrows(
            MalformedMedia.class, () -> reader.packet(0, 0, hex(data.replace("SETS", SETS))));
    assertEquals(true, refused.getMessage().contains(why), refused.getMessage());
  }

  @Test
  void pictures_whatCannotBeTheirs_isLeftOut() {
    PictureReader reader = new PictureReader(clock, new AvcSets(), writer);
    reader.packet(9000, 9000, hex("000001 4188 000001 4188"));
    reader.packet(9000, 9000, hex("00000001 09f0" + SETS + "00000001 6588aabb 0000 000001 0c80"));
    // Twice the same time, shown too early, two of them, no time: each is passed over.
    reader.packet(9000, 9000, hex("000001 4188"));
    reader.packet(9000, 12_600, hex("000001 4188"));
    reader.packet(12_600, 12_600, hex("000001 4188 000001 4188"));
    reader.packet(Pes.NONE, Pes.NONE, hex("000001 4188"));
    reader.packet(16_200, 12_600, hex("000001 4188 000001 4108"));
    // Another set that nothing can begin with stays in its sample.
    reader.packet(19_800, 16_200, hex("000001 68ce3c81 000001 4188"));
    assertEquals(List.of(8, 12, 14), sizes());
  }

  /** Frames of sound lie across packets, wherever these are cut. */
  @ParameterizedTest
  @CsvSource({"50", "199", "200", "201", "333", "1000", "4000"})
  void sounds_acrossPackets_areWhole_atTheirTimes(int size) throws Exception {
    byte[] adts =
        Files.readAllBytes(Films.make("across.aac", "-t 2 -i " + Films.plain() + " -vn -c copy"));
    List<Integer> frames = new ArrayList<>();
    for (int at = 0; at < adts.length; at += length(adts, at)) {
      frames.add(at);
    }
    Elementary stream = new Elementary(0x100, Coding.AAC, "und");
    SoundReader reader = new SoundReader(clock, stream, writer);
    for (int at = 0; at < adts.length; at += size) {
      int from = at;
      int first = (int) frames.stream().filter(each -> each < from).count();
      boolean begins = first < frames.size() && frames.get(first) < at + size;
      long shown = begins ? first * 1024L * 90_000 / 48_000 : Pes.NONE;
      reader.packet(
          shown, shown, ByteBuffer.wrap(adts, at, Math.min(size, adts.length - at)).slice());
    }
    List<Integer> wanted = frames.stream().map(at -> length(adts, at) - Adts.SIZE).toList();
    assertEquals(wanted, sizes());
    var samples = MediaFile.of(out.toByteArray()).movie().tracks().getFirst().samples();
    assertEquals(frames.size() * 1024L, samples.duration());
  }

  private static int length(byte[] adts, int at) {
    return (adts[at + 3] & 3) << 11 | (adts[at + 4] & 0xff) << 3 | (adts[at + 5] & 0xff) >> 5;
  }

  @Test
  void sound_thatDoesNotGoOn_isDropped() throws Exception {
    byte[] adts =
        Files.readAllBytes(Films.make("across.aac", "-t 2 -i " + Films.plain() + " -vn -c copy"));
    int second = length(adts, 0);
    int third = second + length(adts, second);
    Elementary stream = new Elementary(0x100, Coding.AAC, "und");
    SoundReader reader = new SoundReader(clock, stream, writer);
    reader.packet(0, 0, ByteBuffer.wrap(adts, 0, second + 20).slice());
    reader.packet(3840, 3840, ByteBuffer.wrap(adts, third, adts.length - third).slice());
    List<Integer> sizes = sizes();
    assertEquals(second - Adts.SIZE, sizes.get(0));
    assertEquals(length(adts, third) - Adts.SIZE, sizes.get(1));
  }

  @Test
  void sounds_damaged_whatIsBehindInThePacketIsDropped() throws Exception {
    byte[] adts =
        Files.readAllBytes(Films.make("across.aac", "-t 2 -i " + Films.plain() + " -vn -c copy"));
    int second = length(adts, 0);
    int third = second + length(adts, second);
    Elementary stream = new Elementary(0x100, Coding.AAC, "und");
    SoundReader reader = new SoundReader(clock, stream, writer);
    reader.packet(0, 0, ByteBuffer.wrap(adts, 0, third).slice());
    byte[] damaged = adts.clone();
    damaged[second] = 0;
    reader.packet(90_000, 90_000, ByteBuffer.wrap(damaged, 0, third).slice());
    reader.packet(180_000, 180_000, ByteBuffer.wrap(adts, 0, second).slice());
    writer.flush();
    var samples = MediaFile.of(out.toByteArray()).movie().tracks().getFirst().samples();
    // The first is followed by none that is whole; the time of the last holds.
    assertEquals(3, samples.count());
    assertEquals(96_000, samples.decodeTime(2));
  }

  @ParameterizedTest
  @CsvSource({
    "0,0,0",
    "8589934591,1,8589934593",
    "1,8589934591,8589934591",
    "4294967297,0,8589934592",
    "4294967296,0,0"
  })
  void time_isThatNextToTheOneBefore(long first, long next, long found) {
    clock.time(first);
    assertEquals(found, clock.time(next));
  }
}
