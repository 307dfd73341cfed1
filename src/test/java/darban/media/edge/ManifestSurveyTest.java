package darban.media.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import darban.media.MalformedMedia;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ManifestSurveyTest {
  private static ManifestSurvey hls(String lines) {
    String text = "#EXTM3U\n" + lines.replace(" / ", "\n") + "\n";
    return ManifestSurvey.of(
        ManifestKind.HLS, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), Instant.EPOCH);
  }

  private static ManifestSurvey dash(String attributes) {
    String text =
        "<?xml version=\"1.0\"?><MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" "
            + attributes.replace('\'', '"')
            + "/>";
    return ManifestSurvey.of(
        ManifestKind.DASH, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), Instant.EPOCH);
  }

  @ParameterizedTest
  @CsvSource({
    "application/vnd.apple.mpegurl, /x, HLS",
    "Audio/MpegURL; charset=utf-8, /x, HLS",
    "application/dash+xml, /x, DASH",
    "text/plain, /live/a.m3u8, HLS",
    "application/octet-stream, /live/a.MPD, DASH",
    ", /a.mpd, DASH",
    "text/html, /a.m3u8, ",
    "video/mp2t, /a.ts, ",
    ", /m3u8, ",
  })
  void kind_byType_byNameWhereThatSaysNothing(String type, String path, ManifestKind kind) {
    assertEquals(Optional.ofNullable(kind), ManifestKind.of(type, path));
  }

  @Test
  void livePlaylist_halfATargetDuration() {
    Cadence cadence =
        hls("#EXT-X-TARGETDURATION:6 / #EXTINF:6, / a.ts / #EXTINF:6, / b.ts").cadence();
    assertEquals(3_000, cadence.manifest());
    assertEquals(3_000, cadence.notYet());
    assertEquals(36_000, cadence.segment());
    assertEquals(18_000, cadence.patience());
    assertEquals(12_000, cadence.window());
  }

  @Test
  void playlistOfParts_onePart() {
    Cadence cadence =
        hls("#EXT-X-TARGETDURATION:4 / #EXT-X-PART-INF:PART-TARGET=0.33334 / #EXTINF:4, / a.mp4")
            .cadence();
    assertEquals(333, cadence.manifest());
    assertEquals(333, cadence.notYet());
    assertEquals(24_000, cadence.held());
  }

  @Test
  void targetBeyondReason_isNone() {
    Cadence cadence = hls("#EXT-X-TARGETDURATION:999999999 / #EXTINF:4, / a.ts").cadence();
    assertEquals(180_000, cadence.patience());
  }

  @Test
  void recording_isOver_variantsAreNotLive() {
    assertEquals(
        ManifestSurvey.Nature.OVER,
        hls("#EXT-X-TARGETDURATION:6 / #EXTINF:6, / a.ts / #EXT-X-ENDLIST").nature());
    ManifestSurvey variants =
        hls(
            "#EXT-X-STREAM-INF:BANDWIDTH=900 / hi.m3u8 / #EXT-X-STREAM-INF:BANDWIDTH=100 / lo.m3u8");
    assertEquals(ManifestSurvey.Nature.VARIANTS, variants.nature());
    assertEquals(List.of("lo.m3u8"), variants.first());
    assertEquals(ManifestSurvey.Nature.OVER, dash("type='static'").nature());
  }

  @ParameterizedTest
  @CsvSource({
    "PT2S, PT4S, 2000, 2000",
    "PT500S, PT4S, 2000, 2000",
    "PT0S, PT4S, 2000, 2000",
    ", PT4S, 2000, 2000",
    "PT500S, , 1000, 1000",
  })
  void liveManifest_updatePeriodOrHalfASegment(
      String update, String segment, long most, long notYet) {
    String attributes =
        "type='dynamic'"
            + (update == null ? "" : " minimumUpdatePeriod='" + update + "'")
            + (segment == null ? "" : " maxSegmentDuration='" + segment + "'");
    assertEquals(most, dash(attributes).cadence().manifest());
    assertEquals(notYet, dash(attributes).cadence().notYet());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "duration='4' availabilityTimeOffset='3.8' availabilityTimeComplete='false' | 200",
        "duration='48000' timescale='12000' availabilityTimeOffset='3.5' availabilityTimeComplete='false' | 500",
        "availabilityTimeOffset='5.5' availabilityTimeComplete='false' | 500", // of the longest
        "duration='4' availabilityTimeOffset='3.8' | 2000", // whole segments, there ahead of time
        "duration='4' availabilityTimeOffset='INF' availabilityTimeComplete='false' | 2000",
        "duration='4' availabilityTimeOffset='9' availabilityTimeComplete='false' | 2000",
        "duration='4' availabilityTimeOffset='x' availabilityTimeComplete='false' | 2000",
        "duration='4' | 2000",
      })
  void liveManifest_ofChunks_oneChunk(String template, long most) {
    String rest =
        "<Period><AdaptationSet><SegmentTemplate " + template + "/></AdaptationSet></Period>";
    for (String document : List.of(rest + "</MPD>", rest + "<cut")) {
      String text =
          "<MPD type='dynamic' minimumUpdatePeriod='PT2S' maxSegmentDuration='PT6S'>" + document;
      Cadence cadence =
          ManifestSurvey.of(
                  ManifestKind.DASH,
                  ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)),
                  Instant.EPOCH)
              .cadence();
      assertEquals(most, cadence.manifest(), text);
      assertEquals(most == 2000 ? 3000 : most, cadence.notYet(), text);
    }
  }

  @Test
  void liveManifest_ofChunksOfSegmentsWithoutEnd_isNone() {
    String text =
        "<MPD type='dynamic' maxSegmentDuration='PT9000000000000000000S'><SegmentTemplate"
            + " availabilityTimeOffset='1' availabilityTimeComplete='false'/></MPD>";
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    assertThrows(
        MalformedMedia.class, () -> ManifestSurvey.of(ManifestKind.DASH, bytes, Instant.EPOCH));
  }

  @Test
  void whatComesFirst_theStartOfARecording_theEndOfWhatIsLive() {
    String playlist =
        "#EXT-X-TARGETDURATION:6 / #EXT-X-MAP:URI=\"h0\" / #EXTINF:6, / a.mp4"
            + " / #EXT-X-MAP:URI=\"h1\" / #EXTINF:6, / b.mp4";
    assertEquals(List.of("h1", "b.mp4"), hls(playlist).first());
    assertEquals(List.of("h0", "a.mp4"), hls(playlist + " / #EXT-X-ENDLIST").first());
    assertEquals(List.of(List.of("a.mp4", "b.mp4")), hls(playlist).lists());
  }

  @Test
  void manifestOfDash_tellsSegmentsByTheTimeOfDay() {
    String text =
        "<MPD type='dynamic' availabilityStartTime='2026-01-01T00:00:00Z'><Period start='PT0S'>"
            + "<AdaptationSet><SegmentTemplate duration='2' media='$Number$' initialization='i'/>"
            + "<Representation id='v'/></AdaptationSet></Period></MPD>";
    ManifestSurvey survey =
        ManifestSurvey.of(
            ManifestKind.DASH,
            ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)),
            Instant.parse("2026-01-01T00:00:09Z"));
    assertEquals(List.of("i", "4"), survey.first());
    assertEquals(1, survey.series().size());
  }

  private static boolean restarted(String before, String now) {
    String head = "#EXT-X-TARGETDURATION:2 / #EXT-X-MEDIA-SEQUENCE:";
    return hls(head + now).lineage().restartedSince(hls(head + before).lineage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "goes on | 7 / #EXTINF:2, / s7.ts / #EXTINF:2, / s8.ts | 8 / #EXTINF:2, / s8.ts / #EXTINF:2, / s9.ts | false",
        "the same | 7 / #EXTINF:2, / s7.ts | 7 / #EXTINF:2, / s7.ts | false",
        "jumps ahead | 7 / #EXTINF:2, / s7.ts | 90 / #EXTINF:2, / s90.ts | false",
        "from the start | 7 / #EXTINF:2, / s7.ts | 0 / #EXTINF:2, / s0.ts | true",
        "one back | 0 / #EXTINF:2, / s0.ts / #EXTINF:2, / s1.ts | 0 / #EXTINF:2, / s0.ts | true",
        "another length | 0 / #EXTINF:2, / s0.ts | 0 / #EXTINF:1.2, / s0.ts / #EXTINF:2, / s1.ts | true",
        "another date | 0 / #EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00Z / #EXTINF:2, / s0.ts | 0 / #EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:09:00Z / #EXTINF:2, / s0.ts | true",
        "another date of the second | 0 / #EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00Z / #EXTINF:2, / a / #EXTINF:2, / b | 1 / #EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:09Z / #EXTINF:2, / b | true",
        "a server behind | 0 / #EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00Z / #EXTINF:2, / a / #EXTINF:2, / b | 0 / #EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00Z / #EXTINF:2, / a | false",
      })
  void playlist_afterAnother_ofTheSameRunOrNot(
      String what, String before, String now, boolean restarted) {
    assertEquals(restarted, restarted(before, now), what);
  }

  @ParameterizedTest
  @CsvSource({
    "2026-01-01T00:00:00Z, 2026-01-01T00:00:00Z, false",
    "2026-01-01T00:00:00Z, 2026-01-01T00:00:09Z, true",
    "2026-01-01T00:00:00Z, , false",
  })
  void manifest_withAnotherBeginning_isOfAnotherRun(String before, String now, boolean restarted) {
    assertEquals(restarted, begun(now).restartedSince(begun(before)));
  }

  private static Lineage begun(String at) {
    return dash("type='dynamic'" + (at == null ? "" : " availabilityStartTime='" + at + "'"))
        .lineage();
  }
}
