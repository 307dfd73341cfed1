package darban.media;

/**
 * A part of a file.
 *
 * @param offset of the first byte
 * @param length number of bytes, not negative
 */
public record Span(long offset, long length) {
  public Span {
    if (offset < 0 || length < 0 || offset + length < 0) {
      throw new IllegalArgumentException("no span of a file: " + offset + "+" + length);
    }
  }

  /** Offset of the byte after the last one. */
  public long end() {
    return offset + length;
  }

  /** Whether all of {@code other} lies within this. */
  public boolean covers(Span other) {
    return offset <= other.offset && other.end() <= end();
  }
}
