package darban.media;

import java.util.Map;
import java.util.Optional;

/**
 * What a file says about itself. Immutable, any thread.
 *
 * @param texts by lower-case names that all containers share here: {@code title}, {@code artist},
 *     {@code album}, {@code date}, {@code genre}, {@code track}, {@code comment} and others as they
 *     are called
 * @param cover a picture within the file
 */
public record Tags(Map<String, String> texts, Optional<Cover> cover) {
  /** Nothing. */
  public static final Tags NONE = new Tags(Map.of(), Optional.empty());

  /** Texts longer than this are cut, so that a hostile file does not fill memory. */
  public static final int LONGEST = 1024;

  /** More texts than this are not kept. */
  public static final int MOST = 64;

  public Tags {
    texts = Map.copyOf(texts);
  }

  /**
   * A picture within the file.
   *
   * @param place where it lies
   * @param mediaType of its bytes
   */
  public record Cover(Span place, String mediaType) {}

  /** A text; empty if there is none. */
  public Optional<String> text(String name) {
    return Optional.ofNullable(texts.get(name));
  }
}
