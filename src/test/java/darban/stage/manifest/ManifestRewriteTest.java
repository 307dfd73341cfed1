package darban.stage.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import darban.http.Target;
import darban.media.edge.ManifestKind;
import darban.stage.manifest.ManifestConfig.Addresses;
import darban.stage.manifest.ManifestConfig.Offer;
import darban.stage.manifest.ManifestConfig.Steering;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ManifestRewriteTest {
  private static final Offer ALL = new Offer(Optional.empty(), Optional.empty(), Optional.empty());
  private static final Addresses AS_THEY_ARE = new Addresses("", Map.of(), "");

  private static String changed(
      ManifestKind kind, Addresses addresses, Offer offer, String manifest) {
    return changed(kind, new ManifestConfig(addresses, offer, Optional.empty(), 1 << 20), manifest);
  }

  private static String changed(ManifestKind kind, ManifestConfig config, String manifest) {
    byte[] bytes =
        new ManifestRewrite(config, Target.origin("/live/yard/v0/i?x=1"))
            .changed(kind, manifest.getBytes(StandardCharsets.UTF_8));
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static String segment(Addresses addresses, String uri) {
    String head = "#EXTM3U\n#EXTINF:4,\n";
    return changed(ManifestKind.HLS, addresses, ALL, head + uri + "\n")
        .substring(head.length())
        .strip();
  }

  @ParameterizedTest
  @CsvSource({
    "s.ts, https://cdn.example/live/yard/v0/s.ts",
    "../s.ts?a=1, https://cdn.example/live/yard/s.ts?a=1",
    "/s.ts, https://cdn.example/s.ts",
    "./a/../s.ts?b=../c, https://cdn.example/live/yard/v0/s.ts?b=../c",
    "?a=1, https://cdn.example/live/yard/v0/i?a=1",
    "https://other.example/s.ts, https://other.example/s.ts",
    "//other.example/s.ts, //other.example/s.ts",
    "http://packager:9000/v/s.ts, https://cdn.example/p/v/s.ts",
    "http://packager:90001/v/s.ts, http://packager:90001/v/s.ts",
  })
  void base_ofAddressesOfThisHost(String uri, String expected) {
    Map<String, String> replaced = Map.of("http://packager:9000", "/p");
    assertEquals(expected, segment(new Addresses("https://cdn.example", replaced, ""), uri));
    assertEquals(expected, segment(new Addresses("https://cdn.example/", replaced, ""), uri));
  }

  @ParameterizedTest
  @CsvSource({"s.ts, s.ts?k=v", "s.ts?a=1, s.ts?a=1&k=v", "s.ts#f, s.ts?k=v#f"})
  void query_isAdded(String uri, String expected) {
    assertEquals(expected, segment(new Addresses("", Map.of(), "k=v"), uri));
  }

  private static final String VARIANTS =
      """
      #EXTM3U\r
      #EXT-X-UNKNOWN:A="b",C\r
      #EXT-X-STREAM-INF:BANDWIDTH=5000000,RESOLUTION=1920x1080,NEW=1\r
      hi.m3u8\r
      # lo follows\r
      #EXT-X-STREAM-INF:BANDWIDTH=600000,RESOLUTION=640x360\r
      lo.m3u8\r
      #EXT-X-STREAM-INF:BANDWIDTH=2500000,RESOLUTION=1280x720\r
      mid.m3u8\r
      """;

  @ParameterizedTest
  @CsvSource({
    "1080, , , hi lo mid",
    "720, , , lo mid",
    ", 3000000, , lo mid",
    "720, 1000000, , lo",
    "100, , , hi lo mid",
    ", , 3000000, mid hi lo",
    "720, , 1, lo mid",
  })
  void variants_withinBounds_stay(Integer height, Long bandwidth, Long start, String names) {
    Offer offer =
        new Offer(
            Optional.ofNullable(height),
            Optional.ofNullable(bandwidth),
            Optional.ofNullable(start));
    String out = changed(ManifestKind.HLS, AS_THEY_ARE, offer, VARIANTS);
    String kept =
        String.join(
            " ",
            out.lines()
                .filter(line -> line.endsWith(".m3u8"))
                .map(line -> line.replace(".m3u8", ""))
                .toList());
    assertEquals(names, kept);
    assertEquals(true, out.startsWith("#EXTM3U\r\n#EXT-X-UNKNOWN:A=\"b\",C\r\n"), out);
  }

  @Test
  void variants_withoutBounds_areUntouched() {
    assertEquals(VARIANTS, changed(ManifestKind.HLS, AS_THEY_ARE, ALL, VARIANTS));
  }

  private static String mpd(String inside) {
    return "<MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" type=\"static\">" + inside + "</MPD>";
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<Period/> | <BaseURL>https://cdn.example/live/yard/v0/</BaseURL> <Period></Period>",
        "<BaseURL>d/</BaseURL><Period><BaseURL>v/</BaseURL></Period> | <BaseURL>https://cdn.example/live/yard/v0/d/</BaseURL><Period><BaseURL>v/</BaseURL></Period>",
        "<BaseURL>http://packager:9000/d/</BaseURL> | <BaseURL>https://cdn.example/p/d/</BaseURL>",
        "<Location>i.mpd</Location> | <BaseURL>https://cdn.example/live/yard/v0/</BaseURL> <Location>https://cdn.example/live/yard/v0/i.mpd</Location>",
        "<BaseURL>d/</BaseURL><Period><BaseURL>/v/</BaseURL></Period> | <BaseURL>https://cdn.example/live/yard/v0/d/</BaseURL><Period><BaseURL>https://cdn.example/v/</BaseURL></Period>",
      })
  void mpd_base(String inside, String expected) {
    Map<String, String> replaced = Map.of("http://packager:9000", "/p");
    String out =
        changed(
            ManifestKind.DASH,
            new Addresses("https://cdn.example", replaced, ""),
            ALL,
            mpd(inside));
    assertEquals(
        expected,
        out.substring(out.indexOf("static\">") + 8, out.indexOf("</MPD>")).replaceAll("\\s+", " "));
  }

  @Test
  void mpd_representationsBeyondBounds_go() {
    String manifest =
        mpd(
            """
            <Period><AdaptationSet mimeType="video/mp4">
            <Representation id="hi" bandwidth="5000000" height="1080"><X a="1"/></Representation>
            <Representation id="lo" bandwidth="600000" height="360"/></AdaptationSet>
            <AdaptationSet mimeType="audio/mp4"><Representation id="a" bandwidth="64000"/>
            </AdaptationSet></Period>\
            """);
    Offer offer = new Offer(Optional.of(720), Optional.empty(), Optional.empty());
    String out = changed(ManifestKind.DASH, AS_THEY_ARE, offer, manifest);
    assertEquals(false, out.contains("\"hi\"") || out.contains("<X"), out);
    assertEquals(true, out.contains("\"lo\"") && out.contains("id=\"a\""), out);
  }

  // Steering

  private static final Map<String, String> NOWHERE_ELSE = Map.of();
  private static final Map<String, String> OWN_AND_CDN =
      new java.util.TreeMap<>(Map.of("cdn", "https://cdn.example/e", "a-own", "/"));

  private static String steered(ManifestKind kind, Map<String, String> pathways, String manifest) {
    Addresses packager = new Addresses("", Map.of("http://packager/", "/"), "k=v");
    Steering steering = new Steering("/steering.json", pathways);
    return changed(
        kind, new ManifestConfig(packager, ALL, Optional.of(steering), 1 << 20), manifest);
  }

  @Test
  void pathways_ofHls_haveAllVariants_andGroupsOfTheirOwn() {
    String before =
        """
        #EXTM3U
        #EXT-X-CONTENT-STEERING:SERVER-URI="https://theirs.example/s",PATHWAY-ID="x"
        #EXT-X-UNKNOWN:A="b",C
        #EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="s",NAME="fa",URI="a/fa.m3u8"
        #EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="s",NAME="en"
        #EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID="s",NAME="cc",INSTREAM-ID="CC1"
        #EXT-X-STREAM-INF:BANDWIDTH=5,AUDIO="s",CLOSED-CAPTIONS="s",PATHWAY-ID="x",NEW=1
        /hi.m3u8?a=1
        #EXT-X-STREAM-INF:BANDWIDTH=5,AUDIO="s",PATHWAY-ID="y"
        http://packager/y/hi.m3u8
        #EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=1,PATHWAY-ID="x",URI="http://packager/i.m3u8"
        #EXT-X-STREAM-INF:BANDWIDTH=3,PATHWAY-ID="x"
        https://third.example/lo.m3u8\
        """;
    assertEquals(
        """
        #EXTM3U
        #EXT-X-CONTENT-STEERING:SERVER-URI="/steering.json",PATHWAY-ID="a-own"
        #EXT-X-UNKNOWN:A="b",C
        #EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="s",NAME="fa",URI="/live/yard/v0/a/fa.m3u8?k=v"
        #EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="s",NAME="en"
        #EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID="s",NAME="cc",INSTREAM-ID="CC1"
        #EXT-X-STREAM-INF:BANDWIDTH=5,AUDIO="s",CLOSED-CAPTIONS="s",PATHWAY-ID="a-own",NEW=1
        /hi.m3u8?a=1&k=v
        #EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=1,PATHWAY-ID="a-own",URI="/i.m3u8?k=v"
        #EXT-X-STREAM-INF:BANDWIDTH=3,PATHWAY-ID="a-own"
        https://third.example/lo.m3u8?k=v
        #EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="s@cdn",NAME="fa",URI="https://cdn.example/e/live/yard/v0/a/fa.m3u8?k=v"
        #EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="s@cdn",NAME="en"
        #EXT-X-STREAM-INF:BANDWIDTH=5,AUDIO="s@cdn",CLOSED-CAPTIONS="s",PATHWAY-ID="cdn",NEW=1
        https://cdn.example/e/hi.m3u8?a=1&k=v
        #EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=1,PATHWAY-ID="cdn",URI="https://cdn.example/e/i.m3u8?k=v"
        #EXT-X-STREAM-INF:BANDWIDTH=3,PATHWAY-ID="cdn"
        https://third.example/lo.m3u8?k=v
        """,
        steered(ManifestKind.HLS, OWN_AND_CDN, before));
  }

  @Test
  void steering_withoutPathways_leavesThoseOfTheManifest() {
    String before =
        "#EXTM3U\r\n%s#EXT-X-STREAM-INF:BANDWIDTH=5,PATHWAY-ID=\"x\"\r\nhttps://x.example/a\r\n";
    String told = "#EXT-X-CONTENT-STEERING:SERVER-URI=\"%s\"\r\n";
    assertEquals(
        before.formatted(told.formatted("/steering.json")).replace("/a", "/a?k=v"),
        steered(ManifestKind.HLS, NOWHERE_ELSE, before.formatted("")));
    assertEquals(
        before
            .formatted(told.formatted("/steering.json").replace("\"\r", "\",PATHWAY-ID=\"x\"\r"))
            .replace("/a", "/a?k=v"),
        steered(
            ManifestKind.HLS,
            NOWHERE_ELSE,
            before.formatted(told.formatted("/old").replace("\"\r", "\",PATHWAY-ID=\"x\"\r"))));
    String segments = "#EXTM3U\n#EXTINF:4,\ns.ts?k=v\n";
    assertEquals(
        segments, steered(ManifestKind.HLS, OWN_AND_CDN, segments.replace("?k=v", "")), "segments");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<Period/> | {own}/live/yard/v0/{cdn}/live/yard/v0/{at}<Period></Period>",
        "<BaseURL>d/</BaseURL><BaseURL>http://packager/e/</BaseURL><Location>l</Location>"
            + " | {own}/live/yard/v0/d/?k=v{cdn}/live/yard/v0/d/?k=v{at}<Location>l?k=v</Location>",
        "<ProgramInformation/><BaseURL>http://packager/d/</BaseURL><ContentSteering>s</ContentSteering><Period><BaseURL>v/</BaseURL></Period>"
            + " | <ProgramInformation></ProgramInformation>{own}/d/?k=v{cdn}/d/?k=v{at}<Period><BaseURL>v/?k=v</BaseURL></Period>",
      })
  void pathways_ofDash_areAddressesOfAll(String inside, String expected) {
    String out = steered(ManifestKind.DASH, OWN_AND_CDN, mpd(inside));
    assertEquals(
        expected
            .replace("{own}", "<BaseURL serviceLocation=\"a-own\">")
            .replace("{cdn}", "</BaseURL><BaseURL serviceLocation=\"cdn\">https://cdn.example/e")
            .replace(
                "{at}",
                "</BaseURL><ContentSteering defaultServiceLocation=\"a-own\">/steering.json</ContentSteering>"),
        out.substring(out.indexOf("static\">") + 8, out.indexOf("</MPD>")).replaceAll("\n", ""));
  }

  @Test
  void steering_ofDash_withoutPathways_leavesThoseOfTheManifest() {
    String inside = "<BaseURL serviceLocation=\"x\">https://x.example/</BaseURL>";
    String out = steered(ManifestKind.DASH, NOWHERE_ELSE, mpd(inside + "<Period/>"));
    assertEquals(
        inside.replace("e/<", "e/?k=v<")
            + "<ContentSteering>/steering.json</ContentSteering><Period></Period>",
        out.substring(out.indexOf("static\">") + 8, out.indexOf("</MPD>")).replaceAll("\n", ""));
  }
}
