package darban.media.dash;

import java.util.Map;
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

  /**
   * Where all of the manifest can be had, and who tells which of the places to prefer; in place of
   * what it says of that itself.
   *
   * @param root what its addresses are relative to; empty if it tells nothing
   */
  default Optional<Steering> steering(String root) {
    return Optional.empty();
  }

  /**
   * Content steering (ETSI TS 103 998).
   *
   * @param server who tells
   * @param places addresses by their names, the first to begin with; empty to leave those it has
   */
  record Steering(String server, Map<String, String> places) {}

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
