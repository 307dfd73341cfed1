package darban.media.dash;

import java.util.List;

/**
 * Representations of which a player takes one, changing between them as it likes (ISO/IEC 23009-1
 * §5.3.3). Immutable, any thread.
 *
 * @param kind what it is
 * @param labels what people call it
 * @param representations from which a player chooses
 * @param addressing how the segments of each are found; templates with {@code $RepresentationID$}
 */
public record AdaptationSet(
    Kind kind, Labels labels, List<Representation> representations, Addressing addressing) {
  public AdaptationSet {
    representations = List.copyOf(representations);
  }

  /** What an adaptation set is. */
  public enum Kind {
    VIDEO("video", "video/mp4"),
    AUDIO("audio", "audio/mp4"),
    /** A WebVTT file. */
    SUBTITLES("text", "text/vtt"),
    /** WebVTT or TTML in segments. */
    SUBTITLE_SEGMENTS("text", "application/mp4");

    final String contentType;
    final String mimeType;

    Kind(String contentType, String mimeType) {
      this.contentType = contentType;
      this.mimeType = mimeType;
    }
  }

  /**
   * What people call it.
   *
   * @param language a tag of BCP 47, or empty
   * @param label for people, or empty
   * @param main whether it is played unless someone says otherwise
   */
  public record Labels(String language, String label, boolean main) {
    /** Nothing told. */
    public static final Labels NONE = new Labels("", "", true);
  }
}
