package darban.media.library;

import darban.media.Cursor;
import darban.media.MalformedMedia;
import darban.media.library.MediaInfo.Container;
import darban.media.library.MediaInfo.Cues;
import darban.media.mp4.Movie;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads Matroska and WebM (RFC 9559). What stands before the first cluster is read as it comes,
 * what stands behind is looked for where the file says. Confined to one thread.
 */
final class MatroskaInfo {
  private static final int SEGMENT = 0x18538067;
  private static final int SEEK_HEAD = 0x114d9b74;
  private static final int INFO = 0x1549a966;
  private static final int TRACKS = 0x1654ae6b;
  private static final int CLUSTER = 0x1f43b675;
  private static final int CUES = 0x1c53bb6b;
  private static final int TAGS = 0x1254c367;
  private static final int CHAPTERS = 0x1043a770;
  private static final int ATTACHMENTS = 0x1941a469;
  private static final int MOST_ELEMENTS = 100;
  private static final int MOST_TRACKS = 64;
  private static final long LARGEST = 4 << 20;
  private static final int MOST_CUES = 100_000;
  private static final int MOST_CHAPTERS = 1000;

  private final Source source;
  private final TagText tags = new TagText();
  private final List<MediaInfo.TrackInfo> tracks = new ArrayList<>();
  private final List<Movie.Chapter> chapters = new ArrayList<>();
  private final List<Long> sought = new ArrayList<>();
  private final Set<Long> seen = new HashSet<>();
  private Container container = Container.MATROSKA;
  private long nanosPerTick = 1_000_000;
  private double ticks;
  private Cues cues = Cues.NONE;
  private long segment;

  MatroskaInfo(Source source) {
    this.source = source;
  }

  MediaInfo read() {
    Element head = Element.at(source, 0);
    for (Element each : Element.in(content(head))) {
      if (each.id() == 0x4282 && each.text().equals("webm")) {
        container = Container.WEBM;
      }
    }
    Element all = Element.at(source, head.end());
    if (all.id() != SEGMENT) {
      throw new MalformedMedia("Matroska: it has no segment");
    }
    segment = all.start();
    walk(Math.min(all.end(), source.length()));
    for (int i = 0; i < sought.size() && i < MOST_ELEMENTS; i++) {
      long at = sought.get(i);
      if (at > 0 && at < source.length() && !seen.contains(at)) {
        take(Element.at(source, at));
      }
    }
    if (tracks.isEmpty()) {
      throw new MalformedMedia("Matroska: it has no tracks");
    }
    long millis = (long) (ticks * nanosPerTick / 1e6);
    return new MediaInfo(container, Math.max(0, millis), tracks, tags.tags(), chapters, cues);
  }

  private void walk(long end) {
    long at = segment;
    for (int i = 0; i < MOST_ELEMENTS && at < end; i++) {
      Element element = Element.at(source, at);
      if (element.id() == CLUSTER) {
        return;
      }
      take(element);
      at = element.end();
    }
  }

  private Cursor content(Element element) {
    if (element.length() > LARGEST) {
      throw new MalformedMedia("Matroska: an element has " + element.length() + " bytes");
    }
    return source.at(element.start(), element.length(), "Matroska");
  }

  private void take(Element element) {
    if (!seen.add(element.header())) {
      return;
    }
    switch (element.id()) {
      case SEEK_HEAD -> seekHead(content(element));
      case INFO -> info(content(element));
      case TRACKS -> {
        for (Element each : Element.in(content(element), 0xae)) {
          if (tracks.size() < MOST_TRACKS) {
            tracks.add(MatroskaTrack.read(each.content()));
          }
        }
      }
      case CUES -> cues(content(element));
      case TAGS -> tags(content(element));
      case CHAPTERS -> chapters(content(element));
      case ATTACHMENTS -> attachments(element);
      default -> {}
    }
  }

  private void seekHead(Cursor in) {
    for (Element seek : Element.in(in, 0x4dbb)) {
      for (Element field : Element.in(seek.content(), 0x53ac)) {
        sought.add(segment + field.number());
      }
    }
  }

  private void info(Cursor in) {
    for (Element each : Element.in(in)) {
      switch (each.id()) {
        case 0x2ad7b1 -> nanosPerTick = Math.max(1, each.number());
        case 0x4489 -> ticks = each.decimal();
        case 0x7ba9 -> tags.put("title", each.text());
        default -> {}
      }
    }
  }

  private void cues(Cursor in) {
    List<long[]> found = new ArrayList<>();
    for (Element point : Element.in(in, 0xbb)) {
      long time = -1;
      long place = -1;
      for (Element each : Element.in(point.content())) {
        if (each.id() == 0xb3) {
          time = each.number();
        } else if (each.id() == 0xb7) {
          for (Element field : Element.in(each.content())) {
            place = field.id() == 0xf1 ? field.number() : place;
          }
        }
      }
      if (time >= 0 && place >= 0 && found.size() < MOST_CUES) {
        found.add(new long[] {(long) (time * (nanosPerTick / 1e6)), segment + place});
      }
    }
    cues =
        new Cues(
            found.stream().mapToLong(each -> each[0]).toArray(),
            found.stream().mapToLong(each -> each[1]).toArray());
  }

  /** Only tags of the whole file; those of tracks say how they were made. */
  private void tags(Cursor in) {
    for (Element tag : Element.in(in, 0x7373)) {
      TagText own = new TagText();
      boolean whole = true;
      for (Element each : Element.in(tag.content())) {
        if (each.id() == 0x63c0) {
          for (Element target : Element.in(each.content())) {
            whole &= target.id() != 0x63c5;
          }
        } else if (each.id() == 0x67c8) {
          simple(each.content(), own);
        }
      }
      if (whole) {
        own.tags().texts().forEach(tags::put);
      }
    }
  }

  private static void simple(Cursor in, TagText into) {
    String name = "";
    String text = "";
    for (Element each : Element.in(in)) {
      name = each.id() == 0x45a3 ? each.text() : name;
      text = each.id() == 0x4487 ? each.text() : text;
    }
    into.put(name, text);
  }

  private void chapters(Cursor in) {
    for (Element edition : Element.in(in, 0x45b9)) {
      for (Element atom : Element.in(edition.content(), 0xb6)) {
        if (chapters.size() < MOST_CHAPTERS) {
          chapter(atom.content());
        }
      }
    }
  }

  private void chapter(Cursor in) {
    long start = 0;
    String title = "";
    for (Element each : Element.in(in)) {
      if (each.id() == 0x91) {
        start = each.number() / 1_000_000;
      } else if (each.id() == 0x80) {
        for (Element field : Element.in(each.content())) {
          title = field.id() == 0x85 ? field.text() : title;
        }
      }
    }
    chapters.add(new Movie.Chapter(start, title));
  }

  /** Attached files are walked without being fetched. */
  private void attachments(Element all) {
    long at = all.start();
    for (int i = 0; i < MOST_ELEMENTS && at < all.end(); i++) {
      Element file = Element.at(source, at);
      if (file.id() == 0x61a7) {
        attachment(file);
      }
      at = file.end();
    }
  }

  private void attachment(Element file) {
    String mediaType = "";
    long at = file.start();
    for (int i = 0; i < MOST_ELEMENTS && at < file.end(); i++) {
      Element each = Element.at(source, at);
      if (each.id() == 0x4660) {
        long length = Math.min(each.length(), 100);
        mediaType = Element.text(source.at(each.start(), length, "Matroska"));
      } else if (each.id() == 0x465c && each.end() <= source.length()) {
        tags.cover(each.start(), each.length(), mediaType);
      }
      at = each.end();
    }
  }
}
