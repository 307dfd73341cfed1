package darban.stage.cache;

import darban.media.dash.SegmentSeries;
import darban.media.edge.Cadence;
import darban.media.edge.ManifestSurvey;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the manifests that went by told of their streams: the last one of each address, and how
 * quickly goes what lies in a folder. Any thread; the least used is forgotten.
 */
public final class LiveStreams {
  private static final int MOST = 10_000;
  private static final int DEEPEST = 16;

  /** Manifests with segments in one folder: each is looked at for what follows on a segment. */
  private static final int MOST_SOURCES = 100;

  private final Map<String, Known> manifests = bounded();
  private final Map<String, Cadence> folders = bounded();
  private final Map<String, String> following = bounded();
  private final Map<String, Boolean> presentations = bounded();
  private final Map<String, List<SegmentSeries>> series = bounded();

  /** The manifests whose series lie in a folder. */
  private final Map<String, Map<String, Boolean>> sources = bounded();

  /** The manifest that was received last of those of an address. */
  private record Known(ManifestSurvey survey, long received) {}

  private static <T> Map<String, T> bounded() {
    return bounded(MOST);
  }

  private static <T> Map<String, T> bounded(int most) {
    return new LinkedHashMap<>(16, 0.75f, true) {
      private static final long serialVersionUID = 1;

      @Override
      protected boolean removeEldestEntry(Map.Entry<String, T> eldest) {
        return size() > most;
      }
    };
  }

  /**
   * Takes what a manifest told.
   *
   * @param uri its address, without what a player may add to it
   * @param requested when it was asked for, in nanoseconds
   * @return whether the encoder began anew since the one before
   */
  synchronized boolean put(String uri, ManifestSurvey survey, long requested, long received) {
    Known before = manifests.get(uri);
    boolean restarted = false;
    if (before != null && restarted(before.survey, survey)) {
      if (requested - before.received < 0) {
        // It was on its way while the other came: an older one, perhaps.
        return false;
      }
      restarted = true;
    }
    manifests.put(uri, new Known(survey, received));
    if (survey.live()) {
      folders.put(folder(uri), survey.cadence());
    }
    if (survey.nature() == ManifestSurvey.Nature.VARIANTS) {
      presentations.put(folder(uri), true);
    }
    return restarted;
  }

  private static boolean restarted(ManifestSurvey before, ManifestSurvey now) {
    return before.live() && now.live() && now.lineage().restartedSince(before.lineage());
  }

  /** Notes that these files follow each other. */
  synchronized void sequence(List<String> files) {
    for (int i = 1; i < files.size(); i++) {
      following.put(files.get(i - 1), files.get(i));
    }
  }

  /** Takes the series of a manifest, with whole addresses, instead of those of before. */
  synchronized void series(String manifest, List<SegmentSeries> told) {
    if (told.isEmpty() && !series.containsKey(manifest)) {
      return;
    }
    series.put(manifest, told);
    for (SegmentSeries each : told) {
      sources.computeIfAbsent(each.folder(), folder -> bounded(MOST_SOURCES)).put(manifest, true);
    }
  }

  /** The file after one that is there by {@code now}, or null where no manifest told that. */
  synchronized @Nullable String after(String file, Instant now) {
    String listed = following.get(file);
    if (listed != null) {
      return listed;
    }
    String folder = series.isEmpty() ? null : above(file, sources);
    while (folder != null) {
      for (String manifest : sources.getOrDefault(folder, Map.of()).keySet()) {
        for (SegmentSeries each : series.getOrDefault(manifest, List.of())) {
          Optional<String> next = each.after(file, now);
          if (next.isPresent()) {
            return next.get();
          }
        }
      }
      // In a folder of its own, perhaps, of those that the segments are in.
      folder = above(folder.substring(0, folder.length() - 1), sources);
    }
    return null;
  }

  /** What the last manifest of an address told, or null. */
  synchronized @Nullable ManifestSurvey survey(String uri) {
    Known known = manifests.get(uri);
    return known == null ? null : known.survey;
  }

  /** How quickly goes what lies near {@code uri}, or null where no manifest told that. */
  synchronized @Nullable Cadence near(String uri) {
    String folder = above(uri, folders);
    return folder == null ? null : folders.get(folder);
  }

  /**
   * The folder of the stream that {@code uri} is of, that in which its variants are told or else
   * the nearest manifest; null where none was seen.
   */
  synchronized @Nullable String stream(String uri) {
    String presentation = above(uri, presentations);
    return presentation != null ? presentation : above(uri, folders);
  }

  private static @Nullable String above(String uri, Map<String, ?> known) {
    int root = uri.indexOf('/', uri.indexOf("://") + 3);
    String folder = folder(uri);
    for (int i = 0; i < DEEPEST && folder.length() > root && root >= 0; i++) {
      if (known.containsKey(folder)) {
        return folder;
      }
      folder = folder(folder.substring(0, folder.length() - 1));
    }
    return null;
  }

  /** All up to the last slash of the path. */
  static String folder(String uri) {
    int query = uri.indexOf('?');
    return uri.substring(0, uri.lastIndexOf('/', query < 0 ? uri.length() : query) + 1);
  }
}
