package darban.media.hls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.media.Fuzz;
import darban.media.MalformedMedia;
import darban.media.hls.MediaPlaylist.Edge;
import darban.media.hls.MediaPlaylist.Header;
import darban.media.hls.MediaPlaylist.Hint;
import darban.media.hls.MediaPlaylist.Report;
import darban.media.hls.MediaPlaylist.Trait;
import darban.media.hls.Segment.ByteRange;
import darban.media.hls.Segment.Context;
import darban.media.hls.Segment.Part;
import io.lindstrom.m3u8.model.MediaSegment;
import io.lindstrom.m3u8.parser.MasterPlaylistParser;
import io.lindstrom.m3u8.parser.MediaPlaylistParser;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Playlists of ours, held against another parser and against the rules for them. */
class MediaPlaylistTest {
  private static final Context MAP = Context.of(new Segment.Map("init.mp4"));
  private static final Attributes KEY =
      Attributes.builder().word("METHOD", "AES-128").quoted("URI", "key").build();

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static MediaPlaylist again(byte[] bytes) {
    return MediaPlaylist.of(HlsPlaylist.read(ByteBuffer.wrap(bytes)));
  }

  private static List<Segment> segments(int from, int to, long micros, Context context) {
    return IntStream.range(from, to)
        .mapToObj(i -> Segment.of("s" + i + ".m4s", micros, context))
        .toList();
  }

  /** A window of a low-latency stream: {@code parts} of segment {@code last} are there. */
  private static MediaPlaylist live(int first, int last, int parts) {
    List<Segment> segments = new ArrayList<>();
    for (int i = first; i < last; i++) {
      Context at = MAP.at(1_700_000_000_000L + i * 2000L);
      segments.add(
          Segment.of("s" + i + ".m4s", 2_000_000, at).with(i < last - 2 ? List.of() : parts(i, 5)));
    }
    Header header = Header.live(MediaPlaylist.Type.LIVE, 2, first, 3).parts(400_000);
    Edge edge =
        new Edge(
            parts(last, parts),
            MAP.at(1_700_000_000_000L + last * 2000L),
            List.of(Hint.part("s" + last + "." + parts + ".m4s")),
            List.of(new Report("other.m3u8", last, parts - 1L)),
            List.of());
    return new MediaPlaylist(header, 0, segments, edge);
  }

  private static List<Part> parts(int segment, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> new Part("s" + segment + "." + i + ".m4s", 400_000, null, i == 0, false))
        .toList();
  }

  @Test
  void recording_written_asTheStandardHasIt() {
    List<Segment> all = new ArrayList<>(segments(0, 1, 4_000_000, MAP));
    all.add(new Segment("b.m4s", 3_500_001, "سلام", new ByteRange(10, 5), MAP, List.of()));
    all.add(Segment.of("c.m4s", 1_000_000, MAP.encrypted(List.of(KEY)).afterBreak()));
    all.add(Segment.of("d.m4s", 500_000, MAP));
    assertEquals(
        """
        #EXTM3U
        #EXT-X-VERSION:6
        #EXT-X-TARGETDURATION:4
        #EXT-X-MEDIA-SEQUENCE:0
        #EXT-X-PLAYLIST-TYPE:VOD
        #EXT-X-INDEPENDENT-SEGMENTS
        #EXT-X-MAP:URI="init.mp4"
        #EXTINF:4,
        s0.m4s
        #EXTINF:3.500001,سلام
        #EXT-X-BYTERANGE:10@5
        b.m4s
        #EXT-X-DISCONTINUITY
        #EXT-X-KEY:METHOD=AES-128,URI="key"
        #EXTINF:1,
        c.m4s
        #EXT-X-KEY:METHOD=NONE
        #EXTINF:0.5,
        d.m4s
        #EXT-X-ENDLIST
        """,
        text(MediaPlaylist.vod(4, all).bytes()));
  }

  @Test
  void lowLatency_written_asTheStandardHasIt() {
    assertEquals(
        """
        #EXTM3U
        #EXT-X-VERSION:9
        #EXT-X-TARGETDURATION:2
        #EXT-X-PART-INF:PART-TARGET=0.4
        #EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=12,PART-HOLD-BACK=1.2
        #EXT-X-MEDIA-SEQUENCE:7
        #EXT-X-DISCONTINUITY-SEQUENCE:3
        #EXT-X-INDEPENDENT-SEGMENTS
        #EXT-X-MAP:URI="init.mp4"
        #EXT-X-PROGRAM-DATE-TIME:2023-11-14T22:13:34.000Z
        #EXTINF:2,
        s7.m4s
        """,
        text(live(7, 10, 2).bytes())
            .lines()
            .limit(12)
            .map(line -> line + "\n")
            .reduce("", String::concat));
    assertTrue(
        text(live(7, 10, 2).bytes())
            .endsWith(
                """
                #EXTINF:2,
                s9.m4s
                #EXT-X-PROGRAM-DATE-TIME:2023-11-14T22:13:40.000Z
                #EXT-X-PART:DURATION=0.4,URI="s10.0.m4s",INDEPENDENT=YES
                #EXT-X-PART:DURATION=0.4,URI="s10.1.m4s"
                #EXT-X-PRELOAD-HINT:TYPE=PART,URI="s10.2.m4s"
                #EXT-X-RENDITION-REPORT:URI="other.m3u8",LAST-MSN=10,LAST-PART=1
                """));
  }

  @Test
  void playlist_writtenAndRead_isTheSame() {
    List<MediaPlaylist> all =
        List.of(
            MediaPlaylist.vod(4, segments(0, 20, 3_999_999, MAP)),
            MediaPlaylist.vod(4, segments(0, 5, 4_000_000, MAP.encrypted(List.of(KEY, KEY)))),
            new MediaPlaylist(
                Header.vod(4).with(Trait.I_FRAMES_ONLY),
                0,
                List.of(
                    new Segment("a", 2_000_000, "", new ByteRange(9, 0), MAP, List.of()),
                    new Segment("a", 2_000_000, "", new ByteRange(7, 100), MAP, List.of())),
                Edge.NONE),
            live(0, 9, 0),
            live(1000, 1009, 3));
    for (MediaPlaylist playlist : all) {
      MediaPlaylist read = again(playlist.bytes());
      assertEquals(playlist.header(), read.header());
      assertEquals(playlist.segments(), read.segments());
      assertEquals(playlist.edge().parts(), read.edge().parts());
      assertEquals(playlist.edge().hints(), read.edge().hints());
      assertEquals(playlist.edge().reports(), read.edge().reports());
      assertEquals(text(playlist.bytes()), text(read.bytes()));
    }
  }

  @Test
  void playlist_readByAnother_meansTheSame() throws Exception {
    MediaPlaylist ours = live(100, 120, 3);
    io.lindstrom.m3u8.model.MediaPlaylist theirs =
        new MediaPlaylistParser().readPlaylist(text(ours.bytes()));
    assertEquals(ours.header().sequence(), theirs.mediaSequence());
    assertEquals(1.2, theirs.serverControl().orElseThrow().partHoldBack().orElseThrow());
    assertEquals(3, theirs.partialSegments().size());
    assertEquals("s120.3.m4s", theirs.preloadHint().orElseThrow().uri());
    List<MediaSegment> segments = theirs.mediaSegments();
    for (int i = 0; i < segments.size(); i++) {
      assertEquals(ours.segments().get(i).uri(), segments.get(i).uri());
      assertEquals(2.0, segments.get(i).duration());
      assertEquals(ours.segments().get(i).parts().size(), segments.get(i).partialSegments().size());
    }
  }

  @Test
  void multivariant_readByAnother_meansTheSame() throws Exception {
    HlsPlaylist ours =
        MultivariantPlaylist.builder(7)
            .rendition(
                new Rendition(
                    Attributes.builder()
                        .word("TYPE", "AUDIO")
                        .quoted("GROUP-ID", "sound")
                        .quoted("NAME", "فارسی")
                        .quoted("LANGUAGE", "fa")
                        .yes("DEFAULT", true)
                        .yes("AUTOSELECT", true)
                        .quoted("URI", "fa.m3u8")
                        .build()))
            .variant(
                new Variant(
                    Attributes.builder()
                        .number("BANDWIDTH", 1_000_000)
                        .number("AVERAGE-BANDWIDTH", 900_000)
                        .quoted("CODECS", "avc1.64001f,mp4a.40.2")
                        .word("RESOLUTION", "1280x720")
                        .decimal("FRAME-RATE", 29.97002997)
                        .quoted("AUDIO", "sound")
                        .build(),
                    "v.m3u8",
                    false))
            .build();
    io.lindstrom.m3u8.model.MasterPlaylist theirs =
        new MasterPlaylistParser().readPlaylist(text(ours.bytes()));
    assertEquals(List.of("avc1.64001f", "mp4a.40.2"), theirs.variants().getFirst().codecs());
    assertEquals(29.97, theirs.variants().getFirst().frameRate().orElseThrow());
    assertEquals("فارسی", theirs.alternativeRenditions().getFirst().name());
    assertEquals("fa.m3u8", theirs.alternativeRenditions().getFirst().uri().orElseThrow());
  }

  /** What a delta update and what a player has are together the whole playlist. */
  @Test
  void delta_addedToWhatWasKnown_isTheWhole() {
    MediaPlaylist known = live(0, 30, 1);
    MediaPlaylist now = live(2, 33, 2);
    MediaPlaylist delta = again(now.delta());
    assertTrue(delta.skipped() > 20, delta.skipped() + " skipped");
    List<Segment> merged = new ArrayList<>();
    for (long i = now.header().sequence(); i < now.nextSequence(); i++) {
      Segment segment = delta.segment(i);
      merged.add(segment == null ? known.segment(i) : segment);
    }
    assertEquals(
        now.segments().stream().map(Segment::uri).toList(),
        merged.stream().map(Segment::uri).toList());
    long left = delta.micros();
    assertTrue(left >= now.header().control().canSkipUntil() - 800_000, left + " us left");
    assertEquals(now.nextSequence(), delta.nextSequence());
    assertNull(delta.segment(2));
  }

  @Test
  void delta_nothingToLeaveOut_isTheWhole() {
    MediaPlaylist small = live(0, 4, 2);
    assertEquals(text(small.bytes()), text(small.delta()));
    MediaPlaylist recording = MediaPlaylist.vod(4, segments(0, 50, 4_000_000, MAP));
    assertEquals(text(recording.bytes()), text(recording.delta()));
  }

  /** The rules that a player relies on: of playlists with parts of every length. */
  @ParameterizedTest
  @ValueSource(longs = {200_000, 333_333, 500_000, 1_001_000})
  void lowLatency_always_keepsTheRules(long part) {
    Header header = Header.live(MediaPlaylist.Type.LIVE, 2, 0, 0).parts(part);
    assertTrue(header.control().partHoldBack() >= 3 * part, "§4.4.3.8 three parts at least");
    assertTrue(
        header.control().canSkipUntil() >= 6 * 2 * Micros.SECOND, "§4.4.3.8 six segments at least");
    assertTrue(header.control().canBlockReload());
  }

  @ParameterizedTest(name = "{0} ticks of 1/{1}")
  @CsvSource({
    "0, 90000, 0",
    "512, 12800, 0.04",
    "1001, 30000, 0.033367",
    "1024, 44100, 0.02322",
    "192512, 48000, 4.010667",
    "100000000000000, 90000, 1111111111.111111"
  })
  void duration_ofTicks_exactToTheMicrosecond(long ticks, int timescale, String seconds) {
    assertEquals(seconds, Micros.text(Micros.of(ticks, timescale)));
    assertEquals(Micros.of(ticks, timescale), Micros.parse(seconds));
  }

  @Test
  void durations_ofManySegments_addUpWithoutDrift() {
    long sum = 0;
    for (int i = 0; i < 1000; i++) {
      sum += Micros.of((i + 1) * 1001L, 30_000) - Micros.of(i * 1001L, 30_000);
    }
    assertEquals(Micros.of(1001L * 1000, 30_000), sum);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "#EXTM3U\na.ts\n",
        "#EXTM3U\n#EXTINF:x,\na.ts\n",
        "#EXTM3U\n#EXTINF:1e9999999,\na.ts\n",
        "#EXTM3U\n#EXTINF:1,\n#EXT-X-BYTERANGE:-1\na.ts\n",
        "#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:99999999999999999999\n"
      })
  void playlist_withoutSense_refused(String text) {
    assertThrows(MalformedMedia.class, () -> again(text.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void others_keysDatesRangesGaps_meanWhatTheySay() {
    MediaPlaylist read =
        again(
            """
            #EXTM3U
            #EXT-X-TARGETDURATION:10
            #EXT-X-PLAYLIST-TYPE:EVENT
            #EXT-X-DISCONTINUITY-SEQUENCE:4
            #EXT-X-KEY:METHOD=SAMPLE-AES,URI="skd://a",KEYFORMAT="com.apple"
            #EXT-X-KEY:METHOD=SAMPLE-AES,URI="data:b",KEYFORMAT="urn:uuid"
            #EXT-X-MAP:URI="a.mp4",BYTERANGE="100@0"
            #EXT-X-PROGRAM-DATE-TIME:2026-01-02T03:04:05.678+0330
            #EXTINF:9.5
            #EXT-X-BYTERANGE:1000@100
            a.mp4
            #EXTINF:9.5,
            #EXT-X-BYTERANGE:500
            a.mp4
            #EXT-X-KEY:METHOD=NONE
            #EXT-X-GAP
            #EXTINF:1,
            gap.mp4
            """
                .getBytes(StandardCharsets.UTF_8));
    List<Segment> segments = read.segments();
    assertEquals(new ByteRange(500, 1100), segments.get(1).range());
    assertEquals(2, segments.get(0).context().keys().size());
    assertEquals(2, segments.get(1).context().keys().size());
    assertEquals(List.of(), segments.get(2).context().keys());
    assertTrue(segments.get(2).context().gap());
    assertEquals(
        java.time.Instant.parse("2026-01-01T23:34:05.678Z").toEpochMilli(),
        segments.getFirst().context().programDateTime());
    assertEquals(MediaPlaylist.Type.EVENT, read.header().type());
  }

  @Test
  void playlists_changedAtRandom_refusedOrRead() {
    List<byte[]> seeds =
        List.of(
            live(100, 120, 3).bytes(),
            live(0, 30, 1).delta(),
            MediaPlaylist.vod(4, segments(0, 9, 1, MAP.encrypted(List.of(KEY)))).bytes());
    Fuzz.run(
        5000,
        2000,
        seeds,
        bytes -> {
          HlsPlaylist playlist = HlsPlaylist.read(ByteBuffer.wrap(bytes));
          playlist.rewritten(
              (use, uri) -> uri + "?x", Variables.of(playlist, "a=b", Variables.NONE));
          MultivariantPlaylist.of(playlist).startingWithin(5);
          MediaPlaylist.of(playlist).delta();
        });
  }
}
