package darban.media.cmaf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.media.MediaFile;
import darban.media.mp4.Movie;
import darban.media.segment.SegmentPlan;
import darban.media.segment.Segments;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mp4parser.Box;
import org.mp4parser.Container;
import org.mp4parser.IsoFile;
import org.mp4parser.ParsableBox;
import org.mp4parser.boxes.UnknownBox;
import org.mp4parser.boxes.iso14496.part1.objectdescriptors.DecoderConfigDescriptor;
import org.mp4parser.boxes.iso14496.part12.CompositionTimeToSample;
import org.mp4parser.boxes.iso14496.part12.MediaHeaderBox;
import org.mp4parser.boxes.iso14496.part12.SampleSizeBox;
import org.mp4parser.boxes.iso14496.part12.SyncSampleBox;
import org.mp4parser.boxes.iso14496.part12.TimeToSampleBox;
import org.mp4parser.boxes.iso14496.part12.TrackExtendsBox;
import org.mp4parser.boxes.iso14496.part12.TrackFragmentHeaderBox;
import org.mp4parser.boxes.iso14496.part12.TrackRunBox;
import org.mp4parser.boxes.iso14496.part14.ESDescriptorBox;
import org.mp4parser.boxes.iso14496.part15.HevcConfigurationBox;
import org.mp4parser.boxes.iso14496.part15.HevcDecoderConfigurationRecord;
import org.mp4parser.tools.Path;

/** All that is made of a film, held against the film itself, both as another reader sees them. */
class OtherReaderTest {
  /**
   * A sample as it is written.
   *
   * @param shown when, in ticks behind the first one's decoding
   */
  private record Seen(long size, long shown, boolean sync) {}

  /** What one track has. */
  private record Told(long timescale, long duration, List<Seen> samples) {}

  private static IsoFile parsed(byte[] bytes) throws Exception {
    return new IsoFile(Channels.newChannel(new ByteArrayInputStream(bytes)));
  }

  private static <T> T at(Container in, String path, Class<T> type) {
    Box box = Path.getPath(in, path);
    if (box == null) {
      throw new AssertionError("no " + path);
    }
    return type.cast(box);
  }

  /** By the tables of a film. */
  private static Told tables(IsoFile film, int track) {
    String media = "moov[0]/trak[" + track + "]/mdia[0]/";
    String table = media + "minf[0]/stbl[0]/";
    SampleSizeBox sizes = at(film, table + "stsz[0]", SampleSizeBox.class);
    TimeToSampleBox times = at(film, table + "stts[0]", TimeToSampleBox.class);
    CompositionTimeToSample shifts = Path.getPath(film, table + "ctts[0]");
    SyncSampleBox syncs = Path.getPath(film, table + "stss[0]");
    int count = (int) sizes.getSampleCount();
    long[] durations = TimeToSampleBox.blowupTimeToSamples(times.getEntries());
    int[] later =
        shifts == null
            ? new int[count]
            : CompositionTimeToSample.blowupCompositionTimes(shifts.getEntries());
    List<Long> sync = syncs == null ? List.of() : longs(syncs.getSampleNumber());
    List<Seen> samples = new ArrayList<>();
    long time = 0;
    for (int i = 0; i < count; i++) {
      boolean isSync = syncs == null || sync.contains(i + 1L);
      samples.add(new Seen(sizes.getSampleSizeAtIndex(i), time + later[i], isSync));
      time += durations[i];
    }
    MediaHeaderBox header = at(film, media + "mdhd[0]", MediaHeaderBox.class);
    return new Told(header.getTimescale(), time, samples);
  }

  private static List<Long> longs(long[] values) {
    return java.util.Arrays.stream(values).boxed().toList();
  }

  /** By the fragments that were made of a track. */
  private static Told fragments(MediaFile file, Segments segments) throws Exception {
    List<Seen> samples = new ArrayList<>();
    long time = 0;
    try (IsoFile init = parsed(MediaFile.bytes(InitSegment.of(segments)))) {
      assertParsed(init, 0);
      TrackExtendsBox usual = at(init, "moov[0]/mvex[0]/trex[0]", TrackExtendsBox.class);
      for (int i = 0; i < segments.count(); i++) {
        byte[] bytes = file.bytes(MediaSegment.of(segments, i, 0));
        try (IsoFile segment = parsed(bytes)) {
          assertEquals(bytes.length, assertParsed(segment, 0));
          TrackFragmentHeaderBox header =
              at(segment, "moof[0]/traf[0]/tfhd[0]", TrackFragmentHeaderBox.class);
          for (TrackRunBox run : Path.<TrackRunBox>getPaths(segment, "moof[0]/traf[0]/trun")) {
            time = run(run, header, usual, time, samples);
          }
        }
      }
      MediaHeaderBox header = at(init, "moov[0]/trak[0]/mdia[0]/mdhd[0]", MediaHeaderBox.class);
      return new Told(header.getTimescale(), time, samples);
    }
  }

  private static long run(
      TrackRunBox run,
      TrackFragmentHeaderBox header,
      TrackExtendsBox usual,
      long from,
      List<Seen> into) {
    long time = from;
    for (TrackRunBox.Entry each : run.getEntries()) {
      boolean first = each == run.getEntries().getFirst();
      long size = run.isSampleSizePresent() ? each.getSampleSize() : header.getDefaultSampleSize();
      var flags =
          first && run.isFirstSampleFlagsPresent()
              ? run.getFirstSampleFlags()
              : run.isSampleFlagsPresent()
                  ? each.getSampleFlags()
                  : header.hasDefaultSampleFlags()
                      ? header.getDefaultSampleFlags()
                      : usual.getDefaultSampleFlags();
      long later =
          run.isSampleCompositionTimeOffsetPresent() ? each.getSampleCompositionTimeOffset() : 0;
      into.add(new Seen(size, time + later, !flags.isSampleIsDifferenceSample()));
      time +=
          run.isSampleDurationPresent()
              ? each.getSampleDuration()
              : header.hasDefaultSampleDuration()
                  ? header.getDefaultSampleDuration()
                  : usual.getDefaultSampleDuration();
    }
    return time;
  }

  /** Every box that the other reader knows is read, and none is longer than what holds it. */
  private static long assertParsed(Container in, int depth) {
    assertTrue(depth < 12);
    long length = 0;
    for (Box box : in.getBoxes()) {
      length += box.getSize();
      assertFalse(box.getType().isBlank());
      if (box instanceof ParsableBox
          && box instanceof Container inner
          && !(box instanceof IsoFile)) {
        assertTrue(assertParsed(inner, depth + 1) <= box.getSize(), box.getType());
      }
    }
    return length;
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          plain.mp4      |
          front.mp4      | FILM -movflags +faststart
          negative.mp4   | FILM -movflags +negative_cts_offsets
          cut.mp4        | -ss 3 -i PLAIN -c copy
          two-sounds.mp4 | -i PLAIN SINE -map 0:v -map 0:a -map 1:a -c:v copy -c:a:0 copy -c:a:1 aac -ar:a:1 44100
          hevc.mp4       | SHORT -c:v libx265 -x265-params log-level=none:keyint=25:bframes=3 -tag:v hvc1
          av1.mp4        | SHORT -c:v libsvtav1 -preset 12 -g 25
          opus.mp4       | SINE -c:a libopus -b:a 32k
          """)
  void segments_ofAFilm_haveItsSamplesAndItsLength(String name, String made) throws Exception {
    java.nio.file.Path film = CmafRoundTripTest.film(name, made);
    MediaFile file = MediaFile.open(film);
    Movie movie = file.movie();
    SegmentPlan plan = SegmentPlan.of(movie.tracks(), 2000);
    try (IsoFile source = parsed(java.nio.file.Files.readAllBytes(film))) {
      for (int i = 0; i < movie.tracks().size(); i++) {
        Told wanted = tables(source, i);
        Told found = fragments(file, plan.all().get(i));
        assertEquals(wanted.samples.size(), found.samples.size(), name + " " + i);
        assertEquals(wanted.timescale, found.timescale);
        assertEquals(wanted.duration, found.duration);
        long shift = found.samples.getFirst().shown - wanted.samples.getFirst().shown;
        for (int n = 0; n < wanted.samples.size(); n++) {
          Seen seen = wanted.samples.get(n);
          assertEquals(new Seen(seen.size, seen.shown + shift, seen.sync), found.samples.get(n));
        }
      }
    }
  }

  /** ISO/IEC 14496-15 annex E.3, RFC 6381, and the AV1 and Opus bindings. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          hevc.mp4     | SHORT -c:v libx265 -x265-params log-level=none:keyint=25:bframes=3 -tag:v hvc1
          hevc-hev.mp4 | SHORT -c:v libx265 -x265-params log-level=none -pix_fmt yuv420p10 -tag:v hev1
          av1.mp4      | SHORT -c:v libsvtav1 -preset 12 -g 25
          av1-ten.mp4  | SHORT -c:v libsvtav1 -preset 12 -pix_fmt yuv420p10
          aac.mp4      | SINE -c:a aac
          low-aac.mp4  | SINE -c:a aac -profile:a mpeg2_aac_low
          mp3.mp4      | SINE -c:a libmp3lame -b:a 64k
          opus.mp4     | SINE -c:a libopus -b:a 32k
          """)
  void codecs_ofAnInitSegment_sayWhatItsConfigurationSays(String name, String made)
      throws Exception {
    Movie movie = MediaFile.open(CmafRoundTripTest.film(name, made)).movie();
    Segments segments = SegmentPlan.of(movie.tracks(), 4000).all().getFirst();
    try (IsoFile init = parsed(MediaFile.bytes(InitSegment.of(segments)))) {
      Container list = at(init, "moov[0]/trak[0]/mdia[0]/minf[0]/stbl[0]/stsd[0]", Container.class);
      Box entry = list.getBoxes().getFirst();
      Map<String, Box> inside = new HashMap<>();
      inside(entry).forEach(box -> inside.put(box.getType(), box));
      assertEquals(told(entry.getType(), inside), segments.track().codec().name());
    }
  }

  /** It knows neither AV1 nor Opus: of their entries only what all entries have. */
  private static List<Box> inside(Box entry) throws Exception {
    if (!(entry instanceof UnknownBox unknown)) {
      return ((Container) entry).getBoxes();
    }
    ByteBuffer data = unknown.getData();
    byte[] rest = MediaFile.bytes(data.position(entry.getType().equals("Opus") ? 28 : 78));
    return parsed(rest).getBoxes();
  }

  private static String told(String entry, Map<String, Box> inside) {
    if (inside.get("hvcC") instanceof HevcConfigurationBox box) {
      return entry + hevc(box.getHevcDecoderConfigurationRecord());
    }
    if (inside.get("av1C") instanceof UnknownBox box) {
      return entry + av1(box.getData().rewind());
    }
    if (inside.get("esds") instanceof ESDescriptorBox box) {
      DecoderConfigDescriptor config = box.getEsDescriptor().getDecoderConfigDescriptor();
      String object = entry + String.format(".%02X", config.getObjectTypeIndication());
      var sound = config.getAudioSpecificInfo();
      return sound == null ? object : object + "." + sound.getAudioObjectType();
    }
    assertTrue(inside.containsKey("dOps"), inside::toString);
    return entry.toLowerCase(Locale.ROOT);
  }

  private static String hevc(HevcDecoderConfigurationRecord config) {
    String space = List.of("", "A", "B", "C").get(config.getGeneral_profile_space());
    long reversed =
        Integer.toUnsignedLong(
            Integer.reverse((int) config.getGeneral_profile_compatibility_flags()));
    String name =
        String.format(
            Locale.ROOT,
            ".%s%d.%X.%s%d",
            space,
            config.getGeneral_profile_idc(),
            reversed,
            config.isGeneral_tier_flag() ? "H" : "L",
            config.getGeneral_level_idc());
    // Six bytes, those at the end left out that are zero.
    String flags = String.format("%012X", constraints(config));
    StringBuilder all = new StringBuilder(name);
    flags = flags.replaceAll("(00)+$", "");
    for (int i = 0; i < flags.length(); i += 2) {
      all.append('.')
          .append(
              Integer.toHexString(Integer.parseInt(flags.substring(i, i + 2), 16))
                  .toUpperCase(Locale.ROOT));
    }
    return all.toString();
  }

  /** The reader gives the first four of 48 flags apart from the rest. */
  private static long constraints(HevcDecoderConfigurationRecord config) {
    long flags = config.getGeneral_constraint_indicator_flags();
    flags |= config.isProgressive_source_flag() ? 1L << 47 : 0;
    flags |= config.isInterlaced_source_flag() ? 1L << 46 : 0;
    flags |= config.isNon_packed_constraint_flag() ? 1L << 45 : 0;
    return flags | (config.isFrame_only_constraint_flag() ? 1L << 44 : 0);
  }

  /** Version, profile and level, then tier, depth and subsampling. */
  private static String av1(ByteBuffer in) {
    assertEquals(0x81, in.get() & 0xff);
    int profile = in.get() & 0xff;
    int depth = in.get() & 0xff;
    return String.format(
        Locale.ROOT,
        ".%d.%02d%s.%02d",
        profile >> 5,
        profile & 0x1f,
        (depth & 0x80) == 0 ? "M" : "H",
        (depth & 0x40) == 0 ? 8 : (depth & 0x20) == 0 ? 10 : 12);
  }
}
