package darban.media.text;

import darban.media.MalformedMedia;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/**
 * In which encoding a text is. What says so itself is believed; what is UTF-8 is; the rest is of
 * the years before it: Arabic script where most of its letters are beyond ASCII, as in Persian and
 * Arabic, else Latin. Pure.
 */
public final class TextEncoding {
  /** What Windows-1256 has from 0x80 on; the JDK keeps it in a module that images leave out. */
  private static final String WINDOWS_1256 =
      "\u20ac\u067e\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0679\u2039\u0152\u0686\u0698\u0688"
          + "\u06af\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u06a9\u2122\u0691\u203a\u0153\u200c\u200d\u06ba"
          + "\u00a0\u060c\u00a2\u00a3\u00a4\u00a5\u00a6\u00a7\u00a8\u00a9\u06be\u00ab\u00ac\u00ad\u00ae\u00af"
          + "\u00b0\u00b1\u00b2\u00b3\u00b4\u00b5\u00b6\u00b7\u00b8\u00b9\u061b\u00bb\u00bc\u00bd\u00be\u061f"
          + "\u06c1\u0621\u0622\u0623\u0624\u0625\u0626\u0627\u0628\u0629\u062a\u062b\u062c\u062d\u062e\u062f"
          + "\u0630\u0631\u0632\u0633\u0634\u0635\u0636\u00d7\u0637\u0638\u0639\u063a\u0640\u0641\u0642\u0643"
          + "\u00e0\u0644\u00e2\u0645\u0646\u0647\u0648\u00e7\u00e8\u00e9\u00ea\u00eb\u0649\u064a\u00ee\u00ef"
          + "\u064b\u064c\u064d\u064e\u00f4\u064f\u0650\u00f7\u0651\u00f9\u0652\u00fb\u00fc\u200e\u200f\u06d2";

  private TextEncoding() {}

  /** The text of a file, without its mark of order. */
  public static String decoded(byte[] file) {
    if (file.length > Subtitles.LONGEST) {
      throw new MalformedMedia("the text has more than " + Subtitles.LONGEST + " bytes");
    }
    if (begins(file, 0xef, 0xbb, 0xbf)) {
      return new String(file, 3, file.length - 3, StandardCharsets.UTF_8);
    }
    if (begins(file, 0xff, 0xfe)) {
      return new String(file, 2, file.length - 2, StandardCharsets.UTF_16LE);
    }
    if (begins(file, 0xfe, 0xff)) {
      return new String(file, 2, file.length - 2, StandardCharsets.UTF_16BE);
    }
    int zeros = zeros(file);
    if (zeros != 0) {
      return new String(file, zeros > 0 ? StandardCharsets.UTF_16LE : StandardCharsets.UTF_16BE);
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(file)).toString();
    } catch (CharacterCodingException older) {
      return crowded(file) ? windows1256(file) : new String(file, Charset.forName("windows-1252"));
    }
  }

  private static boolean begins(byte[] file, int... mark) {
    for (int i = 0; i < mark.length; i++) {
      if (i >= file.length || (file[i] & 0xff) != mark[i]) {
        return false;
      }
    }
    return true;
  }

  /** Above 0 where a third of the second bytes are zero, below where the first ones are. */
  private static int zeros(byte[] file) {
    int even = 0;
    int odd = 0;
    for (int i = 0; i < file.length; i++) {
      if (file[i] == 0) {
        if ((i & 1) == 0) {
          even++;
        } else {
          odd++;
        }
      }
    }
    int least = Math.max(1, file.length / 6);
    return odd >= least && odd > even ? 1 : even >= least ? -1 : 0;
  }

  /** Whether bytes beyond ASCII mostly stand together, as whole words of them do. */
  private static boolean crowded(byte[] file) {
    int high = 0;
    int together = 0;
    for (int i = 0; i < file.length; i++) {
      if (file[i] < 0) {
        high++;
        together += i > 0 && file[i - 1] < 0 ? 1 : 0;
      }
    }
    return together * 2 > high;
  }

  private static String windows1256(byte[] file) {
    StringBuilder text = new StringBuilder(file.length);
    for (byte each : file) {
      text.append(each < 0 ? WINDOWS_1256.charAt(each & 0x7f) : (char) each);
    }
    return text.toString();
  }
}
