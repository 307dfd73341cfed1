package darban.media.hls;

/**
 * A variant of a presentation: one bit rate of it, or single pictures of it to skim through (RFC
 * 8216bis §4.4.6.2 and §4.4.6.3). Immutable, any thread.
 *
 * @param attributes as written
 * @param uri of its playlist, variables in it not yet replaced
 * @param iFrames whether it has single pictures only
 */
public record Variant(Attributes attributes, String uri, boolean iFrames) {
  /** Bits a second at the most. */
  public long bandwidth() {
    return attributes.number("BANDWIDTH", 0);
  }

  /** Bits a second on average; those at the most if it is not told. */
  public long averageBandwidth() {
    return attributes.number("AVERAGE-BANDWIDTH", bandwidth());
  }

  /** Names of its codecs, or empty. */
  public String codecs() {
    return attributes.text("CODECS");
  }

  /** Rows of its pictures; 0 if not told. */
  public int height() {
    String resolution = attributes.text("RESOLUTION");
    String rows = resolution.substring(resolution.indexOf('x') + 1);
    boolean number =
        !rows.isEmpty() && rows.length() < 7 && rows.chars().allMatch(Character::isDigit);
    return number ? Integer.parseInt(rows) : 0;
  }

  /** The group its sound is in, or empty. */
  public String audio() {
    return attributes.text("AUDIO");
  }

  /** The group its subtitles are in, or empty. */
  public String subtitles() {
    return attributes.text("SUBTITLES");
  }

  /** The pathway of content steering it is on. */
  public String pathway() {
    return attributes.get("PATHWAY-ID").orElse(".");
  }
}
