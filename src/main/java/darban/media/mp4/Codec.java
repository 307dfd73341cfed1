package darban.media.mp4;

import java.nio.ByteBuffer;

/**
 * How the samples of a track are coded. Immutable, any thread.
 *
 * @param fourCc the type of its sample entry, such as {@code avc1}; where the samples are encrypted
 *     that of what they are when decrypted
 * @param name as CODECS and {@code codecs} spell it (RFC 6381), such as {@code avc1.64001f}
 * @param entry the whole sample entry as the head of a segment repeats it, read-only
 * @param config what a decoder needs before the first sample: the content of {@code avcC}, {@code
 *     hvcC}, {@code av1C}, {@code dOps} and so on, or an AudioSpecificConfig; read-only, may be
 *     empty
 * @param encrypted whether samples can be passed on but not understood
 */
public record Codec(
    String fourCc, String name, ByteBuffer entry, ByteBuffer config, boolean encrypted) {
  /** Whether the samples are H.264. */
  public boolean isAvc() {
    return fourCc.equals("avc1") || fourCc.equals("avc3");
  }

  /** Whether the samples are HEVC. */
  public boolean isHevc() {
    return fourCc.equals("hvc1") || fourCc.equals("hev1");
  }

  /** Whether the samples are AAC of MPEG-4. */
  public boolean isAac() {
    return name.startsWith("mp4a.40.");
  }

  /** Whether the samples are MPEG audio, such as MP3. */
  public boolean isMpegAudio() {
    return name.equals("mp4a.6B") || name.equals("mp4a.69") || name.equals("mp3");
  }
}
