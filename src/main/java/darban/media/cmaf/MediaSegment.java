package darban.media.cmaf;

import darban.media.MalformedMedia;
import darban.media.Pieces;
import darban.media.mp4.BoxWriter;
import darban.media.mp4.SampleTable;
import darban.media.segment.Segments;

/**
 * Writes a CMAF segment of a track (ISO/IEC 23000-19 §7.3): its head is made here, its samples are
 * parts of the file. The same segment gives the same bytes. Confined to one thread, used once.
 */
public final class MediaSegment {
  private static final int MOST_SAMPLES = 1 << 20;
  private static final int SYNC = 0x0200_0000;
  private static final int NOT_SYNC = 0x0101_0000;

  private final Segments segments;
  private final int first;
  private final int end;
  private final SampleTable samples;
  private boolean sameDuration = true;
  private boolean sameSize = true;
  private boolean composed;
  private boolean firstOnlySync = true;
  private int syncs;
  private long payload;

  private MediaSegment(Segments segments, int first, int end) {
    this.segments = segments;
    this.first = first;
    this.end = end;
    this.samples = segments.track().samples();
    if (end - first > MOST_SAMPLES) {
      throw new MalformedMedia("a segment would have " + (end - first) + " samples");
    }
    survey();
  }

  /** Segment {@code number} of those, whose samples lie in the file called {@code file}. */
  public static Pieces of(Segments segments, int number, int file) {
    return new MediaSegment(segments, segments.first(number), segments.end(number))
        .pieces(number + 1L, file);
  }

  /** A chunk: the samples {@code [first, end)}. */
  public static Pieces ofSamples(Segments segments, int first, int end, int file) {
    return new MediaSegment(segments, first, end).pieces(first + 1L, file);
  }

  /** A segment that is one picture only, for playlists to skim through. */
  public static Pieces ofSample(Segments segments, int sample, int file) {
    return new MediaSegment(segments, sample, sample + 1).pieces(sample + 1L, file);
  }

  /** What all samples have in common need not be written for each. */
  private void survey() {
    SampleTable.Walk at = samples.walk(first);
    int duration = at.duration();
    int size = at.size();
    for (; at.sample() < end; at.next()) {
      sameDuration &= at.duration() == duration;
      sameSize &= at.size() == size;
      composed |= at.composition() + segments.compositionShift() != 0;
      syncs += at.isSync() ? 1 : 0;
      firstOnlySync &= at.isSync() == (at.sample() == first);
      payload += at.size();
    }
  }

  private Pieces pieces(long sequence, int file) {
    BoxWriter out = new BoxWriter(160 + 16 * (end - first));
    out.open("styp").fourCc("msdh").u32(0).fourCc("msdh").fourCc("msix").fourCc("cmfs").close();
    int start = out.length();
    out.open("moof").open("mfhd", 0, 0).u32(sequence).close();
    int offsetAt = trackFragment(out);
    out.close();
    boolean large = payload + 8 > 0xffff_ffffL;
    out.putU32(offsetAt, out.length() - start + (large ? 16 : 8));
    out.u32(large ? 1 : payload + 8).fourCc("mdat");
    if (large) {
      out.u64(payload + 16);
    }
    Pieces.Builder pieces = Pieces.builder().made(out.written());
    for (SampleTable.Walk at = samples.walk(first); at.sample() < end; at.next()) {
      at.addTo(pieces, file);
    }
    return pieces.build();
  }

  /** Where the offset of the data is to be put. */
  private int trackFragment(BoxWriter out) {
    boolean allAlike = syncs == 0 || syncs == end - first;
    boolean each = !allAlike && !firstOnlySync;
    out.open("traf");
    out.open("tfhd", 0, 0x2_0020 | (sameDuration ? 8 : 0) | (sameSize ? 0x10 : 0)).u32(1);
    if (sameDuration) {
      out.u32(samples.duration(first));
    }
    if (sameSize) {
      out.u32(samples.size(first));
    }
    out.u32(syncs == end - first ? SYNC : NOT_SYNC).close();
    long time = samples.decodeTime(first) + segments.decodeShift();
    if (time < 0) {
      throw new MalformedMedia("a sample is decoded before the presentation begins");
    }
    out.open("tfdt", 1, 0).u64(time).close();
    int flags = 1 | (!allAlike && !each ? 4 : 0) | (sameDuration ? 0 : 0x100);
    flags |= (sameSize ? 0 : 0x200) | (each ? 0x400 : 0) | (composed ? 0x800 : 0);
    out.open("trun", 1, flags).u32(end - first);
    int offsetAt = out.length();
    out.u32(0);
    if (!allAlike && !each) {
      out.u32(SYNC);
    }
    run(out, each);
    out.close().close();
    return offsetAt;
  }

  private void run(BoxWriter out, boolean flags) {
    int shift = segments.compositionShift();
    for (SampleTable.Walk at = samples.walk(first); at.sample() < end; at.next()) {
      if (!sameDuration) {
        out.u32(at.duration());
      }
      if (!sameSize) {
        out.u32(at.size());
      }
      if (flags) {
        out.u32(at.isSync() ? SYNC : NOT_SYNC);
      }
      if (composed) {
        out.u32(at.composition() + shift);
      }
    }
  }
}
