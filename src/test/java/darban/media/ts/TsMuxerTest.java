package darban.media.ts;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.media.Frames;
import darban.media.MalformedMedia;
import darban.media.MediaFile;
import darban.media.Span;
import darban.media.mp4.AvcConfig;
import darban.media.mp4.Movie;
import darban.media.mp4.SampleTable;
import darban.media.segment.SegmentPlan;
import darban.media.segment.Segments;
import darban.testkit.Films;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TsMuxerTest {
  private static final double START = TsMuxer.START / 90_000.0;

  /** A segment as an upper floor would make it. */
  private static byte[] segment(MediaFile file, List<Segments> tracks, int number) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    TsMuxer muxer = new TsMuxer(tracks, number);
    ByteBuffer out = ByteBuffer.allocate(1 << 20);
    muxer.tables(out);
    TsOrder order = TsOrder.of(tracks, number);
    while (order.next()) {
      int before = out.position();
      put(file, tracks, order, muxer, out);
      int most = muxer.most(order.stream(), order.bytes(), order.count());
      assertTrue(out.position() - before <= most, "no more than was promised");
      all.write(out.array(), 0, out.position());
      out.clear();
    }
    return all.toByteArray();
  }

  private static void put(
      MediaFile file, List<Segments> tracks, TsOrder order, TsMuxer muxer, ByteBuffer out) {
    int stream = order.stream();
    SampleTable samples = tracks.get(stream).track().samples();
    if (tracks.get(stream).track().isVideo()) {
      ByteBuffer sample =
          file.read(new Span(samples.offset(order.first()), samples.size(order.first())));
      muxer.picture(stream, sample, order.decoded(), order.shown(), order.isSync(), out);
      assertEquals(samples.size(order.first()), sample.remaining(), "its position stays");
      return;
    }
    muxer.sounds(stream, order.count(), order.bytes(), order.decoded(), out);
    for (int i = order.first(); i < order.first() + order.count(); i++) {
      muxer.sound(stream, file.read(new Span(samples.offset(i), samples.size(i))));
    }
  }

  static byte[] joined(MediaFile file, List<Segments> tracks) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int i = 0; i < tracks.getFirst().count(); i++) {
      all.writeBytes(segment(file, tracks, i));
    }
    return all.toByteArray();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          plain.mp4  |
          ac3.mp4    | -i PLAIN -c:v copy -c:a ac3 -b:a 96k
          eac3.mp4   | -i PLAIN -c:v copy -c:a eac3 -b:a 96k
          mp3.mp4    | -i PLAIN -c:v copy -c:a libmp3lame -b:a 64k
          mono.mp4   | -i PLAIN -c:v copy -c:a aac -aac_pns 0 -ac 1 -ar 22050
          sound.m4a  | -i PLAIN -vn -c copy
          two.mp4    | -i PLAIN -map 0:v -map 0:a -map 0:a -c copy -metadata:s:a:1 language=fas
          """)
  void segments_joined_decodeToTheSameFrames(String name, String made) throws Exception {
    String plain = Films.plain().toString();
    Path film =
        made == null ? Films.plain() : Films.make("ts-" + name, made.replace("PLAIN", plain));
    MediaFile file = MediaFile.open(film);
    Movie movie = file.movie();
    List<Segments> tracks = SegmentPlan.of(movie.tracks(), 4000).all();
    Path joined = Films.file(name + ".ts", joined(file, tracks));
    String said = Films.ffprobe("-v warning -show_entries stream=index -of csv=p=0 -i " + joined);
    assertEquals(tracks.size(), said.lines().filter(line -> !line.isEmpty()).distinct().count());
    for (int i = 0; i < tracks.size(); i++) {
      // Decoders of sound settle within the first frames, and there is no edit list to hide them.
      double from = tracks.get(i).track().isAudio() ? 0.2 : 0;
      List<Frames> wanted = Frames.of("-i " + film, "0:" + i, from);
      Frames.assertSame(wanted, Frames.of("-i " + joined, "0:" + i, START + from), START);
    }
  }

  @Test
  void packets_always_countedAndClocked() throws Exception {
    MediaFile file = MediaFile.open(Films.plain());
    List<Segments> tracks = SegmentPlan.of(file.movie().tracks(), 4000).all();
    for (int number = 0; number < tracks.getFirst().count(); number++) {
      byte[] bytes = segment(file, tracks, number);
      assertArrayEquals(bytes, segment(file, tracks, number), "twice the same");
      assertEquals(0, bytes.length % 188);
      Map<Integer, Integer> counters = new HashMap<>();
      long clock = -1;
      for (int at = 0; at < bytes.length; at += 188) {
        assertEquals(0x47, bytes[at], "sync byte");
        int pid = (bytes[at + 1] & 0x1f) << 8 | (bytes[at + 2] & 0xff);
        int counter = bytes[at + 3] & 0xf;
        Integer before = counters.put(pid, counter);
        assertTrue(before == null || counter == ((before + 1) & 0xf), "PID " + pid);
        boolean clocked =
            (bytes[at + 3] & 0x20) != 0 && bytes[at + 4] > 0 && (bytes[at + 5] & 0x10) != 0;
        if (clocked) {
          long next = ByteBuffer.wrap(bytes, at + 6, 4).getInt() & 0xffff_ffffL;
          assertTrue(next > clock && (clock < 0 || next - clock < 4500), "a clock every 0.1 s");
          clock = next;
        }
      }
      assertEquals(0, (bytes[1] & 0x1f) << 8 | bytes[2], "PAT first");
    }
  }

  @Test
  void segment_alone_canBeDecoded() throws Exception {
    MediaFile file = MediaFile.open(Films.plain());
    List<Segments> tracks = SegmentPlan.of(file.movie().tracks(), 4000).all();
    Path one = Films.file("one.ts", segment(file, tracks, 1));
    List<Frames> frames = Frames.of("-i " + one, "0:v", 0);
    assertEquals(100, frames.size());
    assertEquals(START + 4, frames.getFirst().time(), 0.001);
  }

  @Test
  void samples_manyOfThem_allocateNothing() throws Exception {
    MediaFile file = MediaFile.open(Films.plain());
    List<Segments> tracks = SegmentPlan.of(file.movie().tracks(), 4000).all();
    SampleTable samples = tracks.getFirst().track().samples();
    ByteBuffer sample = file.read(new Span(samples.offset(0), samples.size(0)));
    ByteBuffer sound = ByteBuffer.allocate(300);
    TsMuxer muxer = new TsMuxer(tracks, 0);
    ByteBuffer out = ByteBuffer.allocate(1 << 20);
    var threads =
        (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
    long least = Long.MAX_VALUE;
    for (int round = 0; round < 20; round++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 1000; i++) {
        muxer.picture(0, sample, i, i + 5L, true, out.clear());
        muxer.sounds(1, 1, 300, i, out);
        muxer.sound(1, sound.clear());
      }
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
    }
    assertTrue(least < 1000, least + " bytes for 2000 samples");
  }

  @Test
  void track_thatOldPlayersDoNotKnow_refused() throws Exception {
    Path film = Films.make("named-opus.mp4", "-f lavfi -i sine=duration=2 -c:a libopus -ac 2");
    List<Segments> tracks = SegmentPlan.of(MediaFile.open(film).movie().tracks(), 4000).all();
    assertTrue(!TsMuxer.carries(tracks.getFirst().track()));
    assertThrows(MalformedMedia.class, () -> new TsMuxer(tracks, 0));
  }

  /** A sample with lengths of every size becomes start codes; a delimiter of its own goes. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          lengths of 1 | 03 658801 01 06  | 0000000109f0 0000000167aabb 0000000168cc 00000001658801 0000000106
          lengths of 2 | 0002 6588 0001 06 | 0000000109f0 0000000167aabb 0000000168cc 000000016588 0000000106
          lengths of 4 | 00000002 09f0 00000002 6588 | 0000000109f0 0000000167aabb 0000000168cc 000000016588
          own sets     | 00000002 67ee 00000002 6588 | 0000000109f0 0000000167ee 000000016588
          """)
  void sample_ofAnyLengthSize_behindStartCodes(String name, String sample, String written)
      throws Exception {
    int lengthSize = name.startsWith("lengths of ") ? name.charAt(11) - '0' : 4;
    AnnexB pictures =
        new AnnexB(
            new AvcConfig(
                66,
                0,
                31,
                lengthSize,
                List.of(ByteBuffer.wrap(hex("67aabb"))),
                List.of(ByteBuffer.wrap(hex("68cc")))));
    ByteBuffer bytes = ByteBuffer.wrap(hex(sample));
    byte[] wanted = hex(written);
    assertEquals(wanted.length, pictures.size(bytes, true));
    assertTrue(pictures.most(bytes.remaining()) >= wanted.length);
    TsStream stream = stream();
    Packets packets = new Packets(stream);
    ByteBuffer out = ByteBuffer.allocate(188);
    packets.begin(stream, wanted.length, false, -1, out);
    pictures.write(bytes, true, packets);
    assertEquals(188, out.position());
    assertArrayEquals(wanted, Arrays.copyOfRange(out.array(), 188 - wanted.length, 188));
  }

  private static TsStream stream() throws Exception {
    return TsStream.of(MediaFile.open(Films.plain()).movie().tracks().getFirst(), 0);
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text.replace(" ", ""));
  }

  /** Every length around those of packets: filled up in front, never a byte too much. */
  @Test
  void packet_ofAnyLength_filledUpInFront() throws Exception {
    TsStream stream = stream();
    for (long clock : new long[] {-1, 0x1_2345_6789L}) {
      for (int size = 1; size < 600; size++) {
        byte[] payload = new byte[size];
        Arrays.fill(payload, (byte) 0x5a);
        ByteBuffer out = ByteBuffer.allocate(188 * 5);
        Packets packets = new Packets(stream);
        packets.begin(stream, size, clock >= 0, clock, out);
        packets.put(payload);
        assertEquals(0, out.position() % 188, "size " + size);
        int found = 0;
        for (int at = 0; at < out.position(); at += 188) {
          int field = (out.get(at + 3) & 0x20) != 0 ? 1 + (out.get(at + 4) & 0xff) : 0;
          for (int i = at + 4 + field; i < at + 188; i++) {
            assertEquals(0x5a, out.get(i), "size " + size);
            found++;
          }
        }
        assertEquals(size, found);
      }
    }
  }

  @Test
  void picture_thatEndsTooSoon_refused() {
    AnnexB pictures = new AnnexB(new AvcConfig(66, 0, 31, 4, List.of(), List.of()));
    for (String sample : List.of("00000009 65", "ffffffff 65", "000000", "7fffffff")) {
      assertThrows(
          MalformedMedia.class, () -> pictures.size(ByteBuffer.wrap(hex(sample)), false), sample);
    }
  }
}
