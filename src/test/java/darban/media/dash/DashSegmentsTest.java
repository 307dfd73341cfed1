package darban.media.dash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import darban.media.dash.DashManifest.Period;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DashSegmentsTest {
  private static final Instant ZERO = Instant.parse("2026-01-01T00:00:00Z");

  private static DashSegments read(byte[] manifest, Instant now) {
    ByteBuffer bytes = ByteBuffer.wrap(manifest);
    return DashSegments.read(DashInfo.read(bytes), bytes, now);
  }

  private static DashSegments read(String manifest, Instant now) {
    return read(manifest.replace('\'', '"').getBytes(StandardCharsets.UTF_8), now);
  }

  private static DashSegments recording(String attributes, String periods) {
    return read("<MPD type='static' " + attributes + ">" + periods + "</MPD>", ZERO);
  }

  /** A minute long, with one representation {@code v} whose segments are as {@code inside} says. */
  private static DashSegments recording(String inside) {
    return recording("mediaPresentationDuration='PT60S'", "<Period>" + set(inside) + "</Period>");
  }

  private static DashSegments live(String inside, Instant now) {
    return live("", "<Period start='PT0S'>" + set(inside) + "</Period>", now);
  }

  private static DashSegments live(String attributes, String periods, Instant now) {
    return read(
        "<MPD type='dynamic' availabilityStartTime='2026-01-01T00:00:00Z' "
            + attributes
            + ">"
            + periods
            + "</MPD>",
        now);
  }

  private static String set(String inside) {
    return "<AdaptationSet mimeType='video/mp4'>"
        + inside
        + "<Representation id='v' bandwidth='100'/></AdaptationSet>";
  }

  private static Instant after(double seconds) {
    return ZERO.plusNanos(Math.round(seconds * 1e9));
  }

  private static Optional<String> next(DashSegments segments, String address, Instant now) {
    return segments.series().stream()
        .flatMap(each -> each.after(address, now).stream())
        .findFirst();
  }

  /** A segment and all that follow on it. */
  private static List<String> chain(DashSegments segments, String first) {
    List<String> chain = new ArrayList<>();
    for (Optional<String> each = Optional.of(first);
        each.isPresent();
        each = next(segments, each.get(), ZERO)) {
      chain.add(each.get());
    }
    return chain;
  }

  // Of real encoders

  private static byte[] file(String name) throws IOException {
    return Files.readAllBytes(Path.of("src/test/resources/dash", name));
  }

  private static List<String> chunks(int stream, int... numbers) {
    List<String> chunks = new ArrayList<>();
    for (int each : numbers) {
      chunks.add("chunk-stream" + stream + "-0000" + each + ".m4s");
    }
    return chunks;
  }

  @ParameterizedTest
  @ValueSource(strings = {"ffmpeg-numbers.mpd", "ffmpeg-timeline.mpd"})
  void recordingOfFfmpeg_itsFiles_noneMore(String name) throws Exception {
    DashSegments segments = read(file(name), ZERO);
    assertEquals(
        List.of(
            "init-stream1.m4s",
            "chunk-stream1-00001.m4s",
            "init-stream2.m4s",
            "chunk-stream2-00001.m4s"),
        segments.first());
    for (int stream = 0; stream < 3; stream++) {
      List<String> all = chunks(stream, 1, 2, 3, 4);
      assertEquals(all, chain(segments, all.getFirst()));
    }
  }

  @Test
  void recordingOfFfmpeg_thatListsSegments_itsFiles() throws Exception {
    DashSegments segments = read(file("ffmpeg-list.mpd"), ZERO);
    assertEquals(
        List.of(
            "init-stream1.m4s",
            "chunk-stream1-00001.m4s",
            "init-stream2.m4s",
            "chunk-stream2-00001.m4s"),
        segments.first());
    assertEquals(
        List.of(chunks(0, 1, 2, 3, 4), chunks(1, 1, 2, 3, 4), chunks(2, 1, 2, 3, 4)),
        segments.lists());
    assertEquals(List.of(), segments.series());
  }

  /** What lay in its folder when the manifest was taken: three segments, and a part of a fourth. */
  @Test
  void liveStreamOfFfmpeg_itsFilesSoFar() throws Exception {
    Instant taken = Instant.parse("2026-11-28T15:57:32.000Z");
    DashSegments segments = read(file("ffmpeg-live.mpd"), taken);
    assertEquals(
        List.of(
            "init-stream0.m4s",
            "chunk-stream0-00003.m4s",
            "init-stream1.m4s",
            "chunk-stream1-00003.m4s"),
        segments.first());
    for (int stream = 0; stream < 2; stream++) {
      List<String> all = chunks(stream, 2, 3);
      assertEquals(Optional.of(all.get(1)), next(segments, all.get(0), taken));
      assertEquals(Optional.empty(), next(segments, all.get(1), taken));
    }
  }

  @Test
  void ownRecording_itsSegments() {
    Addressing listed =
        new Addressing.Timeline(
            90_000,
            0,
            "$RepresentationID$/init.mp4",
            "$RepresentationID$/$Number$.m4s",
            0,
            Addressing.runs(new long[] {0, 360_000, 720_000, 1_080_000, 1_200_000}));
    DashManifest manifest =
        DashManifest.recording(13_334, 4000, List.of(Period.only(List.of(pictures(listed)))));
    DashSegments segments = read(manifest.bytes(), ZERO);
    assertEquals(List.of("lo/init.mp4", "lo/0.m4s"), segments.first());
    assertEquals(
        List.of("hi/0.m4s", "hi/1.m4s", "hi/2.m4s", "hi/3.m4s"), chain(segments, "hi/0.m4s"));
  }

  @Test
  void ownLiveStream_itsSegmentsSoFar() {
    Live live = new Live(ZERO.toEpochMilli(), ZERO.toEpochMilli(), 1, 60_000, 4000, 0, "", "");
    Addressing numbered =
        new Addressing.Numbered(
            1000, 2000, 500, "~/i$RepresentationID$", "~/$RepresentationID$/$Number$", 0);
    Addressing timed =
        new Addressing.Timeline(
            1000,
            500,
            "~/i$RepresentationID$",
            "~/$RepresentationID$/$Time$",
            0,
            Addressing.runs(new long[] {500, 2500, 4500, 6600}));
    for (Addressing each : List.of(numbered, timed)) {
      DashManifest manifest =
          DashManifest.live(live, 2000, List.of(new Period("p", 1000, 0, List.of(pictures(each)))));
      DashSegments segments = read(manifest.bytes(), after(7.2));
      boolean times = each instanceof Addressing.Timeline;
      // Six seconds in: three segments, and players begin four behind.
      assertEquals(List.of("~/ilo", times ? "~/lo/2500" : "~/lo/1"), segments.first());
      String second = times ? "~/hi/2500" : "~/hi/1";
      String third = times ? "~/hi/4500" : "~/hi/2";
      assertEquals(Optional.of(third), next(segments, second, after(7.2)));
      assertEquals(Optional.empty(), next(segments, third, after(7.2)));
    }
  }

  private static AdaptationSet pictures(Addressing addressing) {
    Representation.Format format = new Representation.Video(1280, 720, "1:1", "25");
    return new AdaptationSet(
        AdaptationSet.Kind.VIDEO,
        AdaptationSet.Labels.NONE,
        List.of(
            new Representation("hi", 800_000, "avc1.64001f", format),
            new Representation("lo", 200_000, "avc1.64001f", format)),
        addressing);
  }

  // Recordings

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "media='$Number$' duration='20' | 1 2 3",
        "media='$Number$' duration='25' startNumber='0' | 0 1 2", // the last is a short one
        "media='$Number$' duration='19' timescale='1' startNumber='8' | 8 9 10 11",
        "media='$Number$' duration='960000' timescale='48000' presentationTimeOffset='7' | 1 2 3",
        "media='$Number$' duration='10' endNumber='2' | 1 2",
        "media='$Number$' duration='9999' | 1",
        "media='$Number$' | ",
        "media='$Number$' duration='0' | ",
        "media='$Number$' duration='-20' | ",
        "media='$Number$' duration='20' timescale='0' | ",
        "media='$Number$' duration='20' timescale='99999999999' | ",
        "media='$Time$' duration='20' | ",
        "media='v' duration='20' | ",
        "media='$SubNumber$' duration='20' | ",
        "duration='20' | ",
      })
  void templateOfOneLength_asManyAsThereAre(String template, String addresses) {
    assertSegments(addresses, recording("<SegmentTemplate " + template + "/>"));
  }

  private static void assertSegments(String addresses, DashSegments segments) {
    List<String> expected = addresses == null ? List.of() : List.of(addresses.split(" "));
    assertEquals(expected.stream().limit(1).toList(), segments.first());
    assertEquals(expected, expected.isEmpty() ? List.of() : chain(segments, expected.getFirst()));
    assertEquals(!expected.isEmpty(), !segments.series().isEmpty());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<S t='5' d='20' r='1'/><S d='7'/> | 5 25 45",
        "<S d='20'/><S t='100' d='20'/> | 0 100",
        "<S t='0' d='20' r='-1'/><S t='50' d='10'/> | 0 20 40 50",
        "<S t='0' d='20' r='-1'/> | 0 20 40", // the period ends
        "<S t='30' d='20' r='-1'/> | 30 50",
        "<S t='50' d='20'/><S t='30' d='20'/> | ", // backwards
        "<S t='0' d='20' r='-1'/><S d='20'/> | ", // nobody knows when
        "<S t='0' d='0'/> | ",
        "<S t='0'/> | ",
        "<S t='99999999999999999' d='20' r='99999999999999999'/> | ",
        "<Pattern/> | ",
        "'' | ",
      })
  void timeline_asItSays(String timeline, String times) {
    assertSegments(
        times,
        recording(
            "<SegmentTemplate media='$Time$'><SegmentTimeline>"
                + timeline
                + "</SegmentTimeline></SegmentTemplate>"));
  }

  @Test
  void numbersOfATimeline_areThoseOfItsSegments() {
    DashSegments segments =
        recording(
            "<SegmentTemplate media='$Number%02d$' startNumber='9'><SegmentTimeline>"
                + "<S t='0' d='20' r='1'/><S d='7'/></SegmentTimeline></SegmentTemplate>");
    assertSegments("09 10 11", segments);
    assertEquals(Optional.empty(), next(segments, "08", ZERO));
    assertEquals(Optional.empty(), next(segments, "12", ZERO));
  }

  @Test
  void timesBetweenSegments_areOfNone() {
    DashSegments segments =
        recording(
            "<SegmentTemplate media='$Time$'><SegmentTimeline>"
                + "<S t='10' d='20' r='2'/><S t='90' d='20'/></SegmentTimeline></SegmentTemplate>");
    for (String each : List.of("0", "11", "70", "80", "110")) {
      assertEquals(Optional.empty(), next(segments, each, ZERO), each);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "mediaPresentationDuration='PT60S' | <Period>SET</Period> | 1 2 3",
        "mediaPresentationDuration='P0Y0M0DT0H1M0.000S' | <Period>SET</Period> | 1 2 3",
        "mediaPresentationDuration='PT60S' | <Period duration='PT40S'>SET</Period> | 1 2",
        "mediaPresentationDuration='PT60S' | <Period start='PT30S'>SET</Period> | 1 2",
        "'' | <Period>SET</Period><Period start='PT39.5S'/> | 1 2",
        "'' | <Period duration='PT10S'/><Period duration='PT60S'>SET</Period> | 1 2 3",
        "'' | <Period>SET</Period> | 1", // as much as is certain
        "mediaPresentationDuration='PT9999999999999S' | <Period>SET</Period> | 1",
        "mediaPresentationDuration='PT60S' | <Period start='PT70S'>SET</Period> | 1",
      })
  void period_hasSegmentsUntilItEnds(String attributes, String periods, String addresses) {
    String set = set("<SegmentTemplate media='$Number$' duration='20'/>");
    DashSegments segments = recording(attributes, periods.replace("SET", set));
    assertEquals(List.of(addresses.split(" ")), chain(segments, "1"));
  }

  @Test
  void whatInnerElementsDoNotSay_holdsAsOuterOnesHaveIt() {
    DashSegments segments =
        recording(
            "mediaPresentationDuration='PT60S'",
            "<BaseURL availabilityTimeOffset='1'>/cdn/a/</BaseURL><BaseURL>/other/</BaseURL><Period>"
                + "<BaseURL>b$/</BaseURL><SegmentTemplate timescale='10' duration='300'"
                + " initialization='$Bandwidth$.mp4'/>"
                + "<EventStream><Event><Period/><AdaptationSet/></Event></EventStream>"
                + "<AdaptationSet contentType='video'>"
                + "<SegmentTemplate media='$RepresentationID$-$Number$.m4s' startNumber='5'/>"
                + "<Representation id='hi' bandwidth='900'/>"
                + "<Representation id='lo' bandwidth='100'><BaseURL>../c/</BaseURL>"
                + "<SegmentTemplate startNumber='8'/></Representation>"
                + "<Representation id='own' bandwidth='500'>"
                + "<SegmentBase indexRange='1-9'/></Representation>"
                + "</AdaptationSet></Period>");
    assertEquals(List.of("/cdn/a/b$/../c/100.mp4", "/cdn/a/b$/../c/lo-8.m4s"), segments.first());
    assertEquals(
        List.of("/cdn/a/b$/hi-5.m4s", "/cdn/a/b$/hi-6.m4s"), chain(segments, "/cdn/a/b$/hi-5.m4s"));
    assertEquals(2, segments.series().size());
  }

  @Test
  void sets_theFirstOfPicturesAndOfSound_noTexts() {
    String template =
        "<SegmentTemplate media='$RepresentationID$-$Number$' duration='20'"
            + " initialization='$RepresentationID$'/>";
    StringBuilder sets = new StringBuilder();
    for (String each : List.of("text/t", "video/v", "audio/de", "audio/en", "image/i")) {
      sets.append("<AdaptationSet><Representation id='")
          .append(each.substring(each.indexOf('/') + 1))
          .append("' mimeType='")
          .append(each)
          .append("' bandwidth='1'/></AdaptationSet>");
    }
    DashSegments segments =
        recording("mediaPresentationDuration='PT60S'", "<Period>" + template + sets + "</Period>");
    assertEquals(List.of("v", "v-1", "de", "de-1"), segments.first());
    assertEquals(List.of("t-1", "t-2", "t-3"), chain(segments, "t-1"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<Initialization sourceURL='i'/><SegmentURL media='a'/><SegmentURL media='b'/> | i a | a b",
        "<Initialization range='0-99'/><SegmentURL media='a'/><SegmentURL media='b'/> | a | a b",
        "<Initialization sourceURL='i' range='0-9'/><SegmentURL media='a'/> | a | a",
        "<SegmentURL media='a' mediaRange='100-199'/><SegmentURL media='a' mediaRange='200-'/> | | ",
        "<SegmentURL mediaRange='100-199'/> | | ",
        "'' | | ",
      })
  void list_ofFiles(String list, String first, String files) {
    DashSegments segments = recording("<SegmentList duration='20'>" + list + "</SegmentList>");
    assertEquals(first == null ? List.of() : List.of(first.split(" ")), segments.first());
    assertEquals(files == null ? List.of() : List.of(List.of(files.split(" "))), segments.lists());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<MPD type='static'>",
        "<MPD type='static'><Period><AdaptationSet>",
        "<MPD type='static'/>",
        "<MPD type='static'><Period/></MPD>",
        "<MPD type='static'><Period><AdaptationSet/></Period></MPD>",
        "<MPD type='static'><BaseURL>a<b/></BaseURL></MPD>",
        "<MPD type='static'><Period><AdaptationSet><Representation><BaseURL>v.mp4</BaseURL>"
            + "<SegmentBase/></Representation></AdaptationSet></Period></MPD>",
        "<MPD type='static'><Period><AdaptationSet><SegmentTemplate duration='9'"
            + " media='$RepresentationID$-$Number$'/><Representation/></AdaptationSet></Period></MPD>",
        "<MPD type='dynamic' availabilityStartTime='now'><Period/></MPD>",
      })
  void whatTellsNothing_isNothing(String manifest) {
    assertEquals(DashSegments.NONE, read(manifest, ZERO));
  }

  /** It is read on an event loop, and of what is live each time that it comes. */
  @Test
  void moreThanCanBeReadAtOnce_isNothing() {
    assertNotEquals(DashSegments.NONE, recording(timeline(20_000)));
    assertEquals(DashSegments.NONE, recording(timeline(30_000)));
    assertNotEquals(DashSegments.NONE, live(timeline(9_000), after(9)));
    assertEquals(DashSegments.NONE, live(timeline(10_000), after(9)));
  }

  private static String timeline(int count) {
    return "<SegmentTemplate media='$Number$'><SegmentTimeline>"
        + "<S d='1'/>".repeat(count)
        + "</SegmentTimeline></SegmentTemplate>";
  }

  // Live

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "duration='2' | 1.999 | ",
        "duration='2' | 2 | 1",
        "duration='2' | 3.999 | 1",
        "duration='2' | 4 | 2",
        "duration='2' startNumber='0' | 4 | 1",
        "duration='2' startNumber='700' | 100000 | 50699",
        "duration='2' presentationTimeOffset='1000' | 4 | 2",
        "duration='96256' timescale='48000' | 2.005333333 | ",
        "duration='96256' timescale='48000' | 2.005333334 | 1",
        "duration='96256' timescale='48000' | 401.066666666 | 199",
        "duration='96256' timescale='48000' | 401.066666667 | 200",
        "duration='60060' timescale='30000' | 2002.001 | 1000",
        "duration='2' endNumber='3' | 100 | 3",
        "duration='2' eptDelta='-1' | 3 | 2",
        // What can be asked for earlier is not where players begin.
        "duration='2' availabilityTimeOffset='1.5' | 2.5 | 1",
        "duration='2' | -5 | ",
      })
  void liveNumber_isToldByTheClock(String template, double seconds, String number) {
    DashSegments segments =
        live("<SegmentTemplate media='$Number$' " + template + "/>", after(seconds));
    assertEquals(number == null ? List.of() : List.of(number), segments.first());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "duration='2' | 8 | 4",
        "duration='2' | 7.9 | 3",
        "duration='2' availabilityTimeOffset='0.5' | 7.5 | 4",
        "duration='2' availabilityTimeOffset='0.5' | 7.4 | 3",
        "duration='2' availabilityTimeOffset='INF' | 0 | 99",
        "duration='2' availabilityTimeOffset='x' | 7.9 | 3",
        // There are only pieces of it.
        "duration='2' availabilityTimeOffset='1.5' availabilityTimeComplete='false' | 7.5 | 3",
      })
  void afterALiveSegment_isTheNext_onceItIsThere(String template, double seconds, int last) {
    DashSegments segments =
        live("<SegmentTemplate media='$Number$' endNumber='99' " + template + "/>", after(seconds));
    for (int i = 1; i < 99; i++) {
      assertEquals(
          i < last ? Optional.of(Integer.toString(i + 1)) : Optional.empty(),
          next(segments, Integer.toString(i), after(seconds)));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "PT0S, 10",
    "PT2S, 10",
    "PT3S, 9",
    "PT4S, 9",
    "PT6S, 8",
    "PT500S, 1",
    "-PT5S, 10",
  })
  void players_beginAsFarFromLiveAsTheyAreTold(String delay, String number) {
    String period =
        "<Period start='PT0S'>" + set("<SegmentTemplate media='$Number$' duration='2'/>");
    assertEquals(
        List.of(number),
        live("suggestedPresentationDelay='" + delay + "'", period + "</Period>", after(20))
            .first());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<S t='0' d='2' r='3'/> | 9 | 6",
        "<S t='0' d='2' r='3'/> | 6 | 4", // told before it is there
        "<S t='0' d='2'/><S t='10' d='2' r='-1'/> | 9 | 0",
        "<S t='0' d='2'/><S t='10' d='2' r='-1'/> | 17 | 14",
        "<S t='0' d='2'/> | 1 | ",
      })
  void liveTimeline_whatIsThereOfIt(String timeline, double seconds, String time) {
    DashSegments segments =
        live(
            "<SegmentTemplate media='$Time$'><SegmentTimeline>"
                + timeline
                + "</SegmentTimeline></SegmentTemplate>",
            after(seconds));
    assertEquals(time == null ? List.of() : List.of(time), segments.first());
    if (time != null) {
      assertEquals(Optional.empty(), next(segments, time, after(seconds)));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "5 | a a-2",
        "11 | b", // nothing of it is complete
        "13 | b b-1",
        "29 | b b-9",
        "31 | b b-10", // it is over, and the next is not there
        "-1 | ''",
      })
  void livePeriods_theOneThatIsOn(double seconds, String first) {
    StringBuilder periods = new StringBuilder();
    for (String each :
        List.of("a start='PT0S'", "b start='PT10S' duration='PT20S'", "c start='PT9H'")) {
      String id = each.substring(0, 1);
      periods
          .append("<Period " + each.substring(2) + ">")
          .append(
              set("<SegmentTemplate media='ID-$Number$' initialization='ID' duration='2'/>")
                  .replace("ID", id))
          .append("</Period>");
    }
    DashSegments segments = live("", periods.toString(), after(seconds));
    assertEquals(first.isEmpty() ? List.of() : List.of(first.split(" ")), segments.first());
    // Of the one before is known where it ends.
    assertEquals(Optional.empty(), next(segments, "a-5", after(50)));
    assertEquals(Optional.of("a-5"), next(segments, "a-4", after(50)));
  }

  @ParameterizedTest
  @CsvSource({
    "2026-01-01T00:00:00, 2",
    "2026-01-01T01:00:00+01:00, 2",
    "1970-01-01T00:00:00Z, 883612802", // of a number that counts since then
    "9999-12-31T23:59:59Z, ",
    "yesterday, ",
  })
  void beginning_asItIsWritten_orTheClockTellsNothing(String begun, String number) {
    String inside = "<SegmentTemplate media='$Number$' initialization='i' duration='2'/>";
    DashSegments segments =
        read(
            "<MPD type='dynamic' availabilityStartTime='"
                + begun
                + "'><Period start='PT0S'>"
                + set(inside)
                + "</Period></MPD>",
            after(4));
    assertEquals(number == null ? List.of("i") : List.of("i", number), segments.first());
  }

  @Test
  void livePeriodWithoutStart_tellsHeadsOnly() {
    DashSegments segments =
        live(
            "",
            "<Period>"
                + set("<SegmentTemplate media='$Number$' initialization='i' duration='2'/>")
                + "</Period>",
            after(50));
    assertEquals(List.of("i"), segments.first());
    assertEquals(List.of(), segments.series());
  }
}
