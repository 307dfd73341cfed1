package darban.store;

import darban.caching.StoredResponse;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
    List<StoredResponse> responses =
        kept.size() == 1
            ? List.of(kept.getFirst().response()) // nearly always: in half the memory
            : kept.stream().map(Entry::response).toList();
    return new Variants(List.copyOf(kept), responses, whole);
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

  /** Whether there is one that the same requests select. */
  boolean selects(Entry entry) {
    return responses.stream().anyMatch(each -> each.vary().sameAs(entry.response().vary()));
  }

  /** The entry with that content; null if there is none. */
  @Nullable Entry of(Content content) {
    for (Entry each : entries) {
      if (each.content() == content) {
        return each;
      }
    }
    return null;
  }

  /** Whether an entry is here, if perhaps with another head. */
  public boolean holds(Entry entry) {
    return of(entry.content()) != null;
  }

  /** The entries of {@code before} whose content is not here any more. */
  List<Entry> lacking(Variants before) {
    return before.entries.stream().filter(each -> of(each.content()) == null).toList();
  }

  /** Whether a response is here that was not among {@code before}. */
  public boolean haveMoreThan(Variants before) {
    return this != before
        && responses.stream().anyMatch(each -> before.responses.stream().noneMatch(b -> b == each));
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
}
