package darban.media.ts;

import darban.media.Cursor;
import darban.media.Language;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A stream of pictures or sound, as the map of its program tells it (ISO/IEC 13818-1 §2.4.4.8).
 * Immutable, any thread.
 *
 * @param language a tag of BCP 47; {@code und} if not told
 */
record Elementary(int pid, Coding coding, String language) {
  /** What can be read. */
  enum Coding {
    AVC,
    HEVC,
    AAC,
    MPEG_AUDIO,
    /** AC-3 or E-AC-3: which of them, each frame tells. */
    DOLBY;

    boolean pictures() {
      return this == AVC || this == HEVC;
    }
  }

  private static final int HEVC_STREAM = 0x24;
  private static final int PRIVATE = 0x06;
  private static final int REGISTRATION = 5;
  private static final int LANGUAGE = 10;
  private static final int DVB_AC_3 = 0x6a;
  private static final int DVB_E_AC_3 = 0x7a;

  /** Reads an entry of the map; null if it is of anything else. */
  static @Nullable Elementary read(Cursor in) {
    int type = in.u8();
    int pid = in.u16() & 0x1fff;
    Cursor descriptors = in.part(in.u16() & 0xfff, "descriptors of a stream");
    Coding coding =
        switch (type) {
          case TsStream.AVC -> Coding.AVC;
          case HEVC_STREAM -> Coding.HEVC;
          case TsStream.AAC -> Coding.AAC;
          case TsStream.MPEG_1_AUDIO, TsStream.MPEG_2_AUDIO -> Coding.MPEG_AUDIO;
          case TsStream.AC_3, TsStream.E_AC_3 -> Coding.DOLBY;
          default -> null;
        };
    String language = Language.UNKNOWN;
    while (descriptors.remaining() >= 2) {
      int tag = descriptors.u8();
      Cursor content = descriptors.part(descriptors.u8(), "descriptor of a stream");
      if (type == PRIVATE && (tag == DVB_AC_3 || tag == DVB_E_AC_3 || isDolby(tag, content))) {
        coding = Coding.DOLBY;
      } else if (tag == LANGUAGE && content.remaining() >= 3) {
        language = language(content.text(3, StandardCharsets.ISO_8859_1));
      }
    }
    return coding == null ? null : new Elementary(pid, coding, language);
  }

  private static boolean isDolby(int tag, Cursor content) {
    if (tag != REGISTRATION || content.remaining() < 4) {
      return false;
    }
    String format = content.fourCc();
    return format.equals("AC-3") || format.equals("EAC3");
  }

  private static String language(String code) {
    return code.matches("[A-Za-z]{3}") ? Language.tag(code) : Language.UNKNOWN;
  }
}
