package darban.media.mp4;

import darban.media.MediaFile;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Heads of movies that nobody filmed: of any length and with sync samples wherever a test wants
 * them. The samples are said to lie behind the head, one behind the other, and are not there.
 */
public final class SyntheticMovie {
  private static final int SAMPLE = 100;

  private final BoxWriter out = new BoxWriter(1 << 16);
  private long place = 1 << 20;
  private int tracks;

  private SyntheticMovie() {
    out.open("ftyp").fourCc("isom").u32(0).close();
    out.open("moov");
    out.open("mvhd", 0, 0).u32(0).u32(0).u32(1000).u32(0).zeros(80).close();
  }

  /** One without tracks. */
  public static SyntheticMovie begin() {
    return new SyntheticMovie();
  }

  /**
   * Adds pictures, 25 a second in ticks of 1/12800.
   *
   * @param reordered whether two of three are shown before one decoded earlier
   * @param syncs samples that decoding can begin with
   */
  public SyntheticMovie pictures(int count, boolean reordered, int... syncs) {
    begin("vide", 12_800);
    out.open("stsd", 0, 0).u32(1).open("xxxx").zeros(78).close().close();
    table(count, 512);
    if (reordered) {
      out.open("ctts", 0, 0).u32(count);
      for (int i = 0; i < count; i++) {
        out.u32(1).u32(i % 3 == 0 ? 1024 : i % 3 == 1 ? 1536 : 0);
      }
      out.close();
    }
    out.open("stss", 0, 0).u32(syncs.length);
    Arrays.stream(syncs).forEach(each -> out.u32(each + 1));
    out.close();
    return end();
  }

  /** Adds sound: frames of 1024 ticks of 1/48000. */
  public SyntheticMovie sound(int count) {
    begin("soun", 48_000);
    out.open("stsd", 0, 0).u32(1).open("xxxx").zeros(28).close().close();
    table(count, 1024);
    return end();
  }

  private void begin(String handler, int timescale) {
    out.open("trak").open("tkhd", 0, 1).u32(0).u32(0).u32(++tracks).zeros(68).close();
    out.open("mdia").open("mdhd", 0, 0).u32(0).u32(0).u32(timescale).u32(0).u32(0).close();
    out.open("hdlr", 0, 0).u32(0).fourCc(handler).zeros(12).close();
    out.open("minf").open("stbl");
  }

  /** Sizes that differ, and a chunk for every ten samples. */
  private void table(int count, int duration) {
    out.open("stts", 0, 0).u32(1).u32(count).u32(duration).close();
    out.open("stsz", 0, 0).u32(0).u32(count);
    for (int i = 0; i < count; i++) {
      out.u32(SAMPLE + i % 7);
    }
    out.close();
    out.open("stsc", 0, 0).u32(1).u32(1).u32(10).u32(1).close();
    out.open("co64", 0, 0).u32((count + 9) / 10);
    for (int i = 0; i < count; i += 10) {
      out.u64(place);
      place += 10 * (SAMPLE + 7);
    }
    out.close();
  }

  private SyntheticMovie end() {
    out.close().close().close().close();
    return this;
  }

  /** The bytes of the head; call it once. */
  public byte[] head() {
    return MediaFile.bytes(out.close().written());
  }

  /** Reads the head, as of a file that holds all samples. */
  public Movie movie() {
    return read(head());
  }

  /** Reads a head. */
  public static Movie read(byte[] head) {
    MovieReader reader = new MovieReader(1L << 40);
    for (var spans = reader.wanted(); !spans.isEmpty(); spans = reader.wanted()) {
      int from = (int) spans.getFirst().offset();
      int length = (int) Math.min(spans.getFirst().length(), head.length - from);
      reader.accept(from, ByteBuffer.wrap(head, from, length).slice());
    }
    return reader.movie();
  }
}
