package darban.media.mp4;

/**
 * A track of a movie. Immutable, any thread.
 *
 * @param id as the file numbers it
 * @param codec how its samples are coded
 * @param format what they show or play
 * @param labels what people call it
 * @param timeline how its times are meant
 * @param samples where they are
 */
public record Track(
    int id, Codec codec, Format format, Labels labels, Timeline timeline, SampleTable samples) {
  /**
   * What people call a track.
   *
   * @param language a tag of BCP 47; {@code und} if not known
   * @param name or empty
   * @param enabled whether it is shown unless someone says otherwise
   * @param alternateGroup tracks of one group, other than 0, stand for each other
   */
  public record Labels(String language, String name, boolean enabled, int alternateGroup) {}

  /** Whether it has pictures. */
  public boolean isVideo() {
    return format instanceof Format.Video;
  }

  /** Whether it has sound. */
  public boolean isAudio() {
    return format instanceof Format.Audio;
  }

  /** Whether it has texts. */
  public boolean isText() {
    return format instanceof Format.Text;
  }

  /** When a sample is shown, in ticks of the presentation. */
  public long presentedAt(int sample) {
    return samples.shownAt(sample) + timeline.shift();
  }

  /** Bits a second on average; 0 without samples. */
  public long bitRate() {
    long duration = samples.duration();
    return duration == 0
        ? 0
        : Math.round(8.0 * samples.bytes(0, samples.count()) * timeline.timescale() / duration);
  }

  /** Pictures a second: the usual distance of two if it is steady, else the average; or 0. */
  public double frameRate() {
    if (samples.count() == 0 || samples.duration() == 0) {
      return 0;
    }
    return samples.steady()
        ? (double) timeline.timescale() / samples.commonDuration()
        : (double) samples.count() * timeline.timescale() / samples.duration();
  }

  /**
   * The track as it can be played from so many ticks before its first sample on: that picture is
   * seen so much longer, or silence is heard before that sound. The same track where neither is
   * possible.
   */
  public Track beginningEarlier(long ticks) {
    if (isVideo()) {
      boolean still = samples.isFirstShown() && ticks + samples.duration(0) <= Integer.MAX_VALUE;
      return still ? with(samples.withLongerFirst((int) ticks)) : this;
    }
    int duration = samples.commonDuration();
    return Silence.frame(this)
        .filter(frame -> Math.ceilDiv(ticks, duration) < Integer.MAX_VALUE - samples.count())
        .map(frame -> with(samples.after((int) Math.ceilDiv(ticks, duration), frame, duration)))
        .orElse(this);
  }

  Track with(SampleTable other) {
    return new Track(id, codec, format, labels, timeline, other);
  }
}
