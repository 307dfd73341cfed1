package darban.media.dash;

/**
 * One coding of something (ISO/IEC 23009-1 §5.3.5). Immutable, any thread.
 *
 * @param id unique in the manifest; no address template may need it escaped
 * @param bandwidth bits a second
 * @param codecs names of RFC 6381; empty for plain texts
 * @param format what it looks or sounds like
 */
public record Representation(String id, long bandwidth, String codecs, Format format) {
  /** What a representation looks or sounds like. */
  public sealed interface Format {}

  /**
   * Pictures.
   *
   * @param sar width to height of a sample of them, as {@code 4:3}
   * @param frameRate as {@code 25} or {@code 30000/1001}
   */
  public record Video(int width, int height, String sar, String frameRate) implements Format {}

  /** Sound. */
  public record Audio(int channels, int rate) implements Format {}

  /** Texts. */
  public record Text() implements Format {}
}
