package darban.media.hls;

/**
 * Sound, subtitles or another angle beside variants (RFC 8216bis §4.4.6.1). Immutable, any thread.
 *
 * @param attributes as written
 */
public record Rendition(Attributes attributes) {
  /** AUDIO, VIDEO, SUBTITLES or CLOSED-CAPTIONS. */
  public String type() {
    return attributes.text("TYPE");
  }

  /** The group that variants name. */
  public String group() {
    return attributes.text("GROUP-ID");
  }

  /** For people. */
  public String name() {
    return attributes.text("NAME");
  }

  /** A tag of BCP 47, or empty. */
  public String language() {
    return attributes.text("LANGUAGE");
  }

  /** Its playlist; empty where it is in the variants themselves. */
  public String uri() {
    return attributes.text("URI");
  }

  /** Whether it is played unless someone says otherwise. */
  public boolean isDefault() {
    return attributes.yes("DEFAULT");
  }
}
