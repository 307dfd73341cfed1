package darban.media.dash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.media.Fuzz;
import darban.media.MalformedMedia;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestCopyTest {
  private static final String MANIFEST =
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <!-- made elsewhere -->
      <MPD xmlns="urn:mpeg:dash:schema:mpd:2011" xmlns:x="urn:x" xmlns:xlink="http://www.w3.org/1999/xlink" type="dynamic" minimumUpdatePeriod="PT2S" maxSegmentDuration="PT4.5S" x:own="a &amp; b">
        <ProgramInformation><Title>فیلم</Title></ProgramInformation>
        <Location>live.mpd</Location>
        <?keep this?>
        <Period id="1" xlink:href="more.xml">
          <AdaptationSet mimeType="video/mp4" codecs="avc1.64001f" height="720">
            <x:Unknown a="1"><![CDATA[<kept>]]></x:Unknown>
            <SegmentTemplate media="$RepresentationID$/$Number$.m4s" initialization="$RepresentationID$/init.mp4" timescale="1000" duration="4000"></SegmentTemplate>
            <Representation id="high" bandwidth="3000000"></Representation>
            <Representation id="low" bandwidth="800000" height="360">
              <BaseURL> low/ </BaseURL>
            </Representation>
          </AdaptationSet>
          <AdaptationSet mimeType="audio/mp4" lang="fa">
            <Representation id="sound" bandwidth="64000">
              <SegmentList><Initialization sourceURL="i.mp4"></Initialization><SegmentURL media="1.m4s"></SegmentURL></SegmentList>
            </Representation>
          </AdaptationSet>
        </Period>
        <UTCTiming schemeIdUri="urn:mpeg:dash:utc:http-iso:2014" value="http://clock/"></UTCTiming>
        <UTCTiming schemeIdUri="urn:mpeg:dash:utc:direct:2014" value="2026"></UTCTiming>
      </MPD>
      """;

  private static String copied(String manifest, DashRewrite rules) {
    byte[] bytes = manifest.getBytes(StandardCharsets.UTF_8);
    return new String(
        ManifestCopy.rewritten(ByteBuffer.wrap(bytes), rules), StandardCharsets.UTF_8);
  }

  @Test
  void manifest_notChanged_staysTheSame() {
    assertEquals(
        MANIFEST.replaceAll("\\s+", ""),
        copied(MANIFEST, (use, uri) -> uri).replaceAll("\\s+", ""));
  }

  @Test
  void addresses_everyKind_rewritten() {
    List<String> asked = new ArrayList<>();
    String changed =
        copied(
            MANIFEST,
            (use, uri) -> {
              asked.add(use + " " + uri);
              return uri + "?t=<&\"";
            });
    assertEquals(
        List.of(
            "LOCATION live.mpd",
            "LINK more.xml",
            "TEMPLATE $RepresentationID$/$Number$.m4s",
            "TEMPLATE $RepresentationID$/init.mp4",
            "BASE low/",
            "SEGMENT i.mp4",
            "SEGMENT 1.m4s",
            "CLOCK http://clock/"),
        asked);
    assertTrue(changed.contains("media=\"$RepresentationID$/$Number$.m4s?t=&lt;&amp;&quot;\""));
    assertTrue(changed.contains("<BaseURL>low/?t=&lt;&amp;"), changed);
  }

  @Test
  void base_missing_putInWhereItMayStand() {
    DashRewrite rules =
        new DashRewrite() {
          @Override
          public String rewritten(DashUse use, String uri) {
            return uri;
          }

          @Override
          public Optional<String> base() {
            return Optional.of("http://origin/a/");
          }
        };
    String changed = copied(MANIFEST, rules).replaceAll("\\s+", "");
    assertTrue(
        changed.contains("</ProgramInformation><BaseURL>http://origin/a/</BaseURL><Location>"));
    String has =
        "<MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\"><BaseURL>b/</BaseURL><Period/></MPD>";
    assertFalse(copied(has, rules).contains("origin"));
  }

  @Test
  void representations_dropped_butNotAllOfASet() {
    List<DashRewrite.Offer> offers = new ArrayList<>();
    DashRewrite rules =
        new DashRewrite() {
          @Override
          public String rewritten(DashUse use, String uri) {
            return uri;
          }

          @Override
          public boolean keeps(Offer offer) {
            offers.add(offer);
            return offer.height() < 700 && offer.height() > 0;
          }
        };
    String changed = copied(MANIFEST, rules);
    assertFalse(changed.contains("id=\"high\""));
    assertTrue(changed.contains("id=\"low\""));
    assertTrue(changed.contains("id=\"sound\""), "the only one of its set");
    assertEquals(
        new DashRewrite.Offer("high", 3_000_000, "avc1.64001f", 720, "video/mp4", ""),
        offers.getFirst());
    assertEquals("fa", offers.getLast().language());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no xml",
        "<a/>",
        "<MPD>",
        "<MPD><a></MPD>",
        "<!DOCTYPE MPD [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><MPD>&a;</MPD>",
        "<!DOCTYPE MPD SYSTEM 'http://127.0.0.1:1/x.dtd'><MPD/>",
        "<MPD>&undefined;</MPD>",
      })
  void text_thatIsNoManifest_refused(String text) {
    assertThrows(MalformedMedia.class, () -> copied(text, (use, uri) -> uri));
  }

  @Test
  void nesting_withoutEnd_refused() {
    String deep = "<MPD>" + "<a>".repeat(100_000);
    MalformedMedia thrown =
        assertThrows(MalformedMedia.class, () -> copied(deep, (use, uri) -> uri));
    assertTrue(thrown.getMessage().length() < 300, thrown.getMessage());
  }

  @Test
  void info_ofALiveManifest_toldFromItsHead() {
    DashInfo info = DashInfo.read(ByteBuffer.wrap(MANIFEST.getBytes(StandardCharsets.UTF_8)));
    assertTrue(info.live());
    assertEquals(Optional.of(Duration.ofSeconds(2)), info.update());
    assertEquals(Optional.of(Duration.ofMillis(4500)), info.longestSegment());
    assertEquals(Optional.empty(), info.window());
  }

  @Test
  void manifests_changedAtRandom_refusedOrCopied() {
    Fuzz.run(
        3000,
        3000,
        List.of(MANIFEST.getBytes(StandardCharsets.UTF_8)),
        bytes -> {
          byte[] copy = ManifestCopy.rewritten(ByteBuffer.wrap(bytes), (use, uri) -> uri + "?a");
          ManifestCopy.rewritten(ByteBuffer.wrap(copy), (use, uri) -> uri);
          DashInfo.read(ByteBuffer.wrap(bytes));
        });
  }
}
