package darban.serve.media;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One of several files that show the same in several sizes, by its name: {@code film-720p.mp4}, or
 * {@code 720p.mp4} in a folder of the film's name. Immutable, any thread.
 *
 * @param name of the file
 * @param stem what all of them begin with; empty where they have a folder of their own
 * @param height of the pictures
 */
record Rendition(String name, String stem, int height) {
  private static final Pattern NAME =
      Pattern.compile("(?:(.+)[-_. ])?(\\d{3,4})p\\.(?:mp4|m4v|mov)", Pattern.CASE_INSENSITIVE);

  /** More are not offered. */
  private static final int MOST = 8;

  /** The rendition that is called so; empty for all other names. */
  static Optional<Rendition> of(String name) {
    Matcher matcher = NAME.matcher(name);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String stem = matcher.group(1) == null ? "" : matcher.group(1);
    return Optional.of(new Rendition(name, stem, Integer.parseInt(matcher.group(2))));
  }

  /** What that of another height is called. */
  String of(int other) {
    String ending = height + "p." + name.substring(name.lastIndexOf('.') + 1);
    int digits = name.length() - ending.length();
    return name.substring(0, digits) + other + name.substring(digits + ending.indexOf('p'));
  }

  /**
   * The files among {@code names} that show the same as {@code name}, itself too, small ones first.
   */
  static List<String> set(String name, Collection<String> names) {
    Optional<Rendition> one = of(name);
    if (one.isEmpty()) {
      return List.of(name);
    }
    List<Rendition> all = new ArrayList<>();
    for (String each : names) {
      of(each).filter(other -> other.stem.equals(one.get().stem)).ifPresent(all::add);
    }
    all.sort(Comparator.comparingInt(Rendition::height).thenComparing(Rendition::name));
    List<String> set = all.stream().map(Rendition::name).limit(MOST).toList();
    return set.contains(name) ? set : List.of(name);
  }

  /** Items of which each set is one only, told by its largest. */
  static List<Item> folded(List<Item> items) {
    Map<String, Item> largest = new HashMap<>();
    for (Item each : items) {
      key(each).ifPresent(key -> largest.merge(key, each, Rendition::larger));
    }
    return items.stream()
        .filter(each -> key(each).map(key -> largest.get(key) == each).orElse(true))
        .toList();
  }

  private static Optional<String> key(Item item) {
    return item.isFolder()
        ? Optional.empty()
        : of(item.name()).map(each -> item.parent() + "/" + each.stem);
  }

  private static Item larger(Item one, Item two) {
    int first = of(one.name()).map(Rendition::height).orElse(0);
    int second = of(two.name()).map(Rendition::height).orElse(0);
    return first >= second ? one : two;
  }
}
