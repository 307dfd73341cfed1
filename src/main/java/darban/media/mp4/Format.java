package darban.media.mp4;

/** What a track shows or plays. Immutable, any thread. */
public sealed interface Format {
  /**
   * Moving pictures.
   *
   * @param width of the coded picture
   * @param height of the coded picture
   * @param sarWidth the shape of a sample (pixel): its width to {@code sarHeight}
   * @param sarHeight see {@code sarWidth}
   * @param rotation degrees clockwise to turn it before showing: 0, 90, 180 or 270
   * @param range of brightness
   */
  record Video(int width, int height, int sarWidth, int sarHeight, int rotation, VideoRange range)
      implements Format {
    /** The same as a track's head says it is to be shown. */
    Video shown(int rotation, int shownWidth, int shownHeight) {
      long across = (long) shownWidth * height;
      long down = (long) shownHeight * width;
      if (sarWidth > 0 && sarHeight > 0) {
        return new Video(width, height, sarWidth, sarHeight, rotation, range);
      }
      // A per cent off is rounding of the writer's.
      if (across <= 0 || down <= 0 || Math.abs(across - down) * 100 < down) {
        return new Video(width, height, 1, 1, rotation, range);
      }
      long common = gcd(across, down);
      return new Video(
          width, height, (int) (across / common), (int) (down / common), rotation, range);
    }

    private static long gcd(long a, long b) {
      return b == 0 ? a : gcd(b, a % b);
    }
  }

  /** Transfer characteristics, as VIDEO-RANGE of HLS names them. */
  enum VideoRange {
    SDR,
    HLG,
    PQ;

    /** Of the code point of ISO/IEC 23091-2. */
    static VideoRange ofTransfer(int code) {
      return code == 16 ? PQ : code == 18 ? HLG : SDR;
    }
  }

  /**
   * Sound.
   *
   * @param channels how many, the one for low frequencies included
   * @param rate samples per second
   */
  record Audio(int channels, int rate) implements Format {}

  /** Subtitles or other texts. */
  record Text() implements Format {}

  /** What no player of ours shows: time codes, hints, positions. */
  record Other() implements Format {}
}
