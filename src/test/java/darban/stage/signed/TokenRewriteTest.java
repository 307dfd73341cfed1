package darban.stage.signed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.media.edge.ManifestKind;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenRewriteTest {
  private static TokenRewrite rewrite(boolean relative) {
    return new TokenRewrite("token=T", Set.of("here.example:8443", "cdn.example"), "", relative);
  }

  private static String changed(ManifestKind kind, String manifest) {
    byte[] bytes = manifest.getBytes(StandardCharsets.UTF_8);
    return new String(rewrite(true).changed(kind, bytes), StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @CsvSource({
    "s1.ts, s1.ts?token=T",
    "s1.ts?, s1.ts?token=T",
    "s1.ts?a=1, s1.ts?a=1&token=T",
    "s1.ts#f, s1.ts?token=T#f",
    "/x/s1.ts, /x/s1.ts?token=T",
    "https://here.example:8443/s1.ts, https://here.example:8443/s1.ts?token=T",
    "HTTP://HERE.example:8443, HTTP://HERE.example:8443?token=T",
    "//here.example:8443/s1.ts, //here.example:8443/s1.ts?token=T",
    "https://CDN.example/s1.ts, https://CDN.example/s1.ts?token=T",
    "https://cdn.example.there/s1.ts, https://cdn.example.there/s1.ts",
    "/x/token=T/s1.ts, /x/token=T/s1.ts",
    "https://here.example/s1.ts, https://here.example/s1.ts",
    "https://there.example/s1.ts, https://there.example/s1.ts",
    "//there.example/s1.ts, //there.example/s1.ts",
    "'\\\\there.example\\s1.ts', '\\\\there.example\\s1.ts'",
    "'/\\there.example/s1.ts', '/\\there.example/s1.ts'",
    "https://here.example:8443@there.example/, https://here.example:8443@there.example/",
    "data:text/plain;x, data:text/plain;x",
    "https:s1.ts, https:s1.ts",
  })
  void address_ofThisHost_getsTheToken_noOtherDoes(String uri, String with) {
    assertEquals(with, rewrite(true).with(uri));
  }

  @ParameterizedTest
  @CsvSource({
    "s1.ts, s1.ts",
    "v/s1.ts?a=b:c/d, v/s1.ts?a=b:c/d",
    "../s1.ts, ../s1.ts",
    "/x/s1.ts, /x/s1.ts?token=T",
    "https://here.example:8443/s1.ts, https://here.example:8443/s1.ts?token=T",
  })
  void address_whereTheTokenIsInThePath_getsItOnlyIfAbsolute(String uri, String with) {
    assertEquals(with, rewrite(false).with(uri));
  }

  @Test
  void playlist_allElseStays() {
    String playlist =
        """
        #EXTM3U
        #EXT-X-NEW:URI="keep.me",X=1
        # a comment, s.ts
        #EXT-X-MAP:URI="init.mp4",BYTERANGE="100@0"
        #EXT-X-KEY:METHOD=AES-128,URI="key?id=1",IV=0x1
        #EXT-X-PART:DURATION=0.3,URI="p1.mp4"
        #EXTINF:4,title, more
        s1.mp4
        #EXT-X-PRELOAD-HINT:TYPE=PART,URI="p2.mp4"
        """;
    assertEquals(
        playlist
            .replace("init.mp4", "init.mp4?token=T")
            .replace("key?id=1", "key?id=1&token=T")
            .replace("p1.mp4", "p1.mp4?token=T")
            .replace("\ns1.mp4", "\ns1.mp4?token=T")
            .replace("p2.mp4", "p2.mp4?token=T"),
        changed(ManifestKind.HLS, playlist));
  }

  @Test
  void mpd_templatesAndBases() {
    String mpd =
        changed(
            ManifestKind.DASH,
            """
            <MPD xmlns="urn:mpeg:dash:schema:mpd:2011" x="1"><BaseURL>v/</BaseURL><Period>
            <SegmentTemplate media="s-$Number%05d$.m4s" initialization="i.mp4?a=1"/></Period>
            <UTCTiming schemeIdUri="urn:mpeg:dash:utc:http-iso:2014" value="/time"/></MPD>
            """);
    assertTrue(mpd.contains("media=\"s-$Number%05d$.m4s?token=T\""), mpd);
    assertTrue(mpd.contains("initialization=\"i.mp4?a=1&amp;token=T\""), mpd);
    assertTrue(mpd.contains("value=\"/time?token=T\""), mpd);
  }
}
