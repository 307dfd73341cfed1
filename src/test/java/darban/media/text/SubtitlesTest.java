package darban.media.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import darban.media.Fuzz;
import darban.media.MalformedMedia;
import darban.testkit.Films;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SubtitlesTest {
  private static final String PERSIAN =
      """
      1
      00:00:01,000 --> 00:00:03,500
      سلام، «دنیا»!
      <i>خط دوم</i>

      2
      00:01:02,250 --> 00:01:04,000
      می\u200cروم به خانهٔ دوست\u200f.
      """;

  private static Subtitles read(String text) {
    return Subtitles.read(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String whole(Subtitles subtitles) {
    return new String(WebVtt.whole(subtitles), StandardCharsets.UTF_8);
  }

  @Test
  void subRip_persian_asWebVtt() {
    assertEquals(
        """
        WEBVTT

        1
        00:00:01.000 --> 00:00:03.500
        سلام، «دنیا»!
        <i>خط دوم</i>

        2
        00:01:02.250 --> 00:01:04.000
        می\u200cروم به خانهٔ دوست\u200f.

        """,
        whole(read(PERSIAN)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-8", "UTF-16LE", "UTF-16BE", "x-UTF-16LE-BOM", "UTF-16"})
  void encoding_unicode_recognised(String charset) {
    assertEquals(
        read(PERSIAN), Subtitles.read(PERSIAN.getBytes(Charset.forName(charset))), charset);
  }

  @Test
  void encoding_utf8WithMark_recognised() {
    assertEquals(read(PERSIAN), read("\ufeff" + PERSIAN));
  }

  @Test
  void encoding_ofTheYearsBeforeUnicode_guessedByTheScript() {
    assumeTrue(Charset.isSupported("windows-1256"), "the JDK has no module jdk.charsets");
    Charset arabic = Charset.forName("windows-1256");
    String text = "1\n00:00:01,000 --> 00:00:02,000\nسلام بچه پژمرده گل\n";
    assertEquals(read(text), Subtitles.read(text.getBytes(arabic)));
    byte[] all = new byte[256];
    for (int i = 0; i < 256; i++) {
      all[i] = (byte) i;
    }
    assertEquals(new String(all, arabic).substring(1), TextEncoding.decoded(all).substring(1));
    String french = "1\n00:00:01,000 --> 00:00:02,000\nÇa été un été très « chaud » à la forêt\n";
    assertEquals(read(french), Subtitles.read(french.getBytes(Charset.forName("windows-1252"))));
  }

  /** What becomes of a text; a bar is the end of a line. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '^',
      textBlock =
          """
          plain                                ^ plain
          <b>bold</b> <I>x</I>                 ^ <b>bold</b> <i>x</i>
          <font color="#fff">red</font>        ^ red
          {\\an8}top                           ^ top
          {\\pos(1,2)\\i1}x                    ^ x
          {not a command}                      ^ {not a command}
          a < b & c > d                        ^ a &lt; b &amp; c &gt; d
          &amp; &lt;x &#39; &nbsp              ^ &amp; &lt;x &#39; &amp;nbsp
          <unknown>x                           ^ &lt;unknown&gt;x
          <script>alert(1)</script>            ^ &lt;script&gt;alert(1)&lt;/script&gt;
          x --> y                              ^ x --&gt; y
          one<br/>two                          ^ one|two
          one||two|                            ^ one|two
          <v Ann>hi <00:00:01.500>there        ^ <v Ann>hi <00:00:01.500>there
          <c.yellow.bg_blue>x</c>              ^ <c.yellow.bg_blue>x</c>
          """)
  void text_ofAnyKind_cleaned(String text, String clean) {
    assertEquals(clean.replace('|', '\n'), CueText.clean(text.replace('|', '\n')));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          00:00:01,000 | 1000
          00:00:01.5   | 1500
          1:02:03.004  | 3723004
          02:03.004    | 123004
          100:00:00    | 360000000
          00:00:01,0009 | 1000
          1            | -1
          a:b:c        | -1
          00:00:-1     | -1
          1:2:3:4      | -1
          99999999:00  | -1
          """)
  void time_anyForm_read(String text, long millis) {
    assertEquals(millis, Timestamps.millis(text));
  }

  @Test
  void subRip_asFilesReallyAre_read() {
    Subtitles read =
        read(
            """

            7
            00:00:05,000 --> 00:00:06,000 X1:1 X2:2
            {\\an8}late

            2
            00:00:01,000-->00:00:02,000
            early

            after an empty line

            00:00:03,000 --> 00:00:02,000
            ends before it begins

            9
            00:00:07,000 --> 00:00:08,000

            """
                .replace("\n", "\r\n"));
    assertEquals(
        List.of(
            new Cue("2", 1000, 2000, "", "early\nafter an empty line"),
            new Cue("1", 5000, 6000, "line:0", "late")),
        read.cues());
  }

  @Test
  void webVtt_withStylesAndNotes_keepsWhatIsHarmless() {
    Subtitles read =
        read(
            """
            WEBVTT - a title
            X-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:900000

            STYLE
            ::cue { color: yellow }

            STYLE
            ::cue { background: url(http://tracker/) }

            NOTE nothing

            intro
            00:01.000 --> 00:02.000 align:start
            <v Ann>Hi

            00:03.000 --> 00:04.000
            no id
            """);
    assertEquals(List.of("STYLE\n::cue { color: yellow }"), read.styles());
    assertEquals(
        List.of(
            new Cue("intro", 1000, 2000, "align:start", "<v Ann>Hi"),
            new Cue("", 3000, 4000, "", "no id")),
        read.cues());
    assertEquals(read, read(whole(read)));
  }

  @Test
  void segments_haveWhatIsShownInThem_underOneClock() {
    Subtitles subtitles = read(PERSIAN);
    String first = new String(WebVtt.segment(subtitles, 0, 3000, 900_000), StandardCharsets.UTF_8);
    assertTrue(
        first.startsWith("WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:900000,LOCAL:00:00:00.000\n\n1\n"), first);
    String second = new String(WebVtt.segment(subtitles, 3000, 6000, 0), StandardCharsets.UTF_8);
    assertTrue(second.contains("00:00:01.000 --> 00:00:03.500"), "shown beyond the cut");
    String third = new String(WebVtt.segment(subtitles, 3500, 62_250, 0), StandardCharsets.UTF_8);
    assertFalse(third.contains("-->"), third);
  }

  @Test
  void webVtt_readByFfmpeg_hasTheSameTexts() throws Exception {
    Path vtt = Films.file("persian.vtt", WebVtt.whole(read(PERSIAN)));
    String back = Films.ffmpeg("-i " + vtt + " -f srt -");
    assertEquals(read(PERSIAN).cues(), read(back).cues());
  }

  @Test
  void timedText_ofMp4_asCues() {
    ByteBuffer sample = ByteBuffer.allocate(100);
    byte[] text = "سلام <b> & x".getBytes(StandardCharsets.UTF_8);
    sample.putShort((short) text.length).put(text).putInt(8).putInt(0).flip();
    assertEquals("سلام &lt;b&gt; &amp; x", TimedText.cue(sample, 0, 1000).orElseThrow().text());
    assertTrue(TimedText.cue(ByteBuffer.allocate(2), 0, 1000).isEmpty());
    assertThrows(
        MalformedMedia.class, () -> TimedText.cue(ByteBuffer.wrap(new byte[] {0, 9, 1}), 0, 1000));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a film", "1\n2\n3\n"})
  void text_withoutSubtitles_refused(String text) {
    assertThrows(MalformedMedia.class, () -> read(text));
  }

  @Test
  void files_changedAtRandom_refusedOrWritten() {
    Fuzz.run(
        5000,
        400,
        List.of(
            PERSIAN.getBytes(StandardCharsets.UTF_8),
            whole(read(PERSIAN)).getBytes(StandardCharsets.UTF_8),
            PERSIAN.getBytes(StandardCharsets.UTF_16LE)),
        bytes -> {
          Subtitles subtitles = Subtitles.read(bytes);
          assertEquals(subtitles.cues(), Subtitles.read(WebVtt.whole(subtitles)).cues());
        });
  }
}
