package darban.live;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What goes before the segments of tracks, where it comes in a file of its own. Guarded by its
 * stream's lock, which its callers hold.
 */
final class Heads {
  private final int most;
  private final Map<String, LiveSegment.Head> heads = new HashMap<>();
  private final Set<String> alone = new HashSet<>();

  /** None yet; beyond {@code most} those of tracks that are gone are forgotten. */
  Heads(int most) {
    this.most = most;
  }

  /** That of a track came; {@code tracks} have begun. */
  void put(String track, LiveSegment.Head head, Set<String> tracks) {
    if (heads.size() >= most) {
      heads.keySet().retainAll(tracks);
      alone.clear();
    }
    heads.put(track, head);
    if (!track.equals(FileName.MAIN) && !tracks.contains(track)) {
      alone.add(track);
    }
  }

  /** A track has more than its head from now on. */
  void begun(String track) {
    alone.remove(track);
  }

  /** How many tracks have a head and nothing else yet. */
  int alone() {
    return alone.size();
  }

  /** That of a track: its own, or that of all that have none; null where there is neither. */
  LiveSegment.@Nullable Head of(String track) {
    LiveSegment.Head own = heads.get(track);
    return own != null ? own : heads.get(FileName.MAIN);
  }
}
