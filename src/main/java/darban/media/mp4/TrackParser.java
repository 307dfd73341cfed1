package darban.media.mp4;

import darban.media.Cursor;
import darban.media.Language;
import darban.media.MalformedMedia;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads a {@code trak} (ISO/IEC 14496-12 §8.3). One for each track; confined to one thread. */
final class TrackParser {
  /** Codes of languages that QuickTime has as numbers, from 0 on. */
  private static final String[] MACINTOSH =
      ("en fr de it nl sv es da pt no he ja ar fi el is mt tr hr zh ur hi th ko lt pl hu et lv se"
              + " fo fa ru zh")
          .split(" ");

  private static final long FARTHEST = 1L << 50;
  private static final int[][] TURNS = {{1, 0, 0}, {0, 1, 90}, {-1, 0, 180}, {0, -1, 270}};

  private final SampleTableParser tables = new SampleTableParser();
  private SampleTable table = SampleTable.EMPTY;
  private @Nullable SampleTableBuilder grown;
  private final List<long[]> edits = new ArrayList<>();
  private int id;
  private boolean enabled;
  private int alternateGroup;
  private int rotation;
  private int shownWidth;
  private int shownHeight;
  private int timescale;
  private long duration;
  private String language = Language.UNKNOWN;
  private boolean extendedLanguage;
  private String handler = "";
  private String name = "";
  private int descriptions;
  private SampleEntry entry = SampleEntry.unknown("");

  TrackParser read(Cursor trak) {
    walk(trak);
    table = tables.table(id);
    return this;
  }

  private void walk(Cursor holder) {
    for (Box box : Box.in(holder)) {
      switch (box.type()) {
        case "mdia", "minf", "stbl", "edts" -> walk(box.body());
        case "tkhd" -> header(box);
        case "elst" -> edits(box);
        case "mdhd" -> mediaHeader(box);
        case "elng" -> {
          box.version();
          language = Language.tag(box.body().textToZero(StandardCharsets.US_ASCII));
          extendedLanguage = true;
        }
        case "hdlr" -> handler(box);
        case "stsd" -> description(box);
        case "udta" -> name = TagsParser.trackName(box.body());
        default -> tables.take(box);
      }
    }
  }

  private void header(Box box) {
    Cursor in = box.body();
    int versionAndFlags = in.i32();
    enabled = (versionAndFlags & 1) != 0;
    int version = versionAndFlags >>> 24;
    in.skip(version == 1 ? 16 : 8);
    id = in.i32();
    in.skip(version == 1 ? 12 : 8).skip(10);
    alternateGroup = in.u16();
    in.skip(4);
    int a = Integer.signum(in.i32());
    int b = Integer.signum(in.i32());
    in.skip(28);
    for (int[] turn : TURNS) {
      rotation = a == turn[0] && b == turn[1] ? turn[2] : rotation;
    }
    shownWidth = in.i32() >>> 16;
    shownHeight = in.i32() >>> 16;
  }

  private void edits(Box box) {
    int version = box.version();
    Cursor in = box.body();
    long count = in.u32();
    if (count * (version == 1 ? 20 : 12) > in.remaining()) {
      throw in.malformed("is shorter than its " + count + " entries");
    }
    for (long i = 0; i < count && edits.size() < 1000; i++) {
      long length = box.u32or64(version);
      long start = version == 1 ? in.i64() : in.i32();
      if (length > FARTHEST || start > FARTHEST || start < -FARTHEST) {
        throw in.malformed("has a time beyond all bounds");
      }
      edits.add(new long[] {length, start});
      in.skip(4);
    }
  }

  private void mediaHeader(Box box) {
    int version = box.version();
    Cursor in = box.body().skip(version == 1 ? 16 : 8);
    timescale = in.i32();
    if (timescale <= 0) {
      throw in.malformed("has no timescale");
    }
    long ticks = version == 1 ? in.i64() : in.i32();
    duration = Math.max(ticks, 0);
    int code = in.u16();
    if (!extendedLanguage) {
      language = language(code);
    }
  }

  private static String language(int code) {
    if (code < MACINTOSH.length) {
      return MACINTOSH[code];
    }
    if (code < 0x400 || code == 0x7fff) {
      return Language.UNKNOWN;
    }
    char[] letters = new char[3];
    for (int i = 0; i < 3; i++) {
      letters[i] = (char) ((code >> (10 - 5 * i) & 0x1f) + 0x60);
    }
    return Language.tag(new String(letters));
  }

  /** QuickTime has a second one, of the data, beside the media's. */
  private void handler(Box box) {
    box.version();
    box.body().skip(4);
    String type = box.body().fourCc();
    if (handler.isEmpty()) {
      handler = type;
    }
  }

  private void description(Box box) {
    int version = box.version();
    box.body().skip(4);
    for (Box each : Box.in(box.body())) {
      if (descriptions++ == 0) {
        entry = SampleEntry.read(each, handler, version);
      }
    }
  }

  int id() {
    return id;
  }

  /** The samples, where fragments add to them; the movie's own table may have the first ones. */
  SampleTableBuilder samples() {
    if (grown == null) {
      grown = new SampleTableBuilder();
      grown.addAll(table);
    }
    return grown;
  }

  /** Number of samples that fragments have brought. */
  int grown() {
    return grown == null ? 0 : grown.count();
  }

  /** Brings together what was read and what fragments added. */
  Track track(int movieTimescale, long fileLength) {
    if (timescale == 0) {
      throw new MalformedMedia("track " + id + " has no media header");
    }
    Format format = entry.format();
    if (format instanceof Format.Video video) {
      format = video.shown(rotation, shownWidth, shownHeight);
    }
    SampleTable all = grown == null ? table : grown.build();
    all.requireWithin(fileLength, id);
    return new Track(
        id,
        entry.codec(),
        format,
        new Track.Labels(language, name, enabled, alternateGroup),
        timeline(movieTimescale),
        all);
  }

  private Timeline timeline(int movieTimescale) {
    long delay = 0;
    int at = 0;
    while (at < edits.size() && edits.get(at)[1] < 0) {
      delay += edits.get(at++)[0];
    }
    if (at == edits.size()) {
      return Timeline.plain(timescale, duration);
    }
    long start = Timeline.nearest(delay, movieTimescale, timescale);
    long length = edits.get(at)[0];
    boolean cut = at + 1 < edits.size();
    long end = Long.MAX_VALUE;
    if (length > 0 && !cut) {
      end = start + Timeline.scaled(length, movieTimescale, timescale) + 1;
    }
    return new Timeline(timescale, duration, start - edits.get(at)[1], end, cut);
  }
}
