package darban.media.dash;

import java.util.Optional;

/** What becomes of a manifest of others. */
@FunctionalInterface
public interface DashRewrite {
  /** The address to stand in place of {@code uri}. */
  String rewritten(DashUse use, String uri);

  /** An address to which those of the manifest are relative, where it tells none itself. */
  default Optional<String> base() {
    return Optional.empty();
  }

  /** Whether a representation stays; where none of an adaptation set would, all do. */
  default boolean keeps(Offer offer) {
    return true;
  }

  /**
   * What is told of a representation, by itself or by its adaptation set; empty or 0 if nothing is.
   */
  record Offer(
      String id, long bandwidth, String codecs, int height, String mimeType, String language) {}
}
