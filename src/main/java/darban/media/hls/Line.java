package darban.media.hls;

/**
 * A line of a playlist as it stands there, one character a byte, without its end. Immutable, any
 * thread.
 */
sealed interface Line {
  /** What stands there. */
  String raw();

  /** Reads a line. */
  static Line of(String raw) {
    if (raw.startsWith("#EXT")) {
      int colon = raw.indexOf(':');
      String name = raw.substring(1, colon < 0 ? raw.length() : colon).strip();
      return new Tag(raw, name, colon < 0 ? "" : raw.substring(colon + 1));
    }
    return raw.startsWith("#") || raw.isBlank() ? new Other(raw) : new Uri(raw);
  }

  /**
   * A tag.
   *
   * @param name without the number sign
   * @param value what follows the colon
   */
  record Tag(String raw, String name, String value) implements Line {
    Attributes attributes() {
      return Attributes.read(value);
    }

    Tag with(Attributes other) {
      String changed = raw.substring(0, raw.indexOf(':') + 1) + other.raw();
      return new Tag(changed, name, other.raw());
    }
  }

  /** A segment or a playlist. */
  record Uri(String raw) implements Line {
    String uri() {
      return HlsPlaylist.decoded(raw.strip());
    }
  }

  /** A comment or an empty line. */
  record Other(String raw) implements Line {}
}
