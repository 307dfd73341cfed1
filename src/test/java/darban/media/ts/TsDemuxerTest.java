package darban.media.ts;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.media.MalformedMedia;
import darban.media.MediaFile;
import darban.media.mp4.Track;
import darban.media.segment.SegmentPlan;
import darban.media.ts.Demuxed.Sample;
import darban.testkit.Films;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TsDemuxerTest {
  /** Two ticks of 1/90000 and one of any sound: what rounding costs, in microseconds. */
  private static final long ROUNDED = 70;

  private static final int PACKET = 188;

  /** The same samples, in the same order, at the same times but for a constant shift. */
  private static void assertSame(List<Sample> wanted, List<Sample> found, long shift) {
    assertEquals(wanted.size(), found.size(), "samples");
    for (int i = 0; i < wanted.size(); i++) {
      Sample one = wanted.get(i);
      Sample other = found.get(i);
      assertEquals(one.bytes(), other.bytes(), "sample " + i);
      assertEquals(one.sync(), other.sync(), "sample " + i);
      long apart = other.shown() - one.shown() - shift;
      assertTrue(Math.abs(apart) <= ROUNDED, "sample " + i + " is " + apart + " us off");
    }
  }

  private static void assertSame(MediaFile film, Demuxed found) {
    List<Track> tracks = film.movie().tracks();
    List<Sample> pictures = Demuxed.samples(film, tracks.get(0));
    long shift = found.samples("video").getFirst().shown() - pictures.getFirst().shown();
    assertSame(pictures, found.samples("video"), shift);
    assertSame(Demuxed.samples(film, tracks.get(1)), found.samples("audio"), shift);
    for (Track each : tracks) {
      Track of = found.track(each.isVideo() ? "video" : "audio");
      assertEquals(each.codec().name(), of.codec().name());
      assertEquals(each.format(), of.format());
      assertEquals(each.codec().isAvc() ? each.codec().config() : "", config(of));
    }
  }

  /** What ffmpeg tells of other codings has bytes that say no more. */
  private static Object config(Track of) {
    return of.codec().isAvc() ? of.codec().config() : "";
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          aac    | 0     | -c copy
          mp3    | 0     | -c:v copy -c:a libmp3lame -b:a 64k
          low    | 0     | -c:v copy -c:a libmp3lame -b:a 32k -ar 22050
          mp2    | 0     | -c:v copy -c:a mp2 -b:a 96k -ar 44100
          ac3    | 0     | -c:v copy -c:a ac3 -b:a 96k -ar 44100
          eac3   | 0     | -c:v copy -c:a eac3 -b:a 96k
          5.1    | 0     | -c:v copy -c:a ac3 -ac 6 -b:a 256k
          hevc   | 0     | -c:v libx265 -preset ultrafast -x265-params log-level=none:info=0:keyint=50:bframes=2:open-gop=0 -tag:v hvc1 -c:a copy
          wrap   | 95440 | -c copy
          open   | 0     | -c:v libx264 -preset ultrafast -bf 2 -g 25 -x264-params open-gop=1 -c:a copy
          shape  | 0     | -c:v libx264 -preset ultrafast -pix_fmt yuv420p -vf scale=182:98,setsar=7/5 -flags +ildct+ilme -c:a copy
          colour | 0     | -c:v libx264 -preset ultrafast -pix_fmt yuv422p10 -color_primaries bt2020 -color_trc arib-std-b67 -colorspace bt2020nc -c:a copy
          """)
  void ffmpegsStream_hasTheSamplesOfTheFilm(String name, int later, String made) throws Exception {
    String film = "demux-" + name + ".mp4";
    Films.make(film, "-i " + Films.plain() + " -map 0 " + made);
    String copied = "-i " + Films.make(film, "") + " -map 0 -c copy -output_ts_offset " + later;
    byte[] stream = Files.readAllBytes(Films.make("demux-" + name + ".ts", copied));
    Demuxed found = Demuxed.of(stream);
    assertEquals(Set.of("audio", "video"), found.tracks.keySet());
    assertSame(MediaFile.open(Films.make(film, "")), found);
  }

  @Test
  void ourStream_hasTheSamplesOfTheFilm_segmentBySegment() throws Exception {
    MediaFile film = MediaFile.open(Films.plain());
    assertSame(
        film,
        Demuxed.of(TsMuxerTest.joined(film, SegmentPlan.of(film.movie().tracks(), 4000).all())));
  }

  @Test
  void sounds_manyOfThem_areTracksInTheirLanguages() throws Exception {
    String two =
        " -map 0:v -map 0:a -map 0:a -c:v copy -c:a copy -c:a:1 ac3 -metadata:s:a:0 language=fas"
            + " -metadata:s:a:1 language=deu";
    byte[] stream = Files.readAllBytes(Films.make("two.ts", "-i " + Films.plain() + two));
    Demuxed found = Demuxed.of(stream);
    assertEquals(Set.of("audio", "audio-2", "video"), found.tracks.keySet());
    assertEquals("fa", found.track("audio").labels().language());
    assertEquals("de", found.track("audio-2").labels().language());
    assertEquals("ac-3", found.track("audio-2").codec().name());
  }

  // How it comes

  private static byte[] brief() throws Exception {
    return Files.readAllBytes(
        Films.make("brief.ts", "-t 0.6 -i " + Films.plain() + " -map 0 -c copy"));
  }

  @Test
  void stream_inPiecesOfAnySize_isTheSame() throws Exception {
    byte[] stream = brief();
    Demuxed whole = Demuxed.of(stream);
    assertTrue(whole.samples("video").size() > 14);
    for (int size = 1; size < 2 * PACKET + 3; size++) {
      assertSame(whole, Demuxed.inPieces(stream, size), size);
    }
    for (int at = 0; at < stream.length; at++) {
      Demuxed split = new Demuxed();
      split.accept(stream, 0, at);
      split.accept(stream, at, stream.length);
      split.demuxer.end();
      assertSame(whole, split, at);
    }
  }

  private static void assertSame(Demuxed wanted, Demuxed found, int size) {
    assertEquals(wanted.tracks.keySet(), found.tracks.keySet(), "at " + size);
    for (String each : wanted.tracks.keySet()) {
      assertArrayEquals(wanted.bytes(each), found.bytes(each), each + " at " + size);
    }
  }

  @Test
  void packetsTwice_andGarbageBetweenThem_changeNothing() throws Exception {
    byte[] stream = brief();
    ByteArrayOutputStream made = new ByteArrayOutputStream();
    for (int at = 0; at < stream.length; at += PACKET) {
      made.write(stream, at, PACKET);
      made.write(stream, at, PACKET);
    }
    assertSame(Demuxed.of(stream), Demuxed.of(made.toByteArray()), 0);
    made.reset();
    for (int at = 0; at < stream.length; at += PACKET) {
      if (at % (10 * PACKET) == 0) {
        made.write(new byte[at % 1000]);
      }
      made.write(stream, at, PACKET);
    }
    // Two packets are wanted to find the next one.
    made.write(new byte[] {0x47});
    assertSame(Demuxed.of(stream), Demuxed.of(made.toByteArray()), 0);
  }

  // What is missing

  /**
   * Each packet is lost once, and some together: what remains is whole. Counters of four bits do
   * not tell that 16 are missing.
   */
  @Test
  void packetsLost_whatTheyWereOfIsDropped_andNothingElse() throws Exception {
    byte[] stream = brief();
    Demuxed whole = Demuxed.of(stream);
    Set<String> dropped = new TreeSet<>();
    for (int lost = 1; lost < 16; lost += 4) {
      // That the very last packet is missing nobody can tell.
      for (int at = 0; at < stream.length / 2; at += PACKET) {
        byte[] less = without(stream, at, lost * PACKET);
        try {
          dropped.addAll(missing(whole, Demuxed.of(less)));
        } catch (MalformedMedia nothing) {
          assertTrue(nothing.getMessage().contains("no pictures"), nothing.getMessage());
        }
      }
    }
    // Something of each track was hit, or the test shows nothing.
    assertTrue(dropped.size() > 10, dropped.toString());
  }

  private static byte[] without(byte[] stream, int from, int count) {
    byte[] less = Arrays.copyOf(stream, stream.length - count);
    System.arraycopy(stream, from + count, less, from, less.length - from);
    return less;
  }

  /** What is not there any more; that which is, is at its time. */
  private static Set<String> missing(Demuxed whole, Demuxed found) {
    Set<String> missing = new HashSet<>();
    for (String track : found.tracks.keySet()) {
      List<Sample> wanted = whole.samples(track);
      List<Sample> left = new ArrayList<>(wanted);
      for (Sample each : found.samples(track)) {
        Optional<Sample> of =
            wanted.stream().filter(one -> one.bytes().equals(each.bytes())).findFirst();
        assertTrue(of.isPresent(), () -> track + " has a sample that was not sent: " + each);
        assertTrue(Math.abs(of.get().shown() - each.shown()) <= ROUNDED, each::toString);
        left.remove(of.get());
      }
      left.forEach(each -> missing.add(track + each.bytes()));
    }
    return missing;
  }

  @Test
  void stream_cutAnywhere_hasWholeSamplesOnly() throws Exception {
    byte[] stream = brief();
    Demuxed whole = Demuxed.of(stream);
    int read = 0;
    for (int at = 0; at < stream.length; at += 61) {
      for (byte[] cut :
          List.of(Arrays.copyOf(stream, at), Arrays.copyOfRange(stream, at, stream.length))) {
        Demuxed found = new Demuxed();
        // Its end is not told: what has no end of its own is not whole.
        found.accept(cut, 0, cut.length);
        missing(whole, found);
        read += found.tracks.size();
      }
    }
    assertTrue(read > 100, "most of them have something");
  }

  /** Whatever comes, it is malformed or fragments that can be read; and nothing else. */
  @Test
  void garbled_isMalformed_orFewerSamples() throws Exception {
    byte[] stream = brief();
    int malformed = 0;
    int read = 0;
    for (int seed = 0; seed < 3000; seed++) {
      Random random = new Random(seed);
      byte[] garbled = stream.clone();
      for (int i = random.nextInt(1, 40); i > 0; i--) {
        int packet = random.nextInt(stream.length / PACKET) * PACKET;
        // Most of what can go wrong is in what comes first.
        int at = packet + (random.nextBoolean() ? random.nextInt(40) : random.nextInt(PACKET));
        garbled[at] ^= (byte) (1 << random.nextInt(8));
      }
      try {
        Demuxed found = Demuxed.of(garbled);
        found.tracks.keySet().forEach(found::samples);
        read++;
      } catch (MalformedMedia expected) {
        malformed++;
      }
    }
    assertTrue(malformed > 50 && read > 500, malformed + " malformed, " + read + " read");
  }

  // Where it begins anew

  @Test
  void streamAgain_asNextPiece_goesOnWithAllOfIt() throws Exception {
    byte[] stream = Files.readAllBytes(Films.plain("whole.ts", ""));
    Demuxed once = Demuxed.of(stream);
    Demuxed twice = new Demuxed();
    twice.accept(stream, 0, stream.length);
    twice.demuxer.pieceEnds();
    twice.accept(stream, 0, stream.length);
    twice.demuxer.end();
    for (String track : List.of("video", "audio")) {
      byte[] one = once.bytes(track);
      byte[] two = twice.bytes(track);
      assertArrayEquals(one, Arrays.copyOf(two, one.length), track);
      // Times go back, which no file may have; all but the head is there again.
      int head = text(one).indexOf("moof") - 4;
      assertEquals(one.length - head, two.length - one.length, track);
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  @Test
  void programThatChanges_hasANewHead() throws Exception {
    byte[] other =
        Files.readAllBytes(
            Films.make(
                "other-sound.ts",
                "-ss 1 -t 0.6 -i "
                    + Films.plain()
                    + " -map 0 -c:v copy -c:a libmp3lame -output_ts_offset 1"));
    Demuxed changing = new Demuxed();
    changing.accept(brief(), 0, brief().length);
    changing.accept(other, 0, other.length);
    changing.demuxer.end();
    assertEquals(2, text(changing.bytes("audio")).split("moov", -1).length - 1);
    int heads = text(changing.bytes("video")).split("moov", -1).length - 1;
    assertEquals(1, heads, "the same pictures need no other");
  }

  // What is refused

  @Test
  void pictureWithoutEnd_isRefused() throws Exception {
    byte[] stream = brief();
    int begun = 0;
    while ((stream[begun + 1] & 0x5f) != 0x41 || stream[begun + 2] != 0) {
      begun += PACKET;
    }
    byte[] packet = Arrays.copyOfRange(stream, begun, begun + PACKET);
    Demuxed endless = new Demuxed();
    endless.accept(stream, 0, begun + PACKET);
    packet[1] &= (byte) 0xbf;
    packet[3] &= (byte) 0xdf;
    MalformedMedia refused =
        assertThrows(
            MalformedMedia.class,
            () -> {
              for (int i = 1; i < 50_000; i++) {
                int counter = (stream[3] + i) & 0xf;
                packet[3] = (byte) ((packet[3] & 0xf0) | counter);
                endless.accept(packet, 0, PACKET);
              }
            });
    assertTrue(refused.getMessage().contains("more than"), refused.getMessage());
  }

  @Test
  void nothingButOtherStreams_isRefused() throws Exception {
    byte[] other =
        Files.readAllBytes(Films.make("mpeg2.ts", "-i " + Films.plain() + " -an -c:v mpeg2video"));
    assertThrows(MalformedMedia.class, () -> Demuxed.of(other));
    assertThrows(MalformedMedia.class, () -> Demuxed.of(new byte[0]));
    Demuxed searching = new Demuxed();
    byte[] noise = new byte[1 << 20];
    assertThrows(
        MalformedMedia.class,
        () -> {
          for (int i = 0; i < 100; i++) {
            searching.accept(noise, 0, noise.length);
          }
        });
  }
}
