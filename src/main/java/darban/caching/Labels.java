package darban.caching;

import darban.http.FieldName;
import darban.http.Fields;
import darban.http.Lists;
import darban.http.Structured;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.StringTokenizer;

/**
 * What a response is labelled with, so that many can be purged at once: tags of {@code
 * Surrogate-Key} (separated by spaces) and {@code Cache-Tag} (by commas), and cache groups (RFC
 * 9875).
 */
final class Labels {
  /** Tags of one response; with more it is not stored, as a purge would miss it. */
  static final int MOST_TAGS = 256;

  /** Characters of a tag; with a longer one the response is not stored. */
  static final int LONGEST_TAG = 1024;

  /** Groups of one response, twice what RFC 9875 §2 asks for; further ones do not count. */
  private static final int MOST_GROUPS = 64;

  /** Characters of a group's name; longer ones do not count. */
  private static final int LONGEST_GROUP = 256;

  private Labels() {}

  static Set<String> tags(Fields fields) {
    if (!fields.has(FieldName.SURROGATE_KEY) && !fields.has(FieldName.CACHE_TAG)) {
      return Set.of();
    }
    Set<String> tags = new LinkedHashSet<>();
    for (String line : fields.all(FieldName.SURROGATE_KEY)) {
      StringTokenizer words = new StringTokenizer(line, " \t");
      while (words.hasMoreTokens()) {
        tags.add(words.nextToken());
      }
    }
    for (String line : fields.all(FieldName.CACHE_TAG)) {
      tags.addAll(Lists.members(line));
    }
    return Set.copyOf(tags);
  }

  /** Whether all of a response's tags are kept in mind. */
  static boolean withinBounds(Set<String> tags) {
    return tags.size() <= MOST_TAGS && tags.stream().allMatch(tag -> tag.length() <= LONGEST_TAG);
  }

  /** The strings of {@code field}; none where it is no structured list of strings. */
  static Set<String> groups(Fields fields, FieldName field) {
    String value = fields.joined(field);
    if (value == null) {
      return Set.of();
    }
    Optional<List<Structured.Member>> list = Structured.list(value);
    if (list.isEmpty()) {
      return Set.of();
    }
    Set<String> groups = new LinkedHashSet<>();
    for (Structured.Member member : list.get()) {
      if (!(member instanceof Structured.Item(Structured.Text(String name), var ignored))) {
        return Set.of();
      }
      if (groups.size() < MOST_GROUPS && name.length() <= LONGEST_GROUP) {
        groups.add(name);
      }
    }
    return Set.copyOf(groups);
  }
}
