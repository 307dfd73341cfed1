package darban.media.hls;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.media.MalformedMedia;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HlsPlaylistTest {
  private static final String VARIANTS =
      """
      #EXTM3U
      # made by hand
      #EXT-X-VERSION:7
      #EXT-X-UNKNOWN:A=1,B="x,y"
      #EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="فارسی",LANGUAGE="fa",DEFAULT=YES,URI="fa.m3u8"
      #EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID="cc",NAME="x",INSTREAM-ID="CC1"
      #EXT-X-STREAM-INF:BANDWIDTH=3000000,X-OURS=1,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=1280x720,AUDIO="a"
      high.m3u8
      #EXT-X-STREAM-INF:BANDWIDTH=800000,AVERAGE-BANDWIDTH=700000,RESOLUTION=640x360,AUDIO="a"
      # between
      low.m3u8
      #EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=100000,URI="frames.m3u8",RESOLUTION=640x360
      #EXT-X-STREAM-INF:BANDWIDTH=300000
      tiny.m3u8
      """;

  static HlsPlaylist read(String text) {
    return HlsPlaylist.read(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static String text(HlsPlaylist playlist) {
    return new String(playlist.bytes(), StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "#EXTM3U\n",
        "#EXTM3U",
        "#EXTM3U\r\n#EXTINF:1,\r\na.ts\r\n",
        "#EXTM3U\n\n\n#EXTINF:1,\n\n a.ts \n\t\n#EXT-X-FOO\n#EXT-X-BAR:\n",
        "\ufeff#EXTM3U\n#EXT-X-A:B=\"unclosed\n",
        "#EXTM3U \n#EXTINF:1.0000,title, with comma\nhttp://a/b?c=d#e",
        VARIANTS
      })
  void lines_notChanged_stayByteForByte(String text) {
    assertEquals(text, text(read(text)));
    assertEquals(text, text(read(text).rewritten((use, uri) -> uri, Variables.NONE)));
  }

  @Test
  void bytes_thatAreNoUtf8_stay() {
    byte[] bytes = "#EXTM3U\n#EXTINF:1,caf\u00e9\na.ts\n".getBytes(StandardCharsets.ISO_8859_1);
    HlsPlaylist playlist = HlsPlaylist.read(ByteBuffer.wrap(bytes));
    assertArrayEquals(bytes, playlist.bytes());
    assertArrayEquals(
        bytes, playlist.rewritten((use, uri) -> uri.toString(), Variables.NONE).bytes());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "#EXTINF:1,\na.ts\n", "<html>", "\n#EXTM3U\n"})
  void text_thatIsNoPlaylist_refused(String text) {
    assertThrows(MalformedMedia.class, () -> read(text));
  }

  /** Each tag that has an address: what it is taken for, and the line it becomes. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          a.ts                                                  | SEGMENT      | X
          http://a.example/b/c.ts?d=e                           | SEGMENT      | X
          #EXT-X-MAP:URI="init.mp4",BYTERANGE="10@0"            | MAP          | #EXT-X-MAP:URI="X",BYTERANGE="10@0"
          #EXT-X-KEY:METHOD=AES-128, URI="k" ,IV=0x01           | KEY          | #EXT-X-KEY:METHOD=AES-128, URI="X",IV=0x01
          #EXT-X-SESSION-KEY:METHOD=AES-128,URI="k"             | KEY          | #EXT-X-SESSION-KEY:METHOD=AES-128,URI="X"
          #EXT-X-MEDIA:NAME="URI=x",URI="a.m3u8",X-Y="z"        | RENDITION    | #EXT-X-MEDIA:NAME="URI=x",URI="X",X-Y="z"
          #EXT-X-PART:DURATION=0.3,URI="p.mp4",INDEPENDENT=YES  | PART         | #EXT-X-PART:DURATION=0.3,URI="X",INDEPENDENT=YES
          #EXT-X-PRELOAD-HINT:TYPE=PART,URI="p"                 | HINT         | #EXT-X-PRELOAD-HINT:TYPE=PART,URI="X"
          #EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=1,URI="i.m3u8"    | I_FRAMES     | #EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=1,URI="X"
          #EXT-X-SESSION-DATA:DATA-ID="d",URI="s.json"          | SESSION_DATA | #EXT-X-SESSION-DATA:DATA-ID="d",URI="X"
          #EXT-X-RENDITION-REPORT:URI="o.m3u8",LAST-MSN=4       | REPORT       | #EXT-X-RENDITION-REPORT:URI="X",LAST-MSN=4
          #EXT-X-CONTENT-STEERING:SERVER-URI="/s",PATHWAY-ID="p" | STEERING    | #EXT-X-CONTENT-STEERING:SERVER-URI="X",PATHWAY-ID="p"
          #EXT-X-DATERANGE:ID="a",X-ASSET-URI="ad.m3u8"         | INTERSTITIAL | #EXT-X-DATERANGE:ID="a",X-ASSET-URI="X"
          #EXT-X-KEY:METHOD=SAMPLE-AES,URI="skd://k"            | -            | #EXT-X-KEY:METHOD=SAMPLE-AES,URI="skd://k"
          #EXT-X-SESSION-DATA:URI="data:text/plain,x"           | -            | #EXT-X-SESSION-DATA:URI="data:text/plain,x"
          #EXT-X-OTHER:URI="a"                                  | -            | #EXT-X-OTHER:URI="a"
          #EXT-X-KEY:METHOD=NONE                                | -            | #EXT-X-KEY:METHOD=NONE
          """)
  void addresses_everyKind_rewritten(String line, String use, String becomes) {
    List<String> uses = new ArrayList<>();
    HlsPlaylist changed =
        read("#EXTM3U\n" + line + "\n")
            .rewritten(
                (for_, uri) -> {
                  uses.add(for_.name());
                  return "X";
                },
                Variables.NONE);
    assertEquals("#EXTM3U\n" + becomes + "\n", text(changed));
    assertEquals(use.equals("-") ? List.of() : List.of(use), uses);
  }

  @Test
  void address_withWhatWouldEndIt_isEscaped() {
    HlsPlaylist changed =
        read("#EXTM3U\n#EXT-X-MAP:URI=\"a\"\n")
            .rewritten((use, uri) -> "b\",IV=1\n#EXT-X-ENDLIST", Variables.NONE);
    assertEquals("#EXTM3U\n#EXT-X-MAP:URI=\"b%22,IV=1%0A#EXT-X-ENDLIST\"\n", text(changed));
  }

  @Test
  void variables_replacedBeforeAnAddressIsRewritten() {
    HlsPlaylist playlist =
        read(
            """
            #EXTM3U
            #EXT-X-DEFINE:NAME="host",VALUE="https://cdn.example"
            #EXT-X-DEFINE:QUERYPARAM="t"
            #EXT-X-DEFINE:IMPORT="path"
            #EXT-X-MAP:URI="{$host}/init.mp4"
            #EXTINF:4,
            {$host}/{$path}/a.ts?t={$t}
            #EXTINF:4,
            {$unknown}/b.ts
            """);
    Variables outer =
        Variables.of(
            read("#EXTM3U\n#EXT-X-DEFINE:NAME=\"path\",VALUE=\"p\"\n"), "", Variables.NONE);
    Variables variables = Variables.of(playlist, "x=1&t=a%2Fb", outer);
    List<String> asked = new ArrayList<>();
    playlist.rewritten(
        (use, uri) -> {
          asked.add(uri);
          return uri;
        },
        variables);
    assertEquals(
        List.of(
            "https://cdn.example/init.mp4", "https://cdn.example/p/a.ts?t=a/b", "{$unknown}/b.ts"),
        asked);
  }

  @Test
  void multivariant_read_meansWhatItSays() {
    MultivariantPlaylist meaning = MultivariantPlaylist.of(read(VARIANTS));
    assertTrue(meaning.playlist().multivariant());
    assertEquals(
        List.of("high.m3u8", "low.m3u8", "tiny.m3u8"),
        meaning.variants().stream().map(Variant::uri).toList());
    Variant high = meaning.variants().getFirst();
    assertEquals("avc1.64001f,mp4a.40.2", high.codecs());
    assertEquals(720, high.height());
    assertEquals("a", high.audio());
    assertEquals(".", high.pathway());
    assertEquals(700_000, meaning.variants().get(1).averageBandwidth());
    assertEquals("frames.m3u8", meaning.iFrames().getFirst().uri());
    Rendition persian = meaning.renditions().getFirst();
    assertEquals(
        "فارسی fa true", persian.name() + " " + persian.language() + " " + persian.isDefault());
    assertFalse(read("#EXTM3U\n#EXTINF:1,\na\n").multivariant());
  }

  @Test
  void variants_dropped_takeTheirLinesAlong() {
    MultivariantPlaylist meaning = MultivariantPlaylist.of(read(VARIANTS));
    String wanted =
        VARIANTS.replaceFirst("(?s)#EXT-X-STREAM-INF:BANDWIDTH=800000.*?low.m3u8\n", "");
    assertEquals(
        wanted, text(meaning.keeping(each -> each.iFrames() || each.bandwidth() != 800_000)));
    assertEquals(VARIANTS, text(meaning.keeping(each -> false)), "else nothing could be played");
  }

  @Test
  void variants_ordered_allElseStaysInPlace() {
    MultivariantPlaylist meaning = MultivariantPlaylist.of(read(VARIANTS));
    HlsPlaylist ordered = meaning.ordered(Comparator.comparingLong(Variant::bandwidth));
    assertEquals(
        List.of("tiny.m3u8", "low.m3u8", "high.m3u8"),
        MultivariantPlaylist.of(ordered).variants().stream().map(Variant::uri).toList());
    assertTrue(text(ordered).indexOf("EXT-X-UNKNOWN") < text(ordered).indexOf("tiny"));
    assertEquals(VARIANTS.lines().sorted().toList(), text(ordered).lines().sorted().toList());
    assertEquals(
        List.of("low.m3u8", "high.m3u8", "tiny.m3u8"),
        MultivariantPlaylist.of(meaning.startingWithin(1_000_000)).variants().stream()
            .map(Variant::uri)
            .toList());
    assertEquals(
        "tiny.m3u8",
        MultivariantPlaylist.of(meaning.startingWithin(1)).variants().getFirst().uri());
  }
}
