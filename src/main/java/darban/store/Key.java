package darban.store;

import darban.caching.CacheKey;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Under what a response is stored: the cache key, and the part of the house it was made in. What
 * was fetched through the forward proxy never answers for a site of the same name, nor one service
 * for another.
 *
 * @param cache scheme, authority and target
 * @param space such as a service's name; without spaces
 */
public record Key(CacheKey cache, String space) {
  /** What stands between the two when written as one. */
  private static final String SEPARATOR = " @";

  /** As one text. */
  public String text() {
    return cache.uri() + SEPARATOR + space + cache.text().substring(cache.uri().length());
  }

  /** As bytes for the disk. */
  byte[] bytes() {
    return text().getBytes(StandardCharsets.UTF_8);
  }

  // Written out, since what a record has of its own is slower, and every hit compares keys.

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof Key other
        && cache.text().equals(other.cache.text())
        && space.equals(other.space);
  }

  @Override
  public int hashCode() {
    return cache.text().hashCode() * 31 + space.hashCode();
  }

  /** The bytes that the keys of {@code uri} in every space begin with. */
  static byte[] prefixOf(String uri) {
    return (uri + SEPARATOR).getBytes(StandardCharsets.UTF_8);
  }
}
