package darban.media.ts;

import darban.media.Language;
import darban.media.MalformedMedia;
import darban.media.mp4.AudioSpecificConfig;
import darban.media.mp4.AvcConfig;
import darban.media.mp4.Codec;
import darban.media.mp4.Format;
import darban.media.mp4.Track;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * An elementary stream: what of a track a transport stream carries and how (ISO/IEC 13818-1 §2.4).
 * Confined to one thread, for it counts packets.
 */
final class TsStream {
  static final int FIRST_PID = 0x100;

  static final int AVC = 0x1b;
  static final int AAC = 0x0f;
  static final int MPEG_1_AUDIO = 0x03;
  static final int MPEG_2_AUDIO = 0x04;
  static final int AC_3 = 0x81;
  static final int E_AC_3 = 0x87;
  private static final int VIDEO_ID = 0xe0;
  private static final int AUDIO_ID = 0xc0;
  private static final int PRIVATE_ID = 0xbd;

  final int pid;
  final int type;
  final int streamId;
  final @Nullable AnnexB pictures;
  final @Nullable Adts sound;
  final byte[] descriptors;
  private int counter;
  boolean fresh = true;

  private TsStream(Track track, int pid) {
    Codec codec = track.codec();
    this.pid = pid;
    this.type = type(track);
    boolean video = type == AVC;
    boolean dolby = type == AC_3 || type == E_AC_3;
    this.streamId = video ? VIDEO_ID : dolby ? PRIVATE_ID : AUDIO_ID;
    this.pictures = video ? new AnnexB(AvcConfig.read(codec.config())) : null;
    this.sound = type == AAC ? new Adts(AudioSpecificConfig.read(codec.config())) : null;
    this.descriptors = descriptors(track, type);
  }

  /** Stream {@code number} of a program. */
  static TsStream of(Track track, int number) {
    if (type(track) < 0) {
      throw new MalformedMedia(
          "no transport stream carries " + track.codec().name() + " for old players");
    }
    return new TsStream(track, FIRST_PID + number);
  }

  /** The type of a stream of that track; -1 if there is none that old players know. */
  static int type(Track track) {
    Codec codec = track.codec();
    if (codec.encrypted()) {
      return -1;
    }
    if (codec.isAvc()) {
      return AVC;
    }
    if (codec.isAac()) {
      return codec.config().hasRemaining() && Adts.says(codec.config()) ? AAC : -1;
    }
    if (codec.isMpegAudio()) {
      boolean low = track.format() instanceof Format.Audio audio && audio.rate() < 32_000;
      return low ? MPEG_2_AUDIO : MPEG_1_AUDIO;
    }
    return codec.fourCc().equals("ac-3") ? AC_3 : codec.fourCc().equals("ec-3") ? E_AC_3 : -1;
  }

  /** What the program's map says beside the type: the language, and whose format it is. */
  private static byte[] descriptors(Track track, int type) {
    ByteBuffer out = ByteBuffer.allocate(12);
    if (type == AC_3 || type == E_AC_3) {
      out.put((byte) 5).put((byte) 4);
      out.put((type == AC_3 ? "AC-3" : "EAC3").getBytes(StandardCharsets.US_ASCII));
    }
    String language = Language.threeLetters(track.labels().language());
    if (type != AVC && !language.equals(Language.UNKNOWN)) {
      out.put((byte) 10).put((byte) 4);
      out.put(language.getBytes(StandardCharsets.US_ASCII)).put((byte) 0);
    }
    byte[] bytes = new byte[out.position()];
    out.flip().get(bytes);
    return bytes;
  }

  /** The number of the next packet of this stream. */
  int count() {
    int number = counter;
    counter = (counter + 1) & 0xf;
    return number;
  }
}
