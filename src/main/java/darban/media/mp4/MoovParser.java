package darban.media.mp4;

import darban.media.Cursor;
import darban.media.MalformedMedia;
import darban.media.Tags;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a {@code moov} (ISO/IEC 14496-12 §8.2), and after it the heads of fragments if it has any.
 * One for each movie; confined to one thread.
 */
final class MoovParser {
  private final List<TrackParser> tracks = new ArrayList<>();
  private final FragmentDefaults defaults = new FragmentDefaults();
  private final FragmentParser fragments = new FragmentParser(defaults, this::samples);
  private final MovieLimits limits;
  private final long fileLength;
  private int timescale;
  private long duration;
  private boolean fragmented;
  private Tags tags = Tags.NONE;
  private List<Movie.Chapter> chapters = List.of();

  MoovParser(MovieLimits limits, long fileLength) {
    this.limits = limits;
    this.fileLength = fileLength;
  }

  /** Reads the content of the box, which begins at {@code offset} in the file. */
  MoovParser read(ByteBuffer content, long offset) {
    Cursor in = Cursor.of(content, offset, "moov");
    for (Box box : Box.in(in)) {
      switch (box.type()) {
        case "mvhd" -> header(box);
        case "trak" -> track(box);
        case "mvex" -> {
          fragmented = true;
          defaults.read(box.body());
        }
        case "udta", "meta" -> tags(box);
        case "cmov" -> throw new MalformedMedia("its head is compressed, which nobody does now");
        default -> {}
      }
    }
    if (timescale == 0) {
      throw new MalformedMedia("its head has no movie header");
    }
    return this;
  }

  private void header(Box box) {
    int version = box.version();
    Cursor in = box.body().skip(version == 1 ? 16 : 8);
    timescale = in.i32();
    if (timescale <= 0) {
      throw in.malformed("has no timescale");
    }
    // All ones say that it is not known.
    duration = Math.max(0, version == 1 ? in.i64() : in.i32());
  }

  private void track(Box box) {
    if (tracks.size() == limits.tracks()) {
      throw new MalformedMedia("it has more than " + limits.tracks() + " tracks");
    }
    tracks.add(new TrackParser().read(box.body()));
  }

  private void tags(Box box) {
    TagsParser parser = new TagsParser();
    try {
      parser.read(box);
    } catch (MalformedMedia broken) {
      // A film whose labels are broken is a film; what was read up to there stays.
    }
    tags =
        parser.tags().texts().isEmpty() && parser.tags().cover().isEmpty() ? tags : parser.tags();
    chapters = parser.chapters().isEmpty() ? chapters : parser.chapters();
  }

  private @Nullable SampleTableBuilder samples(int track) {
    for (TrackParser each : tracks) {
      if (each.id() == track) {
        return each.samples();
      }
    }
    return null;
  }

  /** Whether fragments follow. */
  boolean fragmented() {
    return fragmented;
  }

  /** Reads the content of a {@code moof} that begins at {@code offset} in the file. */
  void fragment(ByteBuffer content, long offset) {
    fragments.read(Cursor.of(content, offset, "moof"), offset);
    long samples = 0;
    for (TrackParser each : tracks) {
      samples += each.grown();
    }
    if (samples > limits.samples()) {
      throw new MalformedMedia("its fragments have more than " + limits.samples() + " samples");
    }
  }

  FragmentDefaults defaults() {
    return defaults;
  }

  Movie movie() {
    List<Track> done = tracks.stream().map(each -> each.track(timescale, fileLength)).toList();
    long longest = duration;
    if (fragmented || longest == 0) {
      for (Track track : done) {
        Timeline timeline = track.timeline();
        long end =
            Math.max(0, track.samples().decodeTime(track.samples().count()) + timeline.shift());
        longest = Math.max(longest, Timeline.nearest(end, timeline.timescale(), timescale));
      }
    }
    return new Movie(done, timescale, longest, fragmented, tags, chapters);
  }
}
