package darban.media.cmaf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.media.MediaFile;
import darban.media.Piece;
import darban.media.Pieces;
import darban.media.mp4.Movie;
import darban.media.segment.SegmentPlan;
import darban.media.segment.Segments;
import darban.testkit.Films;
import java.io.ByteArrayInputStream;
import java.nio.channels.Channels;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mp4parser.IsoFile;
import org.mp4parser.boxes.iso14496.part12.EditListBox;
import org.mp4parser.boxes.iso14496.part12.SampleFlags;
import org.mp4parser.boxes.iso14496.part12.TrackFragmentBaseMediaDecodeTimeBox;
import org.mp4parser.boxes.iso14496.part12.TrackFragmentHeaderBox;
import org.mp4parser.boxes.iso14496.part12.TrackRunBox;
import org.mp4parser.boxes.iso14496.part15.AvcConfigurationBox;
import org.mp4parser.tools.Path;

/** What a segment must be so that every player takes it, as another reader of MP4 sees it. */
class MediaSegmentTest {
  private static IsoFile parsed(byte[] bytes) throws Exception {
    return new IsoFile(Channels.newChannel(new ByteArrayInputStream(bytes)));
  }

  private static long duration(TrackRunBox run, TrackFragmentHeaderBox header) {
    if (!run.isSampleDurationPresent()) {
      return header.getDefaultSampleDuration() * run.getEntries().size();
    }
    return run.getEntries().stream().mapToLong(TrackRunBox.Entry::getSampleDuration).sum();
  }

  private static boolean beginsWithSync(TrackRunBox run, TrackFragmentHeaderBox header) {
    SampleFlags first =
        run.isFirstSampleFlagsPresent()
            ? run.getFirstSampleFlags()
            : run.isSampleFlagsPresent()
                ? run.getEntries().getFirst().getSampleFlags()
                : header.getDefaultSampleFlags();
    return !first.isSampleIsDifferenceSample();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void segments_followEachOther_withoutGap(int track) throws Exception {
    MediaFile file = MediaFile.open(Films.plain());
    SegmentPlan plan = SegmentPlan.of(file.movie().tracks(), 4000);
    Segments segments = plan.all().get(track);
    long next = -1;
    for (int i = 0; i < segments.count(); i++) {
      byte[] bytes = file.bytes(MediaSegment.of(segments, i, 0));
      assertArrayEquals(bytes, file.bytes(MediaSegment.of(segments, i, 0)), "twice the same");
      try (IsoFile iso = parsed(bytes)) {
        TrackFragmentBaseMediaDecodeTimeBox time = Path.getPath(iso, "moof[0]/traf[0]/tfdt[0]");
        TrackFragmentHeaderBox header = Path.getPath(iso, "moof[0]/traf[0]/tfhd[0]");
        TrackRunBox run = Path.getPath(iso, "moof[0]/traf[0]/trun[0]");
        assertTrue(next < 0 || time.getBaseMediaDecodeTime() == next, "tfdt goes on");
        assertTrue(beginsWithSync(run, header), "decoding can begin with the segment");
        next = time.getBaseMediaDecodeTime() + duration(run, header);
        assertEquals(segments.end(i) - segments.first(i), run.getEntries().size());
        long head = iso.getBoxes().stream().filter(b -> !b.getType().equals("mdat")).count();
        assertEquals(2, head, "styp and moof");
      }
    }
    assertEquals(segments.duration(0) + segments.start(0), segments.start(1));
  }

  @Test
  void initSegment_saysWhatAvcCSays_hidesWhatIsNotShown() throws Exception {
    Movie movie = MediaFile.open(Films.plain()).movie();
    Segments segments = SegmentPlan.of(movie.tracks(), 4000).all().getFirst();
    try (IsoFile iso = parsed(MediaFile.bytes(InitSegment.of(segments)))) {
      String entry = "moov[0]/trak[0]/mdia[0]/minf[0]/stbl[0]/stsd[0]/avc1[0]/avcC[0]";
      AvcConfigurationBox avc = Path.getPath(iso, entry);
      assertEquals(
          segments.track().codec().name(),
          String.format(
              Locale.ROOT,
              "avc1.%02x%02x%02x",
              avc.getAvcProfileIndication(),
              avc.getProfileCompatibility(),
              avc.getAvcLevelIndication()));
      EditListBox edits = Path.getPath(iso, "moov[0]/trak[0]/edts[0]/elst[0]");
      assertEquals(segments.skip(), edits.getEntries().getFirst().getMediaTime());
      assertEquals(1024, segments.skip(), "two pictures of 1/25 s in ticks of 1/12800");
    }
  }

  @Test
  void segment_made_hasNoPayloadOnTheHeap() throws Exception {
    Movie movie = MediaFile.open(Films.plain()).movie();
    Segments segments = SegmentPlan.of(movie.tracks(), 4000).all().getFirst();
    Pieces pieces = MediaSegment.of(segments, 1, 7);
    long made = 0;
    for (Piece piece : pieces.list()) {
      switch (piece) {
        case Piece.Made head -> made += head.length();
        case Piece.Range range -> assertEquals(7, range.file());
      }
    }
    assertEquals(segments.bytes(1), pieces.length() - made);
    assertTrue(made < 100 + 16L * (segments.end(1) - segments.first(1)), made + " bytes made");
  }

  @Test
  void picture_alone_decodes() throws Exception {
    MediaFile file = MediaFile.open(Films.plain());
    Segments segments = SegmentPlan.of(file.movie().tracks(), 4000).all().getFirst();
    java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
    out.writeBytes(MediaFile.bytes(InitSegment.of(segments)));
    out.writeBytes(file.bytes(MediaSegment.ofSample(segments, 100, 0)));
    String told =
        Films.ffprobe(
            "-count_frames -show_entries stream=nb_read_frames:frame=key_frame,pts_time -of csv=p=0 "
                + Films.file("picture.mp4", out.toByteArray()));
    assertEquals("1,4.000000\n1\n", told.replaceAll("(?m)^(\\d+,[\\d.]+).*$", "$1"));
  }
}
