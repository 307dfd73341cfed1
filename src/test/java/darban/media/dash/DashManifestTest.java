package darban.media.dash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.media.dash.DashManifest.Period;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DashManifestTest {
  private static final Representation PICTURES =
      new Representation(
          "v0", 800_000, "avc1.64001f", new Representation.Video(1280, 720, "1:1", "30000/1001"));
  private static final Representation SOUND =
      new Representation("a0", 64_000, "mp4a.40.2", new Representation.Audio(2, 48_000));

  private static String text(DashManifest manifest) {
    return new String(manifest.bytes(), StandardCharsets.UTF_8);
  }

  @Test
  void recording_ofListedSegments_asTheStandardHasIt() {
    Addressing listed =
        new Addressing.Timeline(
            90_000,
            0,
            "$RepresentationID$/init.mp4",
            "$RepresentationID$/$Number$.m4s",
            0,
            Addressing.runs(new long[] {0, 360_000, 720_000, 1_080_000, 1_200_000, 1_320_000}));
    DashManifest manifest =
        DashManifest.recording(
            14_667,
            4000,
            List.of(
                Period.only(
                    List.of(
                        new AdaptationSet(
                            AdaptationSet.Kind.VIDEO,
                            AdaptationSet.Labels.NONE,
                            List.of(PICTURES),
                            listed)))));
    assertEquals(
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <MPD xmlns="urn:mpeg:dash:schema:mpd:2011" profiles="urn:mpeg:dash:profile:isoff-live:2011,urn:mpeg:dash:profile:cmaf:2019" type="static" minBufferTime="PT2S" maxSegmentDuration="PT4S" mediaPresentationDuration="PT14.667S">
          <Period id="0" start="PT0S">
            <AdaptationSet id="0" contentType="video" mimeType="video/mp4" segmentAlignment="true" startWithSAP="1">
              <Role schemeIdUri="urn:mpeg:dash:role:2011" value="main"/>
              <SegmentTemplate timescale="90000" initialization="$RepresentationID$/init.mp4" media="$RepresentationID$/$Number$.m4s" startNumber="0">
                <SegmentTimeline>
                  <S t="0" d="360000" r="2"/>
                  <S d="120000" r="1"/>
                </SegmentTimeline>
              </SegmentTemplate>
              <Representation id="v0" bandwidth="800000" codecs="avc1.64001f" width="1280" height="720" sar="1:1" frameRate="30000/1001">
              </Representation>
            </AdaptationSet>
          </Period>
        </MPD>\
        """,
        text(manifest));
  }

  @Test
  void live_lowLatency_tellsWhatPlayersNeed() {
    Addressing numbered =
        new Addressing.Numbered(
            48_000,
            96_000,
            960,
            "$RepresentationID$/init.mp4",
            "$RepresentationID$/$Number$.m4s",
            7);
    Live live =
        new Live(
            1_700_000_000_000L,
            1_700_000_060_500L,
            30_000,
            120_000,
            2000,
            200,
            "live.mpd?since=1&k=v",
            "/time?a&b");
    String text =
        text(
            DashManifest.live(
                live,
                2000,
                List.of(
                    new Period("a", 0, 5000, List.of()),
                    new Period(
                        "b",
                        7250,
                        0,
                        List.of(
                            new AdaptationSet(
                                AdaptationSet.Kind.AUDIO,
                                new AdaptationSet.Labels("fa", "گوینده", false),
                                List.of(SOUND),
                                numbered))))));
    for (String part :
        List.of(
            "type=\"dynamic\"",
            "availabilityStartTime=\"2023-11-14T22:13:20Z\"",
            "publishTime=\"2023-11-14T22:14:20.500Z\"",
            "minimumUpdatePeriod=\"PT30S\"",
            "timeShiftBufferDepth=\"PT60S\"",
            "<Latency referenceId=\"0\" target=\"2000\" min=\"1000\" max=\"6000\"/>",
            "<Location>live.mpd?since=1&amp;k=v</Location>",
            "<Period id=\"a\" start=\"PT0S\" duration=\"PT5S\">",
            "<Period id=\"b\" start=\"PT7.25S\">",
            "duration=\"96000\"",
            "startNumber=\"7\"",
            "startNumber=\"7\" presentationTimeOffset=\"960\"",
            "availabilityTimeOffset=\"1.8\" availabilityTimeComplete=\"false\"",
            "lang=\"fa\"",
            "<Label>گوینده</Label>",
            "value=\"alternate\"",
            "<UTCTiming schemeIdUri=\"urn:mpeg:dash:utc:http-xsdate:2014\" value=\"/time?a&amp;b\"/>")) {
      assertTrue(text.contains(part), part + " in " + text);
    }
    DashInfo info = DashInfo.read(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    assertTrue(info.live());
    assertEquals(Optional.of(Duration.ofMinutes(1)), info.window());
    assertEquals(Optional.of(Duration.ofMillis(200)), info.chunk());
  }
}
