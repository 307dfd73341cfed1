package darban.media.radio;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What a radio stream tells between its sounds: what plays now. A block is its length in units of
 * 16 bytes, in one byte, and the text, filled up with zeros. Immutable, any thread.
 *
 * @param title what plays
 * @param url of it, or empty
 */
public record IcyMetadata(String title, String url) {
  private static final int UNIT = 16;
  private static final int LONGEST = 255 * UNIT;
  private static final String TITLE = "StreamTitle='";
  private static final String URL = "StreamUrl='";
  private static final String END = "';";

  /** The block that tells nothing new, of one byte. */
  public static ByteBuffer unchanged() {
    return ByteBuffer.allocate(1).asReadOnlyBuffer();
  }

  /** What plays, without an address. */
  public static IcyMetadata of(String title) {
    return new IcyMetadata(title, "");
  }

  /** The block, in UTF-8 or whatever a listener's player wants. */
  public ByteBuffer block(Charset charset) {
    String rest = url.isEmpty() ? "" : URL + clean(url) + END;
    int room = LONGEST - TITLE.length() - END.length();
    if (rest.getBytes(charset).length > room) {
      rest = "";
    }
    String shown = clean(title);
    int left = room - rest.getBytes(charset).length;
    while (shown.getBytes(charset).length > left) {
      shown = shown.substring(0, shown.offsetByCodePoints(shown.length(), -1));
    }
    byte[] text = (TITLE + shown + END + rest).getBytes(charset);
    int units = (text.length + UNIT - 1) / UNIT;
    byte[] block = new byte[1 + units * UNIT];
    block[0] = (byte) units;
    System.arraycopy(text, 0, block, 1, text.length);
    return ByteBuffer.wrap(block).asReadOnlyBuffer();
  }

  /** There is no escape: what would end the text is put otherwise. */
  private static String clean(String text) {
    String line = text.replace(END, "\u2019;").strip();
    if (line.endsWith("'")) {
      line = line.substring(0, line.length() - 1) + "\u2019";
    }
    return line.codePoints()
        .map(c -> c < 0x20 || c == 0x7f ? ' ' : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  /**
   * Reads the text of a block, its length not included: UTF-8, or else ISO 8859-1. Empty if it
   * names nothing that plays.
   */
  public static Optional<IcyMetadata> read(ByteBuffer text) {
    String block = decoded(text);
    int zero = block.indexOf('\0');
    String all = zero < 0 ? block : block.substring(0, zero);
    String address = value(all, URL).orElse("");
    return value(all, TITLE).map(title -> new IcyMetadata(title, address));
  }

  private static String decoded(ByteBuffer text) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(text.duplicate()).toString();
    } catch (CharacterCodingException older) {
      return StandardCharsets.ISO_8859_1.decode(text.duplicate()).toString();
    }
  }

  private static Optional<String> value(String all, String name) {
    int start = all.indexOf(name);
    if (start < 0) {
      return Optional.empty();
    }
    int from = start + name.length();
    int next = all.indexOf("';Stream", from);
    int end = next >= 0 ? next : all.lastIndexOf(END);
    return Optional.of(all.substring(from, end < from ? all.length() : end));
  }
}
