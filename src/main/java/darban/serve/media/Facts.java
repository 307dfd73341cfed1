package darban.serve.media;

import darban.flow.OpenFile;
import darban.media.MalformedMedia;
import darban.media.Span;
import darban.media.library.InfoReader;
import darban.media.library.MediaInfo;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What pages tell of files that were looked at: lengths, codings, titles. Those not asked for
 * longest are forgotten first. Any thread; memory only, so nobody closes it.
 */
final class Facts {
  private static final int MOST = 20_000;

  private final Map<String, Known> all = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * What was read of a file.
   *
   * @param stamp differs wherever the file does
   * @param info what is in it; empty if it is broken
   * @param wrong why it is broken, or nothing
   */
  record Known(String stamp, Optional<MediaInfo> info, String wrong) {
    static Known of(String stamp, MediaInfo info) {
      // Places to jump to are for players of their own.
      MediaInfo kept =
          new MediaInfo(
              info.container(),
              info.millis(),
              info.tracks(),
              info.tags(),
              info.chapters(),
              MediaInfo.Cues.NONE);
      return new Known(stamp, Optional.of(kept), "");
    }

    static Known broken(String stamp, MalformedMedia why) {
      return new Known(stamp, Optional.empty(), String.valueOf(why.getMessage()));
    }
  }

  /** What is known of a file, unless it has changed since. */
  synchronized @Nullable Known get(String path, String stamp) {
    Known known = all.get(path);
    return known != null && known.stamp.equals(stamp) ? known : null;
  }

  /** How long a file is; -1 if that is not known. */
  long millis(String path, String stamp) {
    Known known = get(path, stamp);
    return known == null ? -1 : known.info.map(MediaInfo::millis).orElse(-1L);
  }

  /** Takes what was read. */
  synchronized Known put(String path, Known known) {
    all.put(path, known);
    if (all.size() > MOST) {
      all.remove(all.keySet().iterator().next());
    }
    return known;
  }

  /** Reads what a file tells, on a worker thread. */
  static Known read(OpenFile file, String stamp) throws IOException {
    try {
      InfoReader reader = new InfoReader(file.size(), Film.LIMITS);
      for (List<Span> spans = reader.wanted(); !spans.isEmpty(); spans = reader.wanted()) {
        Span span = spans.getFirst();
        reader.accept(span.offset(), Film.bytes(file, span));
      }
      return Known.of(stamp, reader.info());
    } catch (MalformedMedia wrong) {
      return Known.broken(stamp, wrong);
    }
  }
}
