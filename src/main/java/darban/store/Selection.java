package darban.store;

import darban.caching.StoredResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Which stored responses are purged. */
public sealed interface Selection {
  /** Those of exactly this key. */
  record Exact(Key key) implements Selection {}

  /** Those of a URL, whatever else their key is made of. */
  record Url(String url) implements Selection {}

  /** Those whose URL begins so. */
  record Prefix(String prefix) implements Selection {}

  /** Those with a tag. */
  record Tag(String tag) implements Selection {}

  /** Those of an origin that are in a cache group (RFC 9875). */
  record Group(String origin, String group) implements Selection {}

  /** All. */
  record All() implements Selection {}

  /** Whether a response is meant. */
  default boolean means(Key key, StoredResponse response) {
    return switch (this) {
      case Exact(Key only) -> key.equals(only);
      case Url(String url) -> key.cache().uri().equals(url);
      case Prefix(String prefix) -> key.cache().uri().startsWith(prefix);
      case Tag(String tag) -> response.tags().contains(tag);
      case Group(String origin, String group) ->
          key.cache().origin().equals(origin) && response.groups().contains(group);
      case All all -> true;
    };
  }

  /** The same for the disk. */
  default Disk.Selection onDisk() {
    return switch (this) {
      case Exact(Key key) -> new Disk.Selection.Key(key.bytes());
      case Url(String url) -> new Disk.Selection.Tag(urlTag(url));
      case Prefix(String prefix) ->
          new Disk.Selection.Prefix(prefix.getBytes(StandardCharsets.UTF_8));
      case Tag(String tag) -> new Disk.Selection.Tag(tag);
      case Group(String origin, String group) -> new Disk.Selection.Tag(groupTag(origin, group));
      case All all -> new Disk.Selection.All();
    };
  }

  /** By which tags the disk must know a response, so that each of these finds it. */
  static List<String> diskTags(Key key, StoredResponse response) {
    List<String> tags = new ArrayList<>();
    tags.add(urlTag(key.cache().uri()));
    response.tags().stream().sorted().forEach(tags::add);
    response.groups().forEach(group -> tags.add(groupTag(key.cache().origin(), group)));
    return tags;
  }

  // No tag of a response has a space.

  private static String urlTag(String url) {
    return "url " + url;
  }

  private static String groupTag(String origin, String group) {
    return "group " + origin + ' ' + group;
  }
}
