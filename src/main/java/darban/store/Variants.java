package darban.store;

import darban.caching.StoredResponse;
import java.util.ArrayList;
import java.util.List;

/**
 * All that is at hand under one key, the newest first. Immutable.
 *
 * @param entries one for each selection by Vary
 * @param responses of the entries, in their order
 * @param whole whether what the disk has under the key is among them
 */
public record Variants(List<Entry> entries, List<StoredResponse> responses, boolean whole) {
  /** Nothing, and the disk was not asked. */
  public static final Variants NONE = new Variants(List.of(), List.of(), false);

  /** Kept under one key; with more the oldest go, so that nobody fills the store by one URL. */
  private static final int MOST = 16;

  static Variants of(List<Entry> entries, boolean whole) {
    List<Entry> kept = entries.size() <= MOST ? entries : entries.subList(0, MOST);
    return new Variants(List.copyOf(kept), kept.stream().map(Entry::response).toList(), whole);
  }

  /** With {@code entry} in the place of those that the same requests select. */
  Variants with(Entry entry) {
    List<Entry> all = new ArrayList<>(entries.size() + 1);
    all.add(entry);
    for (Entry each : entries) {
      if (!each.response().vary().sameAs(entry.response().vary())) {
        all.add(each);
      }
    }
    return of(all, whole);
  }

  Variants without(Entry entry) {
    return of(entries.stream().filter(each -> each != entry).toList(), whole);
  }

  /** The entry of one of the responses. */
  public Entry entryOf(StoredResponse response) {
    for (int i = 0; i < responses.size(); i++) {
      if (responses.get(i) == response) {
        return entries.get(i);
      }
    }
    throw new IllegalArgumentException("not of this key");
  }

  int weight() {
    int sum = 0;
    for (Entry entry : entries) {
      sum += entry.weight();
    }
    return sum;
  }
}
